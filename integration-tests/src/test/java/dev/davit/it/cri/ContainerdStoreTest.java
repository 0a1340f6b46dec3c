package dev.davit.it.cri;

import static java.nio.charset.StandardCharsets.UTF_8;
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
import dev.davit.image.ImageBuilder;
import dev.davit.image.ImageConverter;
import dev.davit.image.LayerSpec;
import dev.davit.it.Parts;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Index;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.Platform;
import dev.davit.oci.content.Blob;
import dev.davit.oci.content.ContentSource;
import dev.davit.oci.content.Copier;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.MemoryStore;
import dev.davit.oci.content.Repository;
import dev.davit.oci.image.Image;
import dev.davit.oci.image.Layer;
import dev.davit.testkit.ContainerdInstance;
import dev.davit.testkit.RepositoryContract;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** containerd as a store: it keeps the promises of all stores, and takes images of every kind. */
@Timeout(90)
class ContainerdStoreTest implements RepositoryContract {
    private static final Duration SOON = Duration.ofSeconds(20);

    private static ContainerdInstance node;
    private static CriClient cri;
    private static int repositories;
    private final List<ContainerdStore> stores = new ArrayList<>();

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
    public Repository emptyStore() {
        ContainerdStore store = cri.containerd().open();
        stores.add(store);
        return new OneRepository(store, "example.org/contract/store" + ++repositories);
    }

    @AfterEach
    void close() {
        stores.forEach(ContainerdStore::close);
    }

    /** containerd has no repositories, so this makes one of it: the images whose names begin alike, by what is behind that. */
    private record OneRepository(ContainerdStore store, String name) implements Repository {
        private String whole(String tag) {
            return tag.contains(":") ? tag : name + ":" + tag;
        }

        @Override
        public Blob blob(Descriptor descriptor) {
            return store.blob(descriptor);
        }

        @Override
        public Outcome put(Blob blob) {
            return store.put(blob);
        }

        @Override
        public void tag(Descriptor descriptor, String tag) {
            store.tag(descriptor, whole(tag));
        }

        @Override
        public Descriptor resolve(String tag) {
            return store.resolve(whole(tag));
        }

        @Override
        public List<String> tags() {
            return store.tags().stream()
                    .filter(each -> each.startsWith(name + ":"))
                    .map(each -> each.substring(name.length() + 1))
                    .toList();
        }

        @Override
        public List<Descriptor> referrers(Digest subject) {
            return store.referrers(subject);
        }
    }

