package dev.davit.it.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.image.ArchiveSpec;
import dev.davit.image.Compression;
import dev.davit.image.ImageArchive;
import dev.davit.image.ImageBuilder;
import dev.davit.image.ImageConverter;
import dev.davit.image.LayerSpec;
import dev.davit.image.OciLayout;
import dev.davit.it.Command;
import dev.davit.it.Parts;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Manifest;
import dev.davit.oci.Platform;
import dev.davit.oci.content.Copier;
import dev.davit.oci.image.Image;
import dev.davit.oci.image.Layer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** skopeo reads what Davit writes and Davit reads what skopeo writes, with the same digests. */
class SkopeoTest {
    @TempDir
    Path folder;

    private OciLayout layout;
    private Image image;

    @BeforeEach
    void image() {
        Parts.require("skopeo");
        layout = OciLayout.at(folder.resolve("layout"));
        image = build(Compression.GZIP);
        layout.tag(image.descriptor(), "1.0");
    }

    private Image build(Compression compression) {
        return ImageBuilder.scratch(Platform.LINUX_AMD64)
                .layer(LayerSpec.named("one").file("/one", bytes("one"), 0644))
                .layer(LayerSpec.named("two").file("/two", new byte[100_000], 0755))
                .config(c -> c.entrypoint("/two").env("A", "b").label("purpose", "test"))
                .compression(compression)
                .build(layout);
    }

    @ParameterizedTest
    @EnumSource
    void a_layout_is_inspected_and_copied_with_the_same_digest(Compression compression) {
        Image built = build(compression);
        layout.tag(built.descriptor(), "copy-me");
        String name = "oci:" + layout.folder() + ":copy-me";

        assertThat(skopeo("inspect", name)).contains(built.digest().toString(), "\"purpose\": \"test\"", "\"linux\"");
        assertThat(skopeo("inspect", "--raw", name))
                .isEqualTo(text(built.manifest().toBytes()));
        assertThat(skopeo("inspect", "--config", "--raw", name))
                .isEqualTo(text(built.config().toBytes()));

        Path theirs = folder.resolve("theirs");
        skopeo("copy", "--preserve-digests", name, "oci:" + theirs + ":copied");
        OciLayout copied = OciLayout.open(theirs);
        assertThat(copied.tags()).containsExactly("copied");
        assertThat(copied.resolve("copied").digest()).isEqualTo(built.digest());
    }

    @Test
    void documents_are_converted_to_the_same_parts_and_back() throws IOException {
        Path theirs = folder.resolve("theirs");
        skopeo("copy", "--format", "v2s2", "oci:" + layout.folder() + ":1.0", "dir:" + theirs);
        Image docker = ImageConverter.create().toDocker().convert(image, layout);
        assertThat(docker.manifest().children())
                .isEqualTo(Manifest.parse(Files.readAllBytes(theirs.resolve("manifest.json")))
                        .children());

        skopeo("copy", "--format", "oci", "dir:" + theirs, "oci:" + layout.folder() + ":back");
        Image back = Image.load(layout, "back", Platform.LINUX_AMD64);
        assertThat(back.manifest().children())
                .isEqualTo(ImageConverter.create()
                        .toOci()
                        .convert(docker, layout)
                        .manifest()
                        .children())
                .isEqualTo(image.manifest().children());
    }

    @ParameterizedTest
    @EnumSource
    void layers_that_were_compressed_anew_are_those_that_they_were(Compression compression) throws IOException {
        Image converted = ImageConverter.create().compression(compression).convert(image, layout);
        layout.tag(converted.descriptor(), "converted");
        Path theirs = folder.resolve("theirs");

        skopeo(
                "copy",
                "--dest-compress-format",
                "gzip",
                "--dest-decompress",
                "oci:" + layout.folder() + ":converted",
                "dir:" + theirs);

        assertThat(Manifest.parse(Files.readAllBytes(theirs.resolve("manifest.json")))
                        .layers())
                .extracting(Descriptor::digest)
                .isEqualTo(image.config().diffIds());
    }

    @Test
    void both_write_to_one_layout_and_neither_loses_a_name() {
        skopeo("copy", "oci:" + layout.folder() + ":1.0", "oci:" + layout.folder() + ":theirs");
        layout.tag(image.descriptor(), "ours");
        skopeo("copy", "oci:" + layout.folder() + ":ours", "oci:" + layout.folder() + ":again");

        assertThat(layout.tags()).containsExactly("1.0", "again", "ours", "theirs");
    }

