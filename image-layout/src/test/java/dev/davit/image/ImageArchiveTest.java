package dev.davit.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.Annotations;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.ImageConfig;
import dev.davit.oci.Index;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.Platform;
import dev.davit.oci.content.Blob;
import dev.davit.oci.content.Copier;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.TemporaryStore;
import dev.davit.oci.image.Image;
import dev.davit.oci.image.Layer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ImageArchiveTest {
    @TempDir
    Path folder;

    Path file;
    TemporaryStore store;

    @BeforeEach
    void store() {
        store = LocalStore.temporary();
        file = folder.resolve("image.tar");
    }

    @AfterEach
    void close() {
        store.close();
    }

    @ParameterizedTest
    @EnumSource
    void an_image_comes_back_from_an_oci_archive_as_it_was(Compression compression) {
        Image image = image(compression);

        ImageArchive.writeOci(image, file, "1.0");

        try (ImageArchive archive = ImageArchive.open(file)) {
            assertThat(archive.tags()).containsExactly("1.0");
            assertThat(archive.resolveOnly().digest()).isEqualTo(image.digest());
            assertThat(archive.resolve(image.digest().toString()).digest()).isEqualTo(image.digest());
            Image back = Image.load(archive, "1.0", Platform.LINUX_AMD64);
            assertThat(back.digest()).isEqualTo(image.digest());
            OciLayout layout = OciLayout.at(folder.resolve("layout"));
            Copier.create().copy(archive, "1.0", layout, "copy");
            Unpacker.into(folder.resolve("root")).unpack(Image.load(layout, "copy", Platform.LINUX_AMD64));
        }
        assertThat(folder.resolve("root/lower")).hasContent("lower");
        assertThat(folder.resolve("root/upper")).hasContent("upper");
    }

    @ParameterizedTest
    @EnumSource
    void a_docker_archive_has_the_same_configuration_and_files(Compression compression) throws IOException {
        Image image = image(compression);

        ImageArchive.writeDocker(image, file, "acme/server:1.4.0");

        try (ImageArchive archive = ImageArchive.open(file)) {
            assertThat(archive.tags()).containsExactly("docker.io/acme/server:1.4.0");
            Image back = Image.load(archive, "acme/server:1.4.0", Platform.LINUX_AMD64);
            assertThat(back.id()).isEqualTo(image.id());
            assertThat(back.layers())
                    .extracting(Layer::diffId)
                    .isEqualTo(image.config().diffIds());
            assertThat(back.layers())
                    .allMatch(layer -> layer.descriptor().mediaType().equals(MediaType.OCI_LAYER));
            Unpacker.into(folder.resolve("root")).unpack(back);
            assertThat(archive.resolve(back.digest().toString())).isEqualTo(back.descriptor());
        }
        assertThat(folder.resolve("root/upper")).hasContent("upper");
        try (TarFile tar = new TarFile(file.toFile())) {
            assertThat(tar.getEntries().stream().map(TarArchiveEntry::getName))
                    .startsWith("manifest.json", image.id().encoded() + ".json")
                    .hasSize(4);
        }
        try (var children = Files.list(folder)) {
            assertThat(children.map(child -> child.getFileName().toString()))
                    .containsExactlyInAnyOrder("image.tar", "root");
        }
    }

    @Test
    void the_same_image_gives_the_same_archive() throws IOException {
        Path second = folder.resolve("second.tar");
        Image image = image(Compression.GZIP);

        ImageArchive.writeOci(image, file, "1.0");
        ImageArchive.writeOci(image(Compression.GZIP), second, "1.0");
        assertThat(second).hasSameBinaryContentAs(file);

        ImageArchive.writeDocker(image, file, "a:1");
        ImageArchive.writeDocker(image(Compression.GZIP), second, "a:1");
        assertThat(second).hasSameBinaryContentAs(file);
    }

    @Test
    void an_archive_may_be_without_name() {
        Image image = image(Compression.GZIP);

        ImageArchive.writeOci(image, file, null);
        try (ImageArchive archive = ImageArchive.open(file)) {
            assertThat(archive.tags()).isEmpty();
            assertThat(archive.resolveOnly().digest()).isEqualTo(image.digest());
        }
        ImageArchive.writeDocker(image, file, null);
        try (ImageArchive archive = ImageArchive.open(file)) {
            assertThat(archive.tags()).isEmpty();
            assertThat(Image.load(archive, archive.resolveOnly()).id()).isEqualTo(image.id());
        }
    }

    @Test
    void an_archive_that_is_compressed_as_a_whole_is_read_too() throws IOException {
        Image image = image(Compression.GZIP);
        ImageArchive.writeDocker(image, file, "a:1");
        Path compressed = folder.resolve("image.tar.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(compressed))) {
            Files.copy(file, out);
        }

        try (ImageArchive archive = ImageArchive.open(compressed)) {
            Image back = Image.load(archive, "a:1", Platform.LINUX_AMD64);
            Unpacker.into(folder.resolve("root")).unpack(back);
        }
        assertThat(folder.resolve("root/upper")).hasContent("upper");
    }

    @Test
    void an_archive_whose_files_are_sparse_is_refused() throws IOException {
        Files.write(
                file,
                RawTar.tar()
                        .pax("GNU.sparse.size", "5", "GNU.sparse.map", "0,3")
                        .file("blobs/sha256/a", "abc")
                        .bytes());

        assertThatThrownBy(() -> ImageArchive.open(file))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("got the sparse file \"blobs/sha256/a\": write the archive without --sparse");
    }

    @Test
    void names_that_docker_and_containerd_write_are_understood() throws IOException {
        Image image = image(Compression.GZIP);
        Index index = Index.builder()
                .addManifest(image.descriptor().toBuilder()
                        .annotation(Annotations.CONTAINERD_IMAGE_NAME, "docker.io/library/busybox:1")
                        .annotation(Annotations.REF_NAME, "1")
                        .build())
                .build();
        RawTar tar = RawTar.tar()
                .file("./oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}")
                .file("./index.json", text(index.toBytes()))
                .file("./manifest.json", "[]")
                .file(
                        "./blobs/sha256/" + image.digest().encoded(),
                        text(image.manifest().toBytes()))
                .file(
                        "./blobs/sha256/" + image.id().encoded(),
                        text(image.config().toBytes()));
        Files.write(file, tar.bytes());

        try (ImageArchive archive = ImageArchive.open(file)) {
            assertThat(archive.resolve("busybox:1").digest()).isEqualTo(image.digest());
            assertThat(archive.resolve("1").digest()).isEqualTo(image.digest());
            assertThatThrownBy(() -> archive.resolve("alpine"))
                    .isInstanceOf(NotFoundException.class)
                    .hasMessageContaining("which has docker.io/library/busybox:1");
            Descriptor missing = image.layers().get(0).descriptor();
            assertThatThrownBy(() -> archive.blob(missing)).isInstanceOf(NotFoundException.class);
        }
    }

    @Test
    void layers_of_old_docker_archives_may_be_links_inside_them() throws IOException {
        byte[] layer = RawTar.tar().file("a", "content").bytes();
        Files.write(
                file,
                docker(
                                layer,
                                tar -> tar.entry('0', "one/layer.tar", "", layer, h -> {})
                                        .symlink("two/layer.tar", "../one/layer.tar")
                                        .hardLink("three/layer.tar", "two/layer.tar"),
                                "one",
                                "two",
                                "three")
                        .bytes());

        try (ImageArchive archive = ImageArchive.open(file)) {
            Unpacker.into(folder.resolve("root")).unpack(Image.load(archive, "busybox", Platform.LINUX_AMD64));
        }
        assertThat(folder.resolve("root/a")).hasContent("content");
    }

    @Test
    void archives_from_before_there_was_a_manifest_are_read() throws IOException {
        byte[] lower = RawTar.tar().file("a", "lower").file("b", "lower").bytes();
        byte[] upper = RawTar.tar().file("a", "upper").bytes();
        String one = "1".repeat(64);
        String two = "2".repeat(64);
        String three = "3".repeat(64);
        RawTar tar = RawTar.tar()
                .file("repositories", "{\"busybox\":{\"1\":\"" + three + "\",\"latest\":\"" + three + "\"}}")
                .file(one + "/json", "{\"id\":\"" + one + "\",\"created\":\"2014-01-02T03:04:05.6Z\"}")
                .file(two + "/json", "{\"id\":\"" + two + "\",\"parent\":\"" + one + "\"}")
                .file(three + "/VERSION", "1.0")
                .file(
                        three + "/json",
                        "{\"id\":\"" + three + "\",\"parent\":\"" + two + "\",\"author\":\"me\",\"x-unknown\":1,"
                                + "\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Cmd\":[\"sh\"]}}")
                .entry('0', one + "/layer.tar", "", lower, h -> {})
                .symlink(two + "/layer.tar", "../" + one + "/layer.tar")
                .entry('0', three + "/layer.tar", "", upper, h -> {});
        Files.write(file, tar.bytes());

        try (ImageArchive archive = ImageArchive.open(file)) {
            assertThat(archive.tags()).containsExactly("busybox:1", "busybox:latest");
            Image image = Image.load(archive, "busybox", Platform.LINUX_AMD64);
            assertThat(image.config().diffIds())
                    .containsExactly(Digest.sha256(lower), Digest.sha256(lower), Digest.sha256(upper));
            assertThat(image.config().execution().cmd()).containsExactly("sh");
            assertThat(image.config().author()).contains("me");
            assertThat(image.config().history()).hasSize(3);
            assertThat(text(image.config().toBytes())).contains("x-unknown").doesNotContain("parent", three);
            assertThat(archive.resolveOnly().digest()).isEqualTo(image.digest());
            Unpacker.into(folder.resolve("root")).unpack(image);
        }
        assertThat(folder.resolve("root/a")).hasContent("upper");
        assertThat(folder.resolve("root/b")).hasContent("lower");
    }

    @Test
    void layers_that_are_their_own_parents_or_have_no_id_are_refused() throws IOException {
        String one = "1".repeat(64);
        for (String[] bad : new String[][] {
            {one, one, "none its own parent"}, {"../secret", one, "64 hexadecimal digits"}, {one, "", "a date and time"}
        }) {
            String json = bad[1].isEmpty() ? "{\"created\":\"+9999999-99\"}" : "{\"parent\":\"" + bad[1] + "\"}";
            Files.write(
                    file,
                    RawTar.tar()
                            .file("repositories", "{\"a\":{\"1\":\"" + bad[0] + "\"}}")
                            .file(one + "/json", json)
                            .bytes());
            assertThatThrownBy(() -> ImageArchive.open(file))
                    .isInstanceOf(MalformedContentException.class)
                    .hasMessageContaining(bad[2]);
        }
    }

    @Test
    void t54_links_out_of_an_archive_lead_to_nothing() throws IOException {
        byte[] layer = RawTar.tar().file("a", "secret").bytes();
        Path secret = Files.write(folder.resolve("secret.tar"), layer);
        for (String target : List.of(secret.toString(), "../../../../../../../../" + secret, "layer.tar")) {
            Files.write(
                    file,
                    docker(layer, tar -> tar.symlink("one/layer.tar", target), "one")
                            .bytes());

            try (ImageArchive archive = ImageArchive.open(file)) {
                assertThatThrownBy(() -> archive.resolve("busybox"))
                        .isInstanceOf(NotFoundException.class)
                        .hasMessageContaining("no layer \"one/layer.tar\"");
            }
        }
    }

    @Test
    void a_layer_that_is_not_its_diff_id_is_not_delivered() throws IOException {
        byte[] layer = RawTar.tar().file("a", "content").bytes();
        byte[] other = RawTar.tar().file("a", "CONTENT").bytes();
        Files.write(
                file,
                docker(layer, tar -> tar.entry('0', "one/layer.tar", "", other, h -> {}), "one")
                        .bytes());

        try (ImageArchive archive = ImageArchive.open(file)) {
            Image image = Image.load(archive, "busybox", Platform.LINUX_AMD64);
            assertThatThrownBy(() -> Unpacker.into(folder.resolve("root")).unpack(image))
                    .isInstanceOf(IntegrityException.class);
        }
    }

    @Test
    void what_is_no_archive_of_images_is_refused() throws IOException {
        Path missing = folder.resolve("missing");
        assertThatThrownBy(() -> ImageArchive.open(missing))
                .isInstanceOf(NotFoundException.class)
                .hasMessage("no archive " + missing);

        Files.write(file, RawTar.tar().file("a", "").bytes());
        assertThatThrownBy(() -> ImageArchive.open(file))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("expected an image archive with oci-layout or manifest.json");

        Files.writeString(file, "hello");
        assertThatThrownBy(() -> ImageArchive.open(file)).isInstanceOf(MalformedContentException.class);

        Files.write(
                file, RawTar.tar().file("manifest.json", "[{\"Layers\":[]}]").bytes());
        assertThatThrownBy(() -> ImageArchive.open(file)).isInstanceOf(MalformedContentException.class);

        Files.write(
                file,
                RawTar.tar()
                        .file("manifest.json", "[]")
                        .file("./manifest.json", "[]")
                        .bytes());
        assertThatThrownBy(() -> ImageArchive.open(file)).hasMessageContaining("twice");
    }

    @Test
    void blobs_of_ones_own_are_not_trusted() {
        byte[] bytes = RawTar.tar().file("a", "content").bytes();
        byte[] promised = RawTar.tar().file("a", "CONTENT").bytes();
        Blob liar = new UnverifiedBlob(Descriptor.of(MediaType.OCI_LAYER, promised), bytes);
        Image image = TestImages.of(List.of(liar), List.of(Digest.sha256(promised)));

        assertThatThrownBy(() -> ImageArchive.writeOci(image, file, "1.0")).isInstanceOf(IntegrityException.class);
        assertThatThrownBy(() -> ImageArchive.writeDocker(image, file, "acme/server:1.4.0"))
                .isInstanceOf(IntegrityException.class);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void a_failure_leaves_the_old_archive_and_nothing_else() throws IOException {
        Files.writeString(file, "old");
        Image image = image(Compression.GZIP);
        store.close();

        assertThatThrownBy(() -> ImageArchive.writeOci(image, file, "1.0")).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> ImageArchive.writeDocker(image, file, "a:1")).isInstanceOf(NotFoundException.class);

        assertThat(file).hasContent("old");
        try (var children = Files.list(folder)) {
            assertThat(children).hasSize(1);
        }
    }

    /** An archive as Docker wrote it long ago, whose layers all have one content. */
    private static RawTar docker(byte[] layer, java.util.function.UnaryOperator<RawTar> layers, String... folders) {
        ImageConfig config = ImageConfig.builder(Platform.LINUX_AMD64)
                .diffIds(List.of(folders).stream()
                        .map(f -> dev.davit.oci.Digest.sha256(layer))
                        .toList())
                .build();
        String names = String.join("/layer.tar\",\"", folders);
        return layers.apply(RawTar.tar()
                        .file("config.json", text(config.toBytes()))
                        .file(
                                "manifest.json",
                                "[{\"Config\":\"config.json\",\"RepoTags\":[\"busybox:latest\"],\"Layers\":[\"" + names
                                        + "/layer.tar\"]}]"))
                .file("repositories", "{}");
    }

    private Image image(Compression compression) {
        return ImageBuilder.scratch(Platform.LINUX_AMD64)
                .layer(LayerSpec.named("lower").file("/lower", "lower".getBytes(StandardCharsets.UTF_8), 0644))
                .layer(LayerSpec.named("upper").file("/upper", "upper".getBytes(StandardCharsets.UTF_8), 0644))
                .compression(compression)
                .build(store);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