    /** containerd does not know what refers to what, so this is another promise than that of other repositories. */
    @Test
    @Override
    public void lists_what_refers_to_an_image() {
        MemoryStore ours = LocalStore.inMemory(64 << 20);
        Image busybox = Busybox.build(ours);
        cri.containerd().load(busybox, "example.org/referred:1");
        try (ContainerdStore store = cri.containerd().open()) {
            assertThat(store.referrers(busybox.digest())).isEmpty();
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
    void an_index_keeps_its_digest_when_one_of_its_images_goes_along() {
        MemoryStore ours = LocalStore.inMemory(64 << 20);
        Image busybox = Busybox.build(ours);
        Descriptor elsewhere = Descriptor.of(MediaType.OCI_MANIFEST, new byte[] {'{', '}'}).toBuilder()
                .platform(Platform.parse("linux/s390x"))
                .build();
        Index index = Index.builder()
                .manifests(List.of(
                        elsewhere,
                        busybox.descriptor().toBuilder()
                                .platform(Platform.host())
                                .build()))
                .annotations(Map.of("org.example.of", "many"))
                .build();
        Descriptor root = ours.ingest(MediaType.OCI_INDEX, new ByteArrayInputStream(index.toBytes()));
        Copier sparse = Copier.builder().sparse(Platform.host()).build();
        cri.containerd().load(ours, root, "example.org/index:1", sparse);
        Copier one = Copier.builder().platform(Platform.host()).build();
        cri.containerd().load(ours, root, "example.org/index:one", one);
        assertThat(cri.containerd().list())
                .filteredOn(image -> image.name().startsWith("example.org/index:"))
                .extracting(image -> image.name() + " " + image.target().digest())
                .containsExactlyInAnyOrder(
                        "example.org/index:1 " + root.digest(), "example.org/index:one " + busybox.digest());
        runs("example.org/index:1");
    }

    /** Of the layers of one image that come here at the same time, one breaks or loses its connection. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void an_import_that_is_cut_leaves_no_name_and_holds_up_no_other(boolean disconnect) {
        MemoryStore ours = LocalStore.inMemory(64 << 20);
        byte[] random = new byte[4 << 20];
        new Random(disconnect ? 1 : 2).nextBytes(random);
        Image image = ImageBuilder.from(Busybox.build(ours))
                .layer(LayerSpec.named("random").file("/random", random, 0644))
                .build(ours);
        Descriptor layer = image.layers().get(1).descriptor();
        String name = "example.org/cut:" + disconnect;
        try (CriClient other = CriClient.connect(node.endpoint())) {
            ContentSource cut = wanted -> wanted.digest().equals(layer.digest())
                    ? new CutBlob(ours.blob(wanted), disconnect ? other::close : CutBlob::fail)
                    : ours.blob(wanted);
            assertThatThrownBy(() -> other.containerd().load(cut, image.descriptor(), name, Copier.create()))
                    .isInstanceOf(RuntimeException.class);
        }
        assertThat(cri.containerd().list()).extracting(ContainerdImage::name).doesNotContain(name);
        try (ContainerdStore containerd = cri.containerd().open()) {
            assertThatThrownBy(() -> containerd.blob(layer).open()).isInstanceOf(NotFoundException.class);
        }
        cri.containerd().load(image, name);
        runs(name);
    }

    /** A blob that something happens to when half of it has been read. */
    private record CutBlob(Blob whole, Runnable cut) implements Blob {
        static void fail() {
            throw new UncheckedIOException(new IOException("cut"));
        }

        @Override
        public Descriptor descriptor() {
            return whole.descriptor();
        }

        @Override
        public InputStream open() {
            InputStream half = whole.openRange(0, descriptor().size() / 2);
            InputStream rest = new InputStream() {
                private @Nullable InputStream opened;

                @Override
                public int read() throws IOException {
                    byte[] one = new byte[1];
                    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
                }

                @Override
                public int read(byte[] into, int from, int length) throws IOException {
                    if (opened == null) {
                        cut.run();
                        opened = whole.openRange(
                                descriptor().size() / 2, descriptor().size());
                    }
                    return opened.read(into, from, length);
                }
            };
            return new SequenceInputStream(half, rest);
        }

        @Override
        public InputStream openRange(long from, long length) {
            throw new UnsupportedOperationException();
        }
    }

    /** An image of busybox whose second layer is one that its makers alone give away, though we have it. */
    private static Image withForeignLayer(MemoryStore ours, String content) {
        Image busybox = Busybox.build(ours);
        Image two = ImageBuilder.from(busybox)
                .layer(LayerSpec.named("foreign").file("/etc/foreign", content.getBytes(UTF_8), 0644))
                .build(ours);
        Layer last = two.layers().get(1);
        Manifest manifest = two.manifest().toBuilder()
                .layers(List.of(
                        two.manifest().layers().get(0),
                        last.descriptor().toBuilder()
                                .mediaType(MediaType.OCI_FOREIGN_LAYER_GZIP)
                                .urls(List.of("https://example.org/layer"))
                                .build()))
                .build();
        ours.ingest(MediaType.OCI_MANIFEST, new ByteArrayInputStream(manifest.toBytes()));
        return Image.load(ours, manifest.descriptor());
    }

    @Test
    void foreign_layers_come_along_if_that_is_wanted() {
        MemoryStore ours = LocalStore.inMemory(64 << 20);
        Image image = withForeignLayer(ours, "along");
        Copier all = Copier.builder().includeForeignLayers(true).build();
        cri.containerd().load(ours, image.descriptor(), "example.org/foreign:1", all);
        runs("example.org/foreign:1");
    }

    @Test
    void without_its_foreign_layers_an_image_cannot_run() {
        MemoryStore ours = LocalStore.inMemory(64 << 20);
        Image image = withForeignLayer(ours, "behind");
        cri.containerd().load(ours, image.descriptor(), "example.org/foreign:2", Copier.create());
        assertThatThrownBy(() -> runs("example.org/foreign:2"))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("failed to extract layer");
        assertThat(cri.pods().list()).isEmpty();
    }
}
