package dev.davit.oci.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.Platform;
import dev.davit.oci.StorageException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a copy does not do twice, and what it leaves out. */
class CopierReuseTest {
    private final MemoryStore from = LocalStore.inMemory(1_000_000);
    private final List<Digest> read = Collections.synchronizedList(new ArrayList<>());

    /** The same content; what is opened is written down. */
    private final ContentSource watched = descriptor -> {
        Blob blob = from.blob(descriptor);
        return new Blob() {
            @Override
            public Descriptor descriptor() {
                return descriptor;
            }

            @Override
            public InputStream open() {
                read.add(descriptor.digest());
                return blob.open();
            }

            @Override
            public InputStream openRange(long start, long length) {
                return blob.openRange(start, length);
            }
        };
    };

    @Test
    void reads_nothing_that_a_target_on_this_machine_has() {
        Descriptor amd64 = Images.image(from, Platform.LINUX_AMD64, "a", "shared");
        Descriptor arm64 = Images.image(from, Platform.LINUX_ARM64, "b", "shared");
        Descriptor index = Images.index(from, amd64, arm64);
        MemoryStore to = LocalStore.inMemory(1_000_000);
        Copier.create().copy(from, amd64, to);

        Copier.create().copy(watched, index, to, "1.0");

        Manifest manifest = Manifest.parse(from.fetch(arm64));
        assertThat(read)
                .containsExactlyInAnyOrder(
                        index.digest(),
                        arm64.digest(),
                        manifest.config().digest(),
                        manifest.layers().get(0).digest());
        read.clear();
        Copier.create().copy(watched, index, to, "2.0");
        assertThat(read).isEmpty();
        assertThat(to.tags()).containsExactly("1.0", "2.0");
    }

    @Test
    void completes_what_was_copied_in_part() {
        Descriptor image = Images.image(from, Platform.LINUX_AMD64, "a", "b");
        Descriptor index = Images.index(from, image);
        Descriptor layer = Manifest.parse(from.fetch(image)).layers().get(1);
        RecordingStore remote = new RecordingStore();
        MemoryStore local = LocalStore.inMemory(1_000_000);
        Copier.create().copy(from, index, remote, "1.0");
        remote.content.remove(layer.digest());
        remote.order.clear();
        local.put(from.blob(index));
        local.put(from.blob(image));

        Copier.create().copy(from, index, remote, "1.0");
        Copier.create().copy(from, index, local, "1.0");

        assertThat(remote.order).containsExactly(layer.digest());
        assertThat(local.fetch(layer)).isEqualTo(from.fetch(layer));
    }

    @Test
    void two_copies_into_one_target_move_what_both_need_once() throws Exception {
        Descriptor first = Images.image(from, Platform.LINUX_AMD64, "shared", "a");
        Descriptor second = Images.image(from, Platform.LINUX_AMD64, "shared", "b");
        Digest shared = Manifest.parse(from.fetch(first)).layers().get(0).digest();
        CountDownLatch both = new CountDownLatch(2);
        AtomicInteger puts = new AtomicInteger();
        RecordingStore slow = new RecordingStore() {
            @Override
            public Outcome put(Blob blob) {
                if (blob.descriptor().digest().equals(shared)) {
                    puts.incrementAndGet();
                    await(both);
                }
                return super.put(blob);
            }
        };
        TransferListener listener = new TransferListener() {
            @Override
            public void started(Descriptor node) {
                if (node.digest().equals(shared)) {
                    both.countDown();
                }
            }
        };
        Copier copier = Copier.builder().listener(listener).build();

        run(() -> copier.copy(from, first, slow, "1"), () -> copier.copy(from, second, slow, "2"));

        assertThat(puts).hasValue(1);
        assertThat(slow.tags()).containsExactly("1", "2");
    }

    @Test
    void whoever_waits_for_a_copy_that_fails_tries_it_himself() throws Exception {
        Descriptor image = Images.image(from, Platform.LINUX_AMD64, "a");
        Digest layer = Manifest.parse(from.fetch(image)).layers().get(0).digest();
        CountDownLatch both = new CountDownLatch(2);
        AtomicInteger puts = new AtomicInteger();
        RecordingStore failing = new RecordingStore() {
            @Override
            public Outcome put(Blob blob) {
                if (blob.descriptor().digest().equals(layer) && puts.getAndIncrement() == 0) {
                    await(both);
                    throw new StorageException("write", Path.of("x"), "full for a moment", null);
                }
                return super.put(blob);
            }
        };
        Copier copier = Copier.builder()
                .listener(new TransferListener() {
                    @Override
                    public void started(Descriptor node) {
                        if (node.digest().equals(layer)) {
                            both.countDown();
                        }
                    }
                })
                .build();

        AtomicInteger failures = new AtomicInteger();
        Runnable copy = () -> {
            try {
                copier.copy(from, image, failing, "1");
            } catch (StorageException e) {
                failures.incrementAndGet();
            }
        };
        run(copy, copy);

        assertThat(failures).hasValue(1);
        assertThat(failing.tags()).containsExactly("1");
    }

