package dev.davit.oci.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Digester;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.StorageException;
import dev.davit.oci.TransferException;
import dev.davit.oci.content.ContentStore.Outcome;
import dev.davit.oci.internal.BlobDirectory;
import dev.davit.oci.internal.ByteBlob;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The store that closes, and the folder of blobs that it shares with image layouts. */
class TemporaryStoreTest {
    private static final byte[] HELLO = "hello".getBytes(UTF_8);
    private static final Descriptor DESCRIPTOR = Descriptor.of(MediaType.OCTET_STREAM, HELLO);

    @TempDir
    private Path folder;

    @Test
    void is_gone_when_it_is_closed() {
        TemporaryStore store = LocalStore.temporary();
        store.ingest(MediaType.OCTET_STREAM, new ByteArrayInputStream(HELLO));
        Path place = Path.of(store.toString().replace("temporary store ", ""));
        assertThat(place).isDirectory();

        store.close();
        store.close();

        assertThat(place).doesNotExist();
    }

    @Test
    void content_that_is_not_committed_is_gone() throws IOException {
        BlobDirectory blobs = BlobDirectory.at(folder);

        try (BlobWriter writer = blobs.newBlob()) {
            writer.write(HELLO);
        }

        assertThat(files()).isEmpty();
    }

    @Test
    void refuses_wrong_content_and_leaves_nothing() throws IOException {
        BlobDirectory blobs = BlobDirectory.at(folder);
        ByteBlob lie = new ByteBlob(Descriptor.of(MediaType.OCTET_STREAM, Digest.sha256(new byte[1]), 5), HELLO);

        assertThatThrownBy(() -> blobs.put(lie)).isInstanceOf(IntegrityException.class);

        assertThat(files()).isEmpty();
    }

    /** A blob that breaks off, or is something else behind a place. */
    private static final class Large implements Blob {
        private final byte[] bytes = new byte[5_000_000];
        private final List<String> reads = new CopyOnWriteArrayList<>();
        private final Descriptor descriptor;
        private int breaksAt = Integer.MAX_VALUE;

        Large() {
            new Random(5).nextBytes(bytes);
            descriptor = Descriptor.of(MediaType.OCI_LAYER, bytes);
        }

        @Override
        public Descriptor descriptor() {
            return descriptor;
        }

        @Override
        public InputStream open() {
            return openRange(0, bytes.length);
        }

        @Override
        public InputStream openRange(long from, long length) {
            reads.add(from + "+" + length);
            int end = Math.min(breaksAt, bytes.length);
            InputStream rest = new ByteArrayInputStream(bytes, (int) from, end - (int) from);
            return breaksAt > bytes.length
                    ? rest
                    : new SequenceInputStream(rest, new InputStream() {
                        @Override
                        public int read() throws IOException {
                            throw new IOException("broken");
                        }

                        @Override
                        public int read(byte[] target, int offset, int length) throws IOException {
                            return read();
                        }
                    });
        }
    }

    @Test
    void what_has_arrived_of_a_large_blob_is_not_read_again() throws IOException {
        Large blob = new Large();
        blob.breaksAt = 3_000_000;
        assertThatThrownBy(() -> BlobDirectory.at(folder).put(blob)).isInstanceOf(TransferException.class);
        blob.breaksAt = 4_000_000;
        assertThatThrownBy(() -> BlobDirectory.at(folder).put(blob)).isInstanceOf(TransferException.class);
        blob.breaksAt = Integer.MAX_VALUE;

        assertThat(BlobDirectory.at(folder).put(blob)).isEqualTo(Outcome.COPIED);

        assertThat(blob.reads).containsExactly("0+5000000", "2883584+2116416", "3932160+1067840");
        assertThat(BlobDirectory.at(folder).path(blob.descriptor.digest())).hasBinaryContent(blob.bytes);
        assertThat(files()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {100, 2_999_999, 4_999_999, 5_000_000, 5_000_001})
    void what_was_left_of_something_else_does_no_harm(long size) throws IOException {
        Large blob = new Large();
        Path left = folder.resolve(".davit/sha256-" + blob.descriptor.digest().encoded() + ".partial");
        Files.createDirectories(left.getParent());
        Files.write(left, new byte[(int) size]);

        assertThat(BlobDirectory.at(folder).put(blob)).isEqualTo(Outcome.COPIED);

        assertThat(blob.reads).endsWith("0+5000000");
        assertThat(BlobDirectory.at(folder).path(blob.descriptor.digest())).hasBinaryContent(blob.bytes);
        assertThat(files()).hasSize(1);
    }

    @Test
    void of_wrong_content_nothing_is_left_to_go_on_with() throws IOException {
        Large blob = new Large();
        blob.bytes[4_000_000]++;

        assertThatThrownBy(() -> BlobDirectory.at(folder).put(blob)).isInstanceOf(IntegrityException.class);

        assertThat(files()).isEmpty();
    }

    @Test
    void of_several_who_take_in_a_large_blob_at_once_none_is_hindered() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Large blob = new Large();
            List<Future<Outcome>> puts = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                puts.add(threads.submit(() -> BlobDirectory.at(folder).put(blob)));
            }
            for (Future<Outcome> put : puts) {
                assertThat(put.get()).isIn(Outcome.COPIED, Outcome.EXISTED);
            }
            assertThat(files()).hasSize(1);
            assertThat(BlobDirectory.at(folder).path(blob.descriptor.digest())).hasBinaryContent(blob.bytes);
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void names_what_is_missing() {
        BlobDirectory blobs = BlobDirectory.at(folder);

        assertThat(blobs.contains(DESCRIPTOR)).isFalse();
        assertThatThrownBy(() -> blobs.blob(DESCRIPTOR).open())
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining(DESCRIPTOR.digest().toString());
    }

