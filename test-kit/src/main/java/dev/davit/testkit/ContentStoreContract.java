package dev.davit.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.DavitException;
import dev.davit.oci.Descriptor;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.content.Blob;
import dev.davit.oci.content.ContentStore;
import dev.davit.oci.content.ContentStore.Outcome;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/**
 * What every {@link ContentStore} does, as tests: implement this interface in a test class and say where a store comes
 * from.
 *
 * <pre>{@code
 * class MyStoreTest implements ContentStoreContract {
 *     public MyStore emptyStore() {
 *         return new MyStore();
 *     }
 * }
 * }</pre>
 *
 * <p>{@link LocalStoreContract} and {@link RepositoryContract} ask for more.
 */
public interface ContentStoreContract {
    /**
     * Makes a store.
     *
     * @return a store with nothing in it, which takes a few megabytes; each test asks for its own
     * @throws Exception if that fails; the test fails then
     */
    ContentStore emptyStore() throws Exception;

    /** Content can be read again and again after it was put, from byte 0 each time. */
    @Test
    default void gives_back_what_was_put_as_often_as_it_is_opened() throws Exception {
        ContentStore store = emptyStore();
        for (int length : List.of(0, 1, 70_000, 1_000_000)) {
            byte[] content = Samples.bytes(length, length);
            Blob put = Samples.blob(content);

            assertThat(store.put(put)).as("%s bytes", length).isEqualTo(Outcome.COPIED);

            Blob blob = store.blob(put.descriptor());
            assertThat(blob.descriptor().digest()).isEqualTo(put.descriptor().digest());
            Samples.assertHolds(blob, content);
            Samples.assertHolds(blob, content);
        }
    }

    /** What is there already is not transferred again, which the outcome says. */
    @Test
    default void says_that_content_was_there_already() throws Exception {
        ContentStore store = emptyStore();
        Blob put = Samples.blob(Samples.bytes(1000, 1));
        store.put(put);

        Blob again = Samples.blob(put.descriptor(), () -> {
            throw new AssertionError("the store has the content, and read it again");
        });

        assertThat(store.put(again)).isEqualTo(Outcome.EXISTED);
    }

