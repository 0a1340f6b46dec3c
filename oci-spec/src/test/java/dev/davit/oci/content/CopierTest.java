package dev.davit.oci.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.Descriptor;
import dev.davit.oci.ImageConfig;
import dev.davit.oci.Index;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.Platform;
import dev.davit.oci.StorageException;
import dev.davit.oci.TransferException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CopierTest {
    private final RecordingStore from = new RecordingStore();
    private final RecordingStore to = new RecordingStore();

    @Test
    void puts_children_before_parents_and_the_name_last() {
        Descriptor amd64 = image(Platform.LINUX_AMD64, "a", "shared");
        Descriptor arm64 = image(Platform.LINUX_ARM64, "b", "shared");
        Descriptor index = index(amd64, arm64);

        Copier.create().copy(from, "1.0", to, "2.0");

        assertThat(to.content).containsExactlyInAnyOrderEntriesOf(from.content);
        assertThat(to.resolve("2.0")).isEqualTo(index);
        assertThat(to.order).doesNotHaveDuplicates().endsWith(index.digest());
        assertThat(to.order.indexOf(amd64.digest())).isGreaterThan(4);
    }

    @Test
    void copies_one_platform_if_asked() {
        Descriptor amd64 = image(Platform.LINUX_AMD64, "a");
        index(amd64, image(Platform.LINUX_ARM64, "b"));

        Descriptor copied =
                Copier.builder().platform(Platform.LINUX_AMD64).build().copy(from, "1.0", to, "2.0");

        assertThat(copied.digest()).isEqualTo(amd64.digest());
        assertThat(to.content).hasSize(3);
        assertThatThrownBy(() -> Copier.builder()
                        .platform(Platform.parse("linux/s390x"))
                        .build()
                        .copy(from, "1.0", to, "2.0"))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("linux/s390x")
                .hasMessageContaining("linux/amd64, linux/arm64");
    }

    @Test
    void foreign_layers_stay_where_they_are_unless_asked_for() {
        Descriptor image = foreign(List.of("https://layers.example/a.tar"));

        Copier.create().copy(from, "1.0", to, "2.0");

        assertThat(to.resolve("2.0")).isEqualTo(image);
        assertThat(from.content).hasSize(3);
        assertThat(to.content).hasSize(2);

        Copier.builder().includeForeignLayers(true).build().copy(from, "1.0", to, "2.0");
        assertThat(to.content).containsExactlyInAnyOrderEntriesOf(from.content);
    }

    @Test
    void a_foreign_layer_without_urls_is_nowhere_else() {
        foreign(List.of());

        Copier.create().copy(from, "1.0", to, "2.0");

        assertThat(to.content).hasSize(3);
    }

    private Descriptor foreign(List<String> urls) {
        ImageConfig config = ImageConfig.builder(Platform.LINUX_AMD64).build();
        from.add(config.descriptor(), config.toBytes());
        Descriptor layer = add(MediaType.OCI_FOREIGN_LAYER, new byte[] {1, 2, 3});
        Manifest manifest = Manifest.builder(config.descriptor())
                .addLayer(layer.toBuilder().urls(urls).build())
                .build();
        Descriptor image = from.add(manifest.descriptor(), manifest.toBytes());
        from.tag(image, "1.0");
        return image;
    }

    @Test
    void what_is_there_is_not_copied_again() {
        index(image(Platform.LINUX_AMD64, "a"));
        Copier.create().copy(from, "1.0", to, "1.0");
        to.order.clear();

        Copier.create().copy(from, "1.0", to, "1.0");

        assertThat(to.order).isEmpty();
    }

    @Test
    void wrong_bytes_leave_the_target_without_the_image() {
        Descriptor image = image(Platform.LINUX_AMD64, "a", "b", "c");
        from.tag(image, "1.0");
        Descriptor layer = Descriptor.of(MediaType.OCI_LAYER, "b".getBytes(UTF_8));
        from.content.put(layer.digest(), "x".getBytes(UTF_8));

        assertThatThrownBy(() -> Copier.create().copy(from, "1.0", to, "1.0")).isInstanceOf(IntegrityException.class);

        assertThat(to.names).isEmpty();
        assertThat(to.content).doesNotContainKeys(layer.digest(), image.digest());
    }

    @Test
    void a_cycle_of_indexes_cannot_be_made_but_a_tower_is_refused() {
        Descriptor top = image(Platform.LINUX_AMD64, "a");
        for (int i = 0; i < 20; i++) {
            byte[] bytes = Index.builder().manifests(List.of(top)).build().toBytes();
            top = from.add(Descriptor.of(MediaType.OCI_INDEX, bytes), bytes);
        }
        from.tag(top, "tower");

        assertThatThrownBy(() -> Copier.create().copy(from, "tower", to, "tower"))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("levels");
    }

    @Test
    void refuses_what_it_cannot_see_through() {
        Descriptor layer = add(MediaType.OCI_LAYER, "a".getBytes(UTF_8));
        Descriptor old = add(MediaType.DOCKER_SCHEMA1_SIGNED, "{}".getBytes(UTF_8));

        assertThatThrownBy(() -> Copier.create().copy(from, layer, to, "1.0"))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("expected a manifest or an index");
        assertThatThrownBy(() -> Copier.create().copy(from, old, to, "1.0"))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("schema 1");
        index(image(Platform.LINUX_AMD64, "a"), old);
        assertThatThrownBy(() -> Copier.create().copy(from, "1.0", to, "1.0"))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("schema 1");
        assertThat(to.content).isEmpty();
    }

    @Test
    void the_size_of_documents_can_be_set() {
        Descriptor image = image(Platform.LINUX_AMD64, "a");
        Copier small = Copier.builder().maxDocumentSize((int) image.size() - 1).build();
        Copier enough = Copier.builder().maxDocumentSize((int) image.size()).build();

        assertThatThrownBy(() -> small.copy(from, image, to, "1.0"))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("at most " + (image.size() - 1) + " bytes");
        assertThat(enough.copy(from, image, to, "1.0")).isEqualTo(image);
        assertThatThrownBy(() -> Copier.builder().maxDocumentSize(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_copy_in_a_thread_that_is_interrupted_fails_at_the_side_of_the_caller() {
        Descriptor image = image(Platform.LINUX_AMD64, "a");
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> Copier.create().copy(from, image, to, "1.0"))
                    .isInstanceOfSatisfying(
                            TransferException.class,
                            e -> assertThat(e.side()).isEqualTo(TransferException.Side.CALLER));
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(to.names).isEmpty();
    }

    @Test
    void what_fails_in_a_thread_that_is_interrupted_failed_because_of_the_interrupt() {
        Descriptor image = image(Platform.LINUX_AMD64, "a");
        RecordingStore broken = new RecordingStore() {
            @Override
            public Outcome put(Blob blob) {
                Thread.currentThread().interrupt();
                throw new StorageException("write", Path.of("x"), "closed by the interrupt", null);
            }
        };
        try {
            assertThatThrownBy(() -> Copier.builder().concurrency(1).build().copy(from, image, broken, "1.0"))
                    .isInstanceOfSatisfying(
                            TransferException.class, e -> assertThat(e.side()).isEqualTo(TransferException.Side.CALLER))
                    .hasRootCauseInstanceOf(StorageException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void refuses_content_that_is_named_with_two_sizes() {
        Descriptor layer = add(MediaType.OCI_LAYER, "a".getBytes(UTF_8));
        Descriptor lie = Descriptor.of(MediaType.OCI_LAYER, layer.digest(), 2);
        Manifest manifest = Manifest.builder(add(MediaType.OCI_CONFIG, "{}".getBytes(UTF_8)))
                .layers(List.of(layer, lie))
                .build();
        Descriptor image = from.add(manifest.descriptor(), manifest.toBytes());

        assertThatThrownBy(() -> Copier.create().copy(from, image, to, "1.0"))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("1 bytes")
                .hasMessageContaining("2 bytes");
        assertThat(to.content).isEmpty();
    }

    @Test
    void documents_are_bounded_all_together() {
        Manifest.Builder large = Manifest.builder(add(MediaType.OCI_CONFIG, "c".getBytes(UTF_8)));
        List<Descriptor> manifests = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            byte[] bytes = large.annotations(Map.of("a", "x".repeat(3_900_000) + i))
                    .build()
                    .toBytes();
            manifests.add(add(MediaType.OCI_MANIFEST, bytes));
        }
        index(manifests.toArray(Descriptor[]::new));

        assertThatThrownBy(() -> Copier.create().copy(from, "1.0", to, "1.0"))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("33554432 bytes");
    }

    @Test
    void every_start_gets_exactly_one_end() {
        from.tag(image(Platform.LINUX_AMD64, "a", "b", "c", "d", "e"), "1.0");
        Watcher watcher = new Watcher();
        RecordingStore failing = new RecordingStore() {
            @Override
            public Outcome put(Blob blob) {
                if (blob.descriptor().size() == 1 && order.size() >= 2) {
                    throw new StorageException("write", Path.of("x"), "full", null);
                }
                return super.put(blob);
            }
        };

        assertThatThrownBy(() -> Copier.builder().listener(watcher).build().copy(from, "1.0", failing, "1.0"))
                .isInstanceOf(StorageException.class);

        assertThat(watcher.ended).containsExactlyInAnyOrderElementsOf(watcher.started);
        assertThat(failing.names).isEmpty();
    }

    @Test
    void a_listener_that_throws_breaks_nothing() {
        from.tag(image(Platform.LINUX_AMD64, "a", "b"), "1.0");
        TransferListener angry = new TransferListener() {
            @Override
            public void started(Descriptor node) {
                throw new IllegalStateException("no");
            }

            @Override
            public void progressed(Descriptor node, long bytes) {
                throw new IllegalStateException("no");
            }
        };

        Copier.builder().listener(angry).build().copy(from, "1.0", to, "1.0");

        assertThat(to.names).containsOnlyKeys("1.0");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void transfers_no_more_at_once_than_allowed(int limit) {
        from.tag(image(Platform.LINUX_AMD64, "a", "b", "c", "d", "e", "f", "g", "h"), "1.0");
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        RecordingStore slow = new RecordingStore() {
            @Override
            public Outcome put(Blob blob) {
                most.accumulateAndGet(now.incrementAndGet(), Math::max);
                sleep(20);
                try {
                    return super.put(blob);
                } finally {
                    now.decrementAndGet();
                }
            }
        };

        Copier.builder().concurrency(limit).build().copy(from, "1.0", slow, "1.0");

        assertThat(most.get()).isEqualTo(limit);
    }

    @Test
    void an_interrupt_ends_a_copy_and_leaves_no_thread() throws InterruptedException {
        from.tag(image(Platform.LINUX_AMD64, "a", "b", "c"), "1.0");
        CountDownLatch reached = new CountDownLatch(1);
        Set<Thread> workers = ConcurrentHashMap.newKeySet();
        RecordingStore stuck = new RecordingStore() {
            @Override
            public Outcome put(Blob blob) {
                workers.add(Thread.currentThread());
                reached.countDown();
                sleep(60_000);
                return super.put(blob);
            }
        };
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread copy = new Thread(() -> {
            try {
                Copier.create().copy(from, "1.0", stuck, "1.0");
            } catch (RuntimeException e) {
                thrown.set(e);
                if (!Thread.currentThread().isInterrupted()) {
                    thrown.set(new AssertionError("the interrupt was swallowed"));
                }
            }
        });
        copy.start();
        assertThat(reached.await(10, TimeUnit.SECONDS)).isTrue();

        copy.interrupt();
        copy.join(10_000);

        assertThat(thrown.get())
                .isInstanceOfSatisfying(
                        TransferException.class, e -> assertThat(e.side()).isEqualTo(TransferException.Side.CALLER));
        for (Thread worker : workers) {
            // its pool has ended, but the thread itself may need another moment
            worker.join(10_000);
        }
        assertThat(workers).isNotEmpty().noneMatch(Thread::isAlive);
        assertThat(stuck.names).isEmpty();
    }

    private Descriptor index(Descriptor... images) {
        byte[] bytes = Index.builder().manifests(List.of(images)).build().toBytes();
        Descriptor index = from.add(Descriptor.of(MediaType.OCI_INDEX, bytes), bytes);
        from.tag(index, "1.0");
        return index;
    }

    private Descriptor image(Platform platform, String... layers) {
        ImageConfig config = ImageConfig.builder(platform).build();
        from.add(config.descriptor(), config.toBytes());
        Manifest.Builder manifest = Manifest.builder(config.descriptor());
        for (String layer : layers) {
            manifest.addLayer(add(MediaType.OCI_LAYER, layer.getBytes(UTF_8)));
        }
        Manifest built = manifest.build();
        return from.add(built.descriptor().toBuilder().platform(platform).build(), built.toBytes());
    }

    private Descriptor add(MediaType type, byte[] bytes) {
        return from.add(Descriptor.of(type, bytes), bytes);
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new TransferException(TransferException.Side.CALLER, null, "interrupted", e);
        }
    }

    private static final class Watcher implements TransferListener {
        final List<Descriptor> started = Collections.synchronizedList(new ArrayList<>());
        final List<Descriptor> ended = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void started(Descriptor node) {
            started.add(node);
        }

        @Override
        public void finished(Descriptor node, ContentStore.Outcome outcome) {
            ended.add(node);
        }

        @Override
        public void failed(Descriptor node, RuntimeException cause) {
            ended.add(node);
        }
    }
}
