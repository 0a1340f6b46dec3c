package dev.davit.it.cli;

import static dev.davit.it.cli.Shell.davit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.examples.cli.Davit;
import dev.davit.image.OciLayout;
import dev.davit.it.cli.Shell.Result;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Index;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.Platform;
import dev.davit.oci.image.Image;
import dev.davit.oci.internal.ByteBlob;
import dev.davit.testkit.EmbeddedRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageCommandsTest {
    @TempDir
    private Path work;

    private String layout;

    @BeforeEach
    void name_a_layout() {
        layout = "oci:" + work.resolve("layout") + ":1.0";
    }

    @Test
    void says_its_version() {
        assertThat(davit("version").out()).startsWith("davit ").contains("Java");
    }

    @Test
    void builds_an_image_that_inspect_shows() throws IOException {
        String digest = build();

        assertThat(davit("inspect", layout).out())
                .contains(digest)
                .contains("entrypoint  /bin/hello")
                .contains("cmd         --name world")
                .contains("env         GREETING=hello")
                .contains("user        65532")
                .contains("workdir     /srv")
                .contains("linux/amd64");
    }

    @Test
    void raw_is_the_manifest_byte_for_byte() throws IOException {
        String digest = build();

        String raw = davit("inspect", "--raw", layout).out();

        assertThat(Digest.sha256(raw.getBytes(StandardCharsets.UTF_8))).hasToString(digest);
        assertThat(davit("inspect", "--config", layout).out()).startsWith("{").contains("\"architecture\":\"amd64\"");
    }

    @Test
    void copies_through_every_kind_of_place_without_changing_the_digest() throws IOException {
        String digest = build();
        String archive = "oci-archive:" + work.resolve("image.tar") + ":1.0";
        String back = "oci:" + work.resolve("back") + ":1.0";
        try (EmbeddedRegistry registry = EmbeddedRegistry.start()) {
            String remote = "docker://" + registry.address() + "/acme/hello:1.0";

            assertThat(davit("copy", layout, remote).exitCode()).isZero();
            assertThat(davit("copy", remote, archive).exitCode()).isZero();
            assertThat(davit("copy", archive, back).exitCode()).isZero();
        }

        assertThat(davit("inspect", back).out()).contains(digest);
    }

    @Test
    void a_docker_archive_keeps_configuration_and_layers() throws IOException {
        build();
        String archive = "docker-archive:" + work.resolve("image.tar") + ":acme/hello:1.0";

        assertThat(davit("copy", layout, archive).exitCode()).isZero();

        assertThat(davit("inspect", "--config", archive).out())
                .isEqualTo(davit("inspect", "--config", layout).out());
    }

    @Test
    void copies_under_several_names() throws IOException {
        String digest = build();
        String archive = "oci-archive:" + work.resolve("image.tar");
        String other = "oci:" + work.resolve("other");

        assertThat(davit("copy", "--name", "acme/hello:1", "--name", "b", layout, archive + ":a")
                        .exitCode())
                .isZero();
        assertThat(davit("copy", "--name", "two", archive + ":acme/hello:1", other + ":one")
                        .exitCode())
                .isZero();

        assertThat(davit("tags", archive).out()).isEqualTo("a\nacme/hello:1\nb\n");
        assertThat(davit("tags", other).out()).isEqualTo("one\ntwo\n");
        assertThat(davit("inspect", other + ":two").out()).contains(digest);
    }

    @Test
    void archives_go_through_pipes() throws IOException {
        String digest = build();
        Path piped = work.resolve("piped.tar");
        PrintStream out = System.out;
        try (PrintStream file = new PrintStream(Files.newOutputStream(piped), true, StandardCharsets.UTF_8)) {
            System.setOut(file);
            StringWriter messages = new StringWriter();
            PrintWriter err = new PrintWriter(messages);
            String[] copy = {"copy", layout, "oci-archive:-:1.0"};
            assertThat(Davit.run(copy, new PrintWriter(file, true, StandardCharsets.UTF_8), err))
                    .isZero();
            assertThat(messages.toString()).contains(digest);
        } finally {
            System.setOut(out);
        }
        InputStream in = System.in;
        try (InputStream pipe = Files.newInputStream(piped)) {
            System.setIn(pipe);
            assertThat(davit("copy", "oci-archive:/dev/stdin", "oci:" + work.resolve("back"))
                            .out())
                    .isEqualTo(digest + "\n");
        } finally {
            System.setIn(in);
        }
    }

    @Test
    void converts_compression_and_format_and_keeps_the_configuration() throws IOException {
        String digest = build();
        String zstd = "oci:" + work.resolve("zstd") + ":1.0";
        String docker = "oci:" + work.resolve("docker") + ":1.0";

        Result result = davit("convert", "--compression", "zstd:19", layout, zstd);
        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(davit("inspect", "--raw", zstd).out()).contains("layer.v1.tar+zstd");
        assertThat(davit("convert", "--format", "docker", zstd, docker).exitCode())
                .isZero();
        assertThat(davit("inspect", "--raw", docker).out()).contains("diff.tar.gzip", "distribution.manifest.v2");
        assertThat(davit("inspect", "--config", docker).out())
                .isEqualTo(davit("inspect", "--config", layout).out());
        assertThat(davit("convert", "--format", "oci", docker, "oci:" + work.resolve("oci"))
                        .out())
                .isEqualTo(digest + "\n");

        for (String[] wrong :
                new String[][] {{"--format", "tar"}, {"--compression", "xz"}, {"--compression", "gzip:x"}}) {
            Result refused = davit("convert", wrong[0], wrong[1], layout, zstd);
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.err()).contains("expected").hasLineCount(1);
        }
    }

    @Test
    void says_that_an_image_is_valid_or_all_that_is_wrong() throws IOException {
        String digest = build();

        Result valid = davit("validate", layout);
        assertThat(valid.exitCode()).isZero();
        assertThat(valid.out()).startsWith(digest + " is valid: 1 document and 2 other blobs");

        Path config = work.resolve("layout/blobs/sha256")
                .resolve(Image.load(OciLayout.at(work.resolve("layout")), "1.0", Platform.LINUX_AMD64)
                        .id()
                        .encoded());
        Files.writeString(config, Files.readString(config).replace("hello", "hullo"));
        Result damaged = davit("validate", layout);
        assertThat(damaged.exitCode()).isEqualTo(1);
        assertThat(damaged.out()).startsWith("error: config: ");
        assertThat(damaged.err()).startsWith("davit: " + digest + " is not valid: 1 error in");
    }

    @Test
    void looks_after_a_layout() throws IOException {
        String digest = build();
        String folder = work.resolve("layout").toString();
        OciLayout images = OciLayout.at(work.resolve("layout"));
        images.tag(images.resolve("1.0"), "2.0");
        assertThat(davit("tags", layout).out().lines()).containsExactly("1.0", "2.0");

        assertThat(davit("fsck", folder).out()).startsWith(folder + " is whole: 3 good blobs, ");
        images.untag("1.0");
        images.untag("2.0");
        assertThat(davit("gc", folder).out()).startsWith("deleted 0 blobs and 0 unfinished files");
        Result dry = davit("gc", "--dry-run", "--age", "0m", folder);
        assertThat(dry.out()).contains(digest + "\n", "would delete 3 blobs and 0 unfinished files");

        Path manifest = work.resolve("layout/blobs").resolve(digest.replace(':', '/'));
        Files.writeString(manifest, Files.readString(manifest).replace("sha256", "sha265"));
        Result damaged = davit("fsck", folder);
        assertThat(damaged.exitCode()).isEqualTo(1);
        assertThat(damaged.out()).startsWith("error: blobs/sha256/");
        assertThat(damaged.err()).startsWith("davit: " + folder + " is damaged: 1 finding beside 2 good blobs");
        assertThat(davit("fsck", "--repair", folder).out()).contains("taken away: " + digest);
        assertThat(davit("gc", "--age", "0m", folder).out()).contains("deleted 2 blobs");
        assertThat(davit("fsck", folder).exitCode()).isZero();
        assertThat(davit("gc", "--age", "soon", folder).exitCode()).isEqualTo(2);
    }

    @Test
    void lists_platforms() throws IOException {
        String digest = build();

        assertThat(davit("platforms", layout).out()).startsWith("linux/amd64 ").contains(digest);

        OciLayout images = OciLayout.at(work.resolve("layout"));
        Index index = Index.builder()
                .addManifest(images.resolve("1.0").toBuilder()
                        .annotations(Map.of())
                        .platform(Platform.parse("linux/arm/v7"))
                        .build())
                .build();
        images.put(new ByteBlob(index.descriptor(), index.toBytes()), "multi");
        assertThat(davit("platforms", "oci:" + work.resolve("layout") + ":multi")
                        .out())
                .startsWith("linux/arm/v7 ")
                .contains(digest);
    }

    @Test
    void shows_what_is_no_image() {
        OciLayout images = OciLayout.at(work.resolve("artifacts"));
        Descriptor text = images.ingest(
                new MediaType("text/plain"), new ByteArrayInputStream("hello".getBytes(StandardCharsets.UTF_8)));
        images.ingest(MediaType.OCI_EMPTY, new ByteArrayInputStream("{}".getBytes(StandardCharsets.UTF_8)));
        Manifest artifact = Manifest.builder(Descriptor.EMPTY)
                .artifactType("application/vnd.example.note")
                .addLayer(text.toBuilder()
                        .annotation("org.opencontainers.image.title", "note.txt")
                        .build())
                .annotations(Map.of("author", "me"))
                .build();
        images.put(new ByteBlob(artifact.descriptor(), artifact.toBytes()), "note");
        String place = "oci:" + work.resolve("artifacts") + ":note";

        assertThat(davit("inspect", place).out())
                .contains("application/vnd.example.note")
                .contains("note.txt")
                .contains("author=me");
        assertThat(davit("validate", place).exitCode()).isZero();
    }

    @Test
    void unpacks_what_was_built() throws IOException {
        build();
        Path root = work.resolve("rootfs");

        Result result = davit("unpack", layout, root.toString());

        assertThat(result.exitCode()).isZero();
        assertThat(root.resolve("bin/hello")).hasContent("#!/bin/sh\n");
        assertThat(Files.isExecutable(root.resolve("bin/hello"))).isTrue();
    }

    @Test
    void reports_in_json_if_asked() throws IOException {
        build();

        assertThat(davit("unpack", "--json", layout, work.resolve("rootfs").toString())
                        .out())
                .startsWith("{")
                .endsWith("}\n");
    }

    @Test
    void unpacks_strictly_or_within_limits_if_asked() throws IOException {
        build();
        Path root = work.resolve("rootfs");

        Result tooMuch = davit("unpack", "--max-bytes", "1000", layout, root.toString());
        Result exact = davit("unpack", "--strict", "--no-owner", layout, root.toString());

        assertThat(tooMuch.exitCode()).isEqualTo(1);
        assertThat(tooMuch.err()).contains("expected at most 1000 bytes").hasLineCount(1);
        assertThat(exact.exitCode()).as(exact.err()).isZero();
        assertThat(Files.getAttribute(root.resolve("bin/hello"), "unix:uid"))
                .isEqualTo(Files.getAttribute(work, "unix:uid"));
    }

    @Test
    void unpacks_for_overlay_if_asked() throws IOException {
        build();
        Path target = work.resolve("layers");

        Result result = davit("unpack", "--overlay", layout, target.toString());

        if (Runtime.version().feature() < 22) {
            assertThat(result.err()).contains("JDK 22").hasLineCount(1);
        } else {
            assertThat(result.out()).endsWith("lowerdir=" + target.toRealPath() + "/0\n");
            assertThat(target.resolve("0/bin/hello")).exists();
        }
    }

    @Test
    void builds_on_a_base_image() throws IOException {
        build();
        Path extra = Files.writeString(work.resolve("extra.txt"), "extra");
        String derived = "oci:" + work.resolve("derived") + ":1.0";

        Result result = davit(
                "build",
                "--from",
                layout,
                "--platform",
                "linux/amd64",
                "--layer",
                extra + "=/extra.txt",
                "-t",
                derived);

        assertThat(result.err()).doesNotContain("davit:");
        davit(
                "unpack",
                derived,
                "--platform",
                "linux/amd64",
                work.resolve("rootfs").toString());
        assertThat(work.resolve("rootfs/extra.txt")).hasContent("extra");
        assertThat(work.resolve("rootfs/bin/hello")).exists();
    }

    @ParameterizedTest
    @ValueSource(strings = {"busybox", "oci:", "docker:/x", "oci-archive::name", "tar:x"})
    void what_is_no_place_is_a_usage_error(String place) {
        Result result = davit("inspect", place);

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("expected docker://REFERENCE");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "docker://127.0.0.1:9/acme/hello:1.0",
                "oci:/does/not/exist",
                "oci-archive:/does/not/exist.tar",
                "docker-archive:/does/not/exist.tar"
            })
    void what_cannot_be_reached_is_one_line_on_standard_error(String place) {
        Result result = davit("inspect", place);

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).startsWith("davit: ").hasLineCount(1).doesNotContain("internal error");
    }

    @Test
    void a_missing_tag_is_named() throws IOException {
        build();

        assertThat(davit("inspect", layout + "-beta").err())
                .startsWith("davit: ")
                .contains("1.0-beta");
    }

    @Test
    void asks_for_a_command() {
        assertThat(davit().exitCode()).isEqualTo(2);
    }

    @Test
    void compresses_layers_as_asked() throws IOException {
        Path file = Files.writeString(work.resolve("file"), "x".repeat(100_000));
        String layer = file + "=/file";

        for (String compression : new String[] {"none", "gzip:9", "zstd:19"}) {
            String place = "oci:" + work.resolve(compression.substring(0, 4)) + ":1.0";
            assertThat(davit("build", "--compression", compression, "--layer", layer, "-t", place)
                            .err())
                    .doesNotContain("davit:");
            assertThat(davit("inspect", "--raw", place).out())
                    .contains(
                            compression.equals("none")
                                    ? "layer.v1.tar\""
                                    : "layer.v1.tar+" + compression.substring(0, 4));
        }
        for (String wrong : new String[] {"xz", "gzip:0", "none:1", "zstd:x"}) {
            Result result = davit("build", "--compression", wrong, "--layer", layer, "-t", layout);
            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.err()).contains("expected").hasLineCount(1);
        }
    }

    private String build() throws IOException {
        Path program = Files.writeString(work.resolve("hello"), "#!/bin/sh\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        Result result = davit(
                "build",
                "--platform",
                "linux/amd64",
                "--layer",
                program + "=/bin/hello",
                "--entrypoint",
                "/bin/hello",
                "--cmd",
                "--name",
                "--cmd",
                "world",
                "--env",
                "GREETING=hello",
                "--user",
                "65532",
                "--workdir",
                "/srv",
                "-t",
                layout);
        assertThat(result.exitCode()).as(result.err()).isZero();
        return result.out().strip();
    }
}