    private static void run(Runnable... tasks) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(tasks.length);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (Runnable task : tasks) {
                running.add(threads.submit(task));
            }
            for (Future<?> done : running) {
                done.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
            // the other one has said that it begins; it may need a moment to begin
            Thread.sleep(50);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void the_platform_filter_counts_for_descriptors_too() {
        Descriptor amd64 = Images.image(from, Platform.LINUX_AMD64, "a");
        Descriptor index = Images.index(from, amd64, Images.image(from, Platform.LINUX_ARM64, "b"));
        MemoryStore to = LocalStore.inMemory(1_000_000);
        Copier copier = Copier.builder().platform(Platform.LINUX_AMD64).build();

        assertThat(copier.copy(from, index, to).digest()).isEqualTo(amd64.digest());
        assertThat(copier.copy(from, index, to, "1.0").digest()).isEqualTo(amd64.digest());

        assertThat(to.resolve("1.0").digest()).isEqualTo(amd64.digest());
        assertThatThrownBy(() -> to.fetch(index)).isInstanceOf(NotFoundException.class);
    }

    @Test
    void a_sparse_copy_keeps_the_index_and_leaves_images_out() {
        Descriptor amd64 = Images.image(from, Platform.LINUX_AMD64, "a");
        Descriptor arm64 = Images.image(from, Platform.LINUX_ARM64, "b");
        Descriptor s390x = Images.image(from, Platform.parse("linux/s390x"), "c");
        Descriptor about = Images.image(from, Platform.parse("unknown/unknown"), "about amd64").toBuilder()
                .annotation("vnd.docker.reference.digest", amd64.digest().toString())
                .build();
        Descriptor index = Images.index(from, amd64, arm64, s390x, about);
        MemoryStore to = LocalStore.inMemory(1_000_000);

        Descriptor copied = Copier.builder()
                .sparse(Platform.LINUX_AMD64, Platform.parse("linux/s390x"))
                .build()
                .copy(from, index, to, "1.0");

        assertThat(copied).isEqualTo(index);
        assertThat(to.fetch(index)).isEqualTo(from.fetch(index));
        for (Descriptor there : List.of(amd64, s390x, about)) {
            assertThat(to.fetch(there)).isEqualTo(from.fetch(there));
        }
        assertThatThrownBy(() -> to.fetch(arm64)).isInstanceOf(NotFoundException.class);
        Copier missing =
                Copier.builder().sparse(Platform.parse("linux/ppc64le")).build();
        assertThatThrownBy(() -> missing.copy(from, index, to, "2.0")).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> Copier.builder()
                        .sparse(Platform.LINUX_AMD64)
                        .platform(Platform.LINUX_AMD64)
                        .build())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void says_what_is_planned_before_anything_is_transferred() {
        Descriptor image = Images.image(from, Platform.LINUX_AMD64, "aa", "bbb");
        Descriptor index = Images.index(from, image);
        List<String> events = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger started = new AtomicInteger();
        TransferListener listener = new TransferListener() {
            @Override
            public void planned(int nodes, long bytes) {
                events.add(nodes + " nodes, " + bytes + " bytes");
                throw new IllegalStateException("a listener cannot stop a copy");
            }

            @Override
            public void started(Descriptor node) {
                started.incrementAndGet();
                events.add("started");
            }
        };
        MemoryStore to = LocalStore.inMemory(1_000_000);

        Copier.builder().listener(listener).build().copy(from, index, to, "1.0");

        long bytes = index.size()
                + image.size()
                + Manifest.parse(from.fetch(image)).config().size()
                + 5;
        assertThat(events.get(0)).isEqualTo("5 nodes, " + bytes + " bytes");
        assertThat(started).hasValue(5);
        assertThat(index.mediaType()).isEqualTo(MediaType.OCI_INDEX);
    }
}
