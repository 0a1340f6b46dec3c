package dev.davit.it.cli;

import static dev.davit.it.cli.Shell.davit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.image.ImageBuilder;
import dev.davit.image.LayerDiff;
import dev.davit.image.LayerSpec;
import dev.davit.image.OciLayout;
import dev.davit.it.cli.Shell.Result;
import dev.davit.oci.Platform;
import dev.davit.oci.image.Image;
import dev.davit.testkit.EmbeddedRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code davit ls}, {@code cat}, {@code find} and {@code diff}. */
class BrowseCommandsTest {
    @TempDir
    private Path work;

    private String one;
    private String two;

    @BeforeEach
    void make_images() throws IOException {
        OciLayout layout = OciLayout.at(work.resolve("layout"));
        LayerSpec base = LayerSpec.named("base")
                .file("etc/app.conf", bytes("one"), 0644)
                .file("etc/same", bytes("same"), 0644)
                .file("old.jar", new byte[10], 0644)
                .symlink("conf", "etc/app.conf");
        Image first = ImageBuilder.scratch(Platform.host()).layer(base).build(layout);
        Image second = ImageBuilder.from(first)
                .layer(LayerSpec.named("more")
                        .file("etc/app.conf", bytes("two"), 0600)
                        .file("opt/new.jar", new byte[20], 0644))
                .layer(withoutOldJar())
                .build(layout);
        layout.tag(first.descriptor(), "1");
        layout.tag(second.descriptor(), "2");
        one = layout + ":1";
        two = layout + ":2";
    }

    @Test
    void lists_a_directory_a_tree_or_a_file() {
        assertThat(out("ls", two))
                .containsExactly(
                        "lrwxrwxrwx 0/0               0 1970-01-01T00:00:00Z conf -> etc/app.conf",
                        "drwxr-xr-x 0/0               0 1970-01-01T00:00:00Z etc",
                        "drwxr-xr-x 0/0               0 1970-01-01T00:00:00Z opt");
        assertThat(out("ls", "-R", two, "/opt"))
                .containsExactly("-rw-r--r-- 0/0              20 1970-01-01T00:00:00Z opt/new.jar");
        assertThat(out("ls", two, "etc/app.conf"))
                .containsExactly("-rw------- 0/0               3 1970-01-01T00:00:00Z etc/app.conf");
        assertThat(out("ls", "--recursive", one)).hasSize(5);
        Result missing = davit("ls", two, "/none");
        assertThat(missing.exitCode()).isEqualTo(1);
        assertThat(missing.err()).contains("/none").hasLineCount(1);
    }

    @Test
    void writes_files_to_standard_output() {
        assertThat(davit("cat", two, "/conf", "etc/same").out()).isEqualTo("twosame");
        Result directory = davit("cat", two, "/etc");
        assertThat(directory.exitCode()).isEqualTo(1);
        assertThat(directory.err()).contains("expected a file, got a directory").hasLineCount(1);
    }

    @Test
    void finds_by_name_or_by_path() {
        assertThat(out("find", one, "*.jar"))
                .containsExactly("-rw-r--r-- 0/0              10 1970-01-01T00:00:00Z old.jar");
        assertThat(out("find", two, "/etc/**")).hasSize(2);
        assertThat(out("find", two, "none")).isEmpty();
    }

    @Test
    void tells_what_is_different() {
        assertThat(out("diff", one, one)).singleElement().asString().startsWith("= layer sha256:");
        assertThat(out("diff", one, two))
                .satisfies(lines -> assertThat(lines.get(0)).startsWith("= layer sha256:"))
                .satisfies(lines -> assertThat(lines.get(1)).startsWith("+ layer sha256:"))
                .endsWith(
                        "! -rw------- 0/0               3 1970-01-01T00:00:00Z etc/app.conf (content, mode)",
                        "- -rw-r--r-- 0/0              10 1970-01-01T00:00:00Z old.jar",
                        "+ drwxr-xr-x 0/0               0 1970-01-01T00:00:00Z opt",
                        "+ -rw-r--r-- 0/0              20 1970-01-01T00:00:00Z opt/new.jar")
                .hasSize(7);
    }

    @Test
    void converts_what_is_copied() {
        String other = "oci:" + work.resolve("other") + ":zstd";
        assertThat(out(
                        "convert",
                        one,
                        other,
                        "--compression",
                        "zstd:19",
                        "--platform",
                        Platform.host().toString()))
                .singleElement()
                .asString()
                .startsWith("sha256:");
        assertThat(out("diff", one, other))
                .singleElement()
                .asString()
                .endsWith("tar+zstd")
                .startsWith("= layer");
        assertThat(out("convert", other, "oci-archive:" + work.resolve("d.tar"), "--format", "docker"))
                .hasSize(1);
        assertThat(davit("cat", "oci-archive:" + work.resolve("d.tar"), "etc/same")
                        .out())
                .isEqualTo("same");
        assertThat(davit("convert", one, other).err()).contains("expected --compression or --format, got neither");
    }

    @Test
    void looks_into_an_image_in_a_registry() throws Exception {
        try (EmbeddedRegistry registry = EmbeddedRegistry.start()) {
            String remote = "docker://" + registry.address() + "/app:2";
            assertThat(davit("copy", two, remote).exitCode()).isZero();
            assertThat(davit("cat", remote, "/conf").out()).isEqualTo("two");
            assertThat(out("diff", two, remote)).allMatch(line -> line.startsWith("= layer"));

            String cache = work.resolve("cache").toString();
            assertThat(davit("cat", "--cache", cache, remote, "/conf").out()).isEqualTo("two");
            int before = registry.requests().size();
            assertThat(davit("cat", "--cache", cache, remote, "/conf").out()).isEqualTo("two");
            assertThat(registry.requests().stream().skip(before))
                    .noneMatch(request -> request.path().contains("/blobs/"))
                    .isNotEmpty();
        }
    }

    private LayerSpec withoutOldJar() throws IOException {
        Path before = Files.createDirectories(work.resolve("before/opt"));
        Path after = Files.createDirectories(work.resolve("after/opt"));
        Files.write(before.resolve("old.jar"), new byte[10]);
        for (Path each : List.of(before, after)) {
            Files.setLastModifiedTime(each, FileTime.fromMillis(0));
        }
        return LayerDiff.between(before, after).layer("without");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static List<String> out(String... args) {
        Result result = davit(args);
        assertThat(result.exitCode()).as(result.err()).isZero();
        return result.out().lines().toList();
    }
}