    @Test
    void layouts_share_a_folder_of_blobs_both_ways() {
        String blobs = folder.resolve("blobs").toString();
        OciLayout ours = OciLayout.at(folder.resolve("ours"), Path.of(blobs));
        Copier.create().copy(image, ours, "1.0");
        Path theirs = folder.resolve("theirs");

        String from = "oci:" + ours.folder() + ":1.0";
        String to = "oci:" + theirs + ":2.0";
        skopeo("copy", "--src-shared-blob-dir", blobs, "--dest-shared-blob-dir", blobs, from, to);
        OciLayout read = OciLayout.open(theirs, Path.of(blobs));
        assertThat(Image.load(read, "2.0", Platform.LINUX_AMD64).digest()).isEqualTo(image.digest());
        read.tag(read.resolve("2.0"), "again");
        ours.untag("1.0");
        assertThat(OciLayout.collectGarbage(List.of(ours, read), Duration.ZERO).blobs())
                .isEmpty();
        assertThat(read.verify().findings()).isEmpty();

        String plain = folder.resolve("plain").toString();
        skopeo("copy", "--src-shared-blob-dir", blobs, "oci:" + theirs + ":again", "oci:" + plain + ":3.0");
        assertThat(OciLayout.open(Path.of(plain)).resolve("3.0").digest()).isEqualTo(image.digest());
    }

    @Test
    void a_layout_without_names_has_one_image() {
        Path theirs = folder.resolve("theirs");
        skopeo("copy", "oci:" + layout.folder() + ":1.0", "oci:" + theirs);
        assertThat(OciLayout.open(theirs).resolveOnly().digest()).isEqualTo(image.digest());

        OciLayout ours = OciLayout.at(folder.resolve("ours"));
        Copier.create().copy(image.content(), image.descriptor(), ours);
        ours.add(image.descriptor());
        assertThat(skopeo("inspect", "oci:" + ours.folder()))
                .contains(image.digest().toString());
    }

    @Test
    void an_oci_archive_goes_both_ways() {
        Path ours = folder.resolve("ours.tar");
        ImageArchive.writeOci(image, ours, "1.0");
        assertThat(skopeo("inspect", "oci-archive:" + ours))
                .contains(image.digest().toString());
        assertThat(skopeo("inspect", "--raw", "oci-archive:" + ours + ":1.0"))
                .isEqualTo(text(image.manifest().toBytes()));

        Path theirs = folder.resolve("theirs.tar");
        skopeo("copy", "oci-archive:" + ours + ":1.0", "oci-archive:" + theirs + ":2.0");
        try (ImageArchive archive = ImageArchive.open(theirs)) {
            assertThat(archive.tags()).containsExactly("2.0");
            Image back = Image.load(archive, "2.0", Platform.LINUX_AMD64);
            assertThat(back.digest()).isEqualTo(image.digest());
            Copier.create().copy(archive, "2.0", layout, "back");
        }
        assertThat(layout.resolve("back").digest()).isEqualTo(image.digest());
    }

    @ParameterizedTest
    @EnumSource
    void a_docker_archive_goes_both_ways(Compression compression) {
        Image built = build(compression);
        Path ours = folder.resolve("ours.tar");
        ImageArchive.writeDocker(built, ours, "acme/server:1.4.0");
        assertThat(skopeo("inspect", "--config", "--raw", "docker-archive:" + ours))
                .isEqualTo(text(built.config().toBytes()));
        String back = "oci:" + folder.resolve("back") + ":x";
        skopeo("copy", "docker-archive:" + ours + ":acme/server:1.4.0", back);
        Image theirs = Image.load(OciLayout.open(folder.resolve("back")), "x", Platform.LINUX_AMD64);
        assertThat(theirs.config().diffIds()).isEqualTo(built.config().diffIds());
        assertThat(theirs.config().execution().entrypoint()).containsExactly("/two");

        Path their = folder.resolve("their.tar");
        skopeo("copy", "docker-archive:" + ours, "docker-archive:" + their + ":acme/server:2");
        try (ImageArchive archive = ImageArchive.open(their)) {
            assertThat(archive.tags()).singleElement().asString().endsWith("acme/server:2");
            Image read = Image.load(archive, "acme/server:2", Platform.LINUX_AMD64);
            assertThat(read.id()).isEqualTo(built.id());
            assertThat(read.layers())
                    .extracting(Layer::diffId)
                    .isEqualTo(built.config().diffIds());
            Copier.create().copy(read, layout, "read");
        }
        assertThat(layout.tags()).contains("read");
    }

    @Test
    void several_images_in_one_archive_are_found_by_their_names() throws IOException {
        Image other = ImageBuilder.from(image)
                .layer(LayerSpec.named("three").file("/three", bytes("three"), 0644))
                .build(layout);
        ArchiveSpec spec =
                ArchiveSpec.empty().add(image, "acme/one:1", "acme/one:2").add(other, "acme/two:1");
        Path oci = folder.resolve("oci.tar");
        Path docker = folder.resolve("docker.tar");
        spec.writeOci(oci);
        try (OutputStream out = Files.newOutputStream(docker)) {
            spec.writeDocker(out);
        }

        Map<String, Image> expected = Map.of("acme/one:1", image, "acme/one:2", image, "acme/two:1", other);
        expected.forEach((name, wanted) -> {
            assertThat(skopeo("inspect", "--raw", "oci-archive:" + oci + ":" + name))
                    .isEqualTo(text(wanted.manifest().toBytes()));
            assertThat(skopeo("inspect", "--config", "--raw", "docker-archive:" + docker + ":" + name))
                    .isEqualTo(text(wanted.config().toBytes()));
        });
    }

    private static String skopeo(String... arguments) {
        return Command.of("skopeo", arguments).run();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
