package dev.davit.it.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.cri.ContainerSpec;
import dev.davit.cri.ContainerdImage;
import dev.davit.cri.ContainerdStore;
import dev.davit.cri.CriClient;
import dev.davit.cri.LogLine;
import dev.davit.cri.PodSpec;
import dev.davit.cri.RunningContainer;
import dev.davit.cri.RunningPod;
import dev.davit.image.Compression;
import dev.davit.image.ImageConverter;
import dev.davit.it.Parts;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Index;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.Platform;
import dev.davit.oci.content.Blob;
import dev.davit.oci.content.Copier;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.MemoryStore;
import dev.davit.oci.image.Image;
import dev.davit.testkit.ContainerdInstance;
import dev.davit.testkit.ContentStoreContract;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** containerd as a store: it keeps the promises of all stores, and takes images of every kind. */
@Timeout(90)
class ContainerdStoreTest implements ContentStoreContract {
    private static final Duration SOON = Duration.ofSeconds(20);

    private static ContainerdInstance node;
    private static CriClient cri;
    private ContainerdStore store;

    @BeforeAll
    static void start() {
        node = ContainerdInstance.builder().programs(Parts.containerd("2.1")).start();
        cri = node.client();
    }

    @AfterAll
    static void stop() {
        if (node != null) {
            node.close();
        }
    }

    @Override
    public ContainerdStore emptyStore() {
        store = cri.containerd().open();
        return store;
    }

    @AfterEach
    void close() {
        if (store != null) {
            store.close();
        }
    }

    private static void runs(String image) {
        try (RunningPod pod = cri.pods().run(PodSpec.named("any").hostNetwork())) {
            RunningContainer hello = pod.start(ContainerSpec.of("hello", image));
            assertThat(hello.waitForExit(SOON)).isZero();
            assertThat(hello.logs()).extracting(LogLine::text).containsExactly("hello, world");
        }
    }

    @Test
    void layers_may_be_zstd() {
        MemoryStore ours = LocalStore.inMemory(64 << 20);
        Image zstd = ImageConverter.create().compression(Compression.ZSTD, 3).convert(Busybox.build(ours), ours);
        cri.containerd().load(zstd, "example.org/zstd:1");
        runs("example.org/zstd:1");
    }

    @Test
    void an_index_keeps_its_digest() {
        MemoryStore ours = LocalStore.inMemory(64 << 20);
        Image busybox = Busybox.build(ours);
        Index index = Index.builder()
                .manifests(List.of(busybox.descriptor().toBuilder()
                        .platform(Platform.host())
                        .build()))
                .annotations(Map.of("org.example.of", "many"))
                .build();
        Descriptor root = ours.ingest(MediaType.OCI_INDEX, new ByteArrayInputStream(index.toBytes()));
        cri.containerd().load(ours, root, "example.org/index:1", Copier.create());
        assertThat(cri.containerd().list())
                .filteredOn(image -> image.name().equals("example.org/index:1"))
                .extracting(ContainerdImage::target)
                .extracting(Descriptor::digest)
                .containsExactly(root.digest());
        runs("example.org/index:1");
    }

    @Test
    void an_import_that_breaks_leaves_nothing() {
        byte[] bytes = new byte[3 << 20];
        Arrays.fill(bytes, (byte) 7);
        Descriptor layer = Descriptor.of(MediaType.OCI_LAYER, bytes);
        Blob broken = new Blob() {
            @Override
            public Descriptor descriptor() {
                return layer;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(bytes, 0, bytes.length) {
                    @Override
                    public synchronized int read(byte[] into, int from, int length) {
                        if (pos > 2 << 20) {
                            throw new UncheckedIOException(new IOException("cut"));
                        }
                        return super.read(into, from, Math.min(length, 1 << 16));
                    }
                };
            }

            @Override
            public InputStream openRange(long from, long length) {
                throw new UnsupportedOperationException();
            }
        };
        try (ContainerdStore containerd = cri.containerd().open()) {
            assertThatThrownBy(() -> containerd.put(broken)).hasMessageContaining("cut");
            assertThatThrownBy(() -> containerd.blob(layer).open()).isInstanceOf(NotFoundException.class);
            MemoryStore whole = LocalStore.inMemory(4 << 20);
            whole.ingest(MediaType.OCI_LAYER, new ByteArrayInputStream(bytes));
            containerd.put(whole.blob(layer));
            assertThat(containerd.fetch(layer)).isEqualTo(bytes);
        }
    }
}