    @Test
    void refuses_to_read_what_is_no_regular_file_or_has_changed() throws IOException {
        BlobDirectory blobs = BlobDirectory.at(folder);
        blobs.put(new ByteBlob(DESCRIPTOR, HELLO));
        Path file = blobs.path(DESCRIPTOR.digest());

        Files.writeString(file, "hellO");
        assertThatThrownBy(() -> blobs.blob(DESCRIPTOR).open().readAllBytes()).isInstanceOf(IntegrityException.class);

        Files.writeString(file, "hello, world");
        assertThatThrownBy(() -> blobs.blob(DESCRIPTOR).open()).isInstanceOf(IntegrityException.class);

        Files.delete(file);
        Files.createSymbolicLink(file, Files.write(folder.resolve("elsewhere"), HELLO));
        assertThatThrownBy(() -> blobs.blob(DESCRIPTOR).open()).isInstanceOf(StorageException.class);

        Files.delete(file);
        Files.createDirectory(file);
        assertThatThrownBy(() -> blobs.blob(DESCRIPTOR).open()).isInstanceOf(StorageException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sha384:96", "sha512:128", "blake3:64"})
    void keeps_and_verifies_blobs_of_every_algorithm(String algorithm) throws IOException {
        int length = Integer.parseInt(algorithm.substring(7));
        Digester digester =
                Digest.parse(algorithm.substring(0, 7) + "0".repeat(length)).newDigester();
        digester.update(HELLO, 0, HELLO.length);
        Descriptor descriptor = Descriptor.of(MediaType.OCTET_STREAM, digester.digest(), HELLO.length);
        BlobDirectory blobs = BlobDirectory.at(folder.resolve("shared"), folder.resolve("scratch"));

        assertThat(blobs.put(new ByteBlob(descriptor, HELLO))).isEqualTo(Outcome.COPIED);
        assertThat(files())
                .containsExactly(folder.resolve("shared")
                        .resolve(algorithm.substring(0, 6))
                        .resolve(descriptor.digest().encoded()));
        assertThat(blobs.blob(descriptor).open().readAllBytes()).isEqualTo(HELLO);

        Files.writeString(blobs.path(descriptor.digest()), "hellO");
        assertThatThrownBy(() -> blobs.blob(descriptor).open().readAllBytes()).isInstanceOf(IntegrityException.class);
    }

    @Test
    void a_file_of_another_size_under_the_name_is_replaced() throws IOException {
        BlobDirectory blobs = BlobDirectory.at(folder);
        Path file = blobs.path(DESCRIPTOR.digest());
        Files.createDirectories(file.getParent());
        Files.writeString(file, "half");

        assertThat(blobs.put(new ByteBlob(DESCRIPTOR, HELLO))).isEqualTo(Outcome.COPIED);

        assertThat(file).hasContent("hello");
    }

    @Test
    void wrong_bytes_under_the_name_are_found_and_replaced() throws IOException {
        BlobDirectory.at(folder).put(new ByteBlob(DESCRIPTOR, HELLO));
        Path file = BlobDirectory.at(folder).path(DESCRIPTOR.digest());
        Files.writeString(file, "hellO");

        assertThat(BlobDirectory.at(folder).put(new ByteBlob(DESCRIPTOR, HELLO)))
                .isEqualTo(Outcome.COPIED);

        assertThat(file).hasContent("hello");
        assertThat(BlobDirectory.at(folder).put(new ByteBlob(DESCRIPTOR, HELLO)))
                .isEqualTo(Outcome.EXISTED);
    }

    @Test
    void reads_documents_from_their_descriptors_if_they_are_there() {
        BlobDirectory blobs = BlobDirectory.at(folder);
        Descriptor embedded = DESCRIPTOR.toBuilder().data(HELLO).build();

        assertThat(((ContentSource) blobs::blob).fetch(embedded)).isEqualTo(HELLO);
        assertThatThrownBy(() -> ((ContentSource) blobs::blob).fetch(DESCRIPTOR))
                .isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> ((ContentSource) blobs::blob).fetch(embedded, 4))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("at most 4 bytes");
    }

    @Test
    void many_may_write_the_same_content_at_once() throws Exception {
        byte[] large = new byte[1_000_000];
        Descriptor descriptor = Descriptor.of(MediaType.OCTET_STREAM, large);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<Outcome>> writes = IntStream.range(0, 32)
                    .mapToObj(i -> threads.submit(() -> BlobDirectory.at(folder).put(new ByteBlob(descriptor, large))))
                    .toList();
            for (Future<Outcome> write : writes) {
                write.get();
            }
        } finally {
            threads.shutdown();
        }

        assertThat(files()).containsExactly(BlobDirectory.at(folder).path(descriptor.digest()));
        assertThat(BlobDirectory.at(folder).blob(descriptor).open().readAllBytes())
                .isEqualTo(large);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).toList();
        }
    }
}