    /** A range ends where it is to end, or with the content. */
    @Test
    default void opens_ranges() throws Exception {
        ContentStore store = emptyStore();
        byte[] content = Samples.bytes(1000, 2);
        Blob put = Samples.blob(content);
        store.put(put);
        Blob blob = store.blob(put.descriptor());

        for (long[] range : new long[][] {
            {0, 1000}, {0, 1}, {999, 1}, {500, 200}, {500, 5000}, {999, Long.MAX_VALUE}, {1000, 1}, {5000, 1}, {0, 0}
        }) {
            int from = (int) Math.min(range[0], 1000);
            int to = (int) Math.min(1000, from + Math.min(range[1], 1000));
            try (InputStream in = blob.openRange(range[0], range[1])) {
                assertThat(in.readAllBytes())
                        .as("%s bytes from %s", range[1], range[0])
                        .isEqualTo(Arrays.copyOfRange(content, from, to));
            }
        }
        assertThatThrownBy(() -> blob.openRange(-1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> blob.openRange(0, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    /** What was never put is not found, at the latest when it is opened. */
    @Test
    default void does_not_find_what_was_never_put() throws Exception {
        ContentStore store = emptyStore();
        assertMissing(store, Descriptor.of(MediaType.OCTET_STREAM, Samples.bytes(10, 3)));

        store.put(Samples.blob(Samples.bytes(10, 4)));

        assertMissing(store, Descriptor.of(MediaType.OCTET_STREAM, Samples.bytes(10, 3)));
        assertMissing(store, Descriptor.of(MediaType.OCI_MANIFEST, Samples.bytes(10, 3)));
    }

    /** Content that is not what its descriptor says is refused, and nothing of it stays. */
    @Test
    default void refuses_wrong_content_and_leaves_nothing_of_it() throws Exception {
        ContentStore store = emptyStore();
        byte[] content = Samples.bytes(100_000, 5);
        Descriptor right = Descriptor.of(MediaType.OCTET_STREAM, content);
        byte[] altered = content.clone();
        altered[content.length - 1] ^= 1;
        List<byte[]> lies = List.of(
                altered,
                Arrays.copyOf(content, content.length - 1),
                Arrays.copyOf(content, content.length + 1),
                new byte[0]);

        for (byte[] lie : lies) {
            Blob blob = Samples.blob(right, () -> new ByteArrayInputStream(lie));
            assertThatThrownBy(() -> store.put(blob))
                    .as("%s bytes instead of %s", lie.length, content.length)
                    .isInstanceOf(IntegrityException.class);
            assertMissing(store, right);
        }

        assertThat(store.put(Samples.blob(content))).isEqualTo(Outcome.COPIED);
        Samples.assertHolds(store.blob(right), content);
    }

    /** Content whose source fails on the way is not there, and can be put later. */
    @Test
    default void leaves_nothing_of_content_whose_source_fails() throws Exception {
        ContentStore store = emptyStore();
        byte[] content = Samples.bytes(100_000, 6);
        Descriptor descriptor = Descriptor.of(MediaType.OCTET_STREAM, content);
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("the disk is on fire");
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return read();
            }
        };

        assertThatThrownBy(() -> store.put(Samples.blob(
                        descriptor,
                        () -> new SequenceInputStream(new ByteArrayInputStream(content, 0, 70_000), broken))))
                .isInstanceOf(DavitException.class);

        assertMissing(store, descriptor);
        assertThat(store.put(Samples.blob(content))).isEqualTo(Outcome.COPIED);
    }

    /** An interrupt in the middle may end a put or not; either way content is there whole or not at all. */
    @Test
    default void an_interrupted_put_leaves_all_or_nothing() throws Exception {
        ContentStore store = emptyStore();
        byte[] content = Samples.bytes(500_000, 7);
        Descriptor descriptor = Descriptor.of(MediaType.OCTET_STREAM, content);
        Blob interrupting = Samples.blob(descriptor, () -> new ByteArrayInputStream(content) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                if (pos > 200_000) {
                    Thread.currentThread().interrupt();
                }
                return super.read(target, offset, Math.min(length, 50_000));
            }
        });
        boolean done = false;
        try {
            store.put(interrupting);
            done = true;
        } catch (DavitException e) {
            assertThat(e).isNotInstanceOf(IntegrityException.class);
        } finally {
            assertThat(Thread.interrupted())
                    .as("the interrupt was not swallowed")
                    .isTrue();
        }

        assertThat(store.put(Samples.blob(content))).isEqualTo(done ? Outcome.EXISTED : Outcome.COPIED);
        Samples.assertHolds(store.blob(descriptor), content);
    }

    /** Several threads may put the same content, and other content, at once. */
    @Test
    default void many_may_put_the_same_content_at_once() throws Exception {
        ContentStore store = emptyStore();
        byte[] shared = Samples.bytes(300_000, 8);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Outcome> outcomes = new ArrayList<>();
        try {
            List<Future<Outcome>> puts = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                byte[] own = Samples.bytes(1000, 100 + i);
                puts.add(threads.submit(() -> store.put(Samples.blob(shared))));
                puts.add(threads.submit(() -> store.put(Samples.blob(own))));
            }
            for (Future<Outcome> put : puts) {
                outcomes.add(put.get());
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(outcomes).contains(Outcome.COPIED);
        Samples.assertHolds(store.blob(Descriptor.of(MediaType.OCTET_STREAM, shared)), shared);
        for (int i = 0; i < 8; i++) {
            byte[] own = Samples.bytes(1000, 100 + i);
            Samples.assertHolds(store.blob(Descriptor.of(MediaType.OCTET_STREAM, own)), own);
        }
    }

    private static void assertMissing(ContentStore store, Descriptor descriptor) {
        assertThatThrownBy(() -> store.blob(descriptor).open().close())
                .as("%s is not there", descriptor)
                .isInstanceOf(NotFoundException.class);
    }
}
