package dev.davit.it.cli;

import static dev.davit.it.cli.Shell.davit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.image.Compression;
import dev.davit.image.LayerSpec;
import dev.davit.it.Command;
import dev.davit.it.Parts;
import dev.davit.it.cli.Shell.Result;
import dev.davit.oci.Digest;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.TemporaryStore;
import dev.davit.oci.image.Layer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LayerCommandsTest {
    @TempDir
    private Path work;

    @ParameterizedTest
    @EnumSource(Compression.class)
    void lists_a_layer_of_any_compression(Compression compression) throws IOException {
        LayerSpec spec = LayerSpec.named("a")
                .emptyDirectory("tmp", 01777)
                .file("bin/tool", new byte[1234], 06751)
                .hardLink("bin/x", "bin/tool")
                .symlink("lib", "usr/lib")
                .owner("bin/tool", 1000, 2000)
                .xattr("bin/tool", "user.note", new byte[1])
                .time(Instant.parse("2020-02-03T04:05:06.5Z"));

        Result result = davit("layer", "ls", file(spec, compression).toString());

        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out().lines()).containsExactly("""
                        drwxr-xr-x 0/0               0 2020-02-03T04:05:06.500Z bin/
                        -rwsr-s--x 1000/2000      1234 2020-02-03T04:05:06.500Z bin/tool [user.note]
                        hrwsr-s--x 1000/2000         0 2020-02-03T04:05:06.500Z bin/x link to bin/tool [user.note]
                        lrwxrwxrwx 0/0               0 2020-02-03T04:05:06.500Z lib -> usr/lib
                        drwxrwxrwt 0/0               0 2020-02-03T04:05:06.500Z tmp/
                        """.lines().toArray(String[]::new));
    }

    @Test
    void names_devices_as_tar_does_and_lets_no_name_be_taken_for_another() throws IOException {
        Parts.requireRoot();
        Path root = Files.createDirectory(work.resolve("root"));
        Command.of(
                        "sh",
                        "-euc",
                        "cd \"$0\"; mknod null c 1 3; mkfifo pipe; : > 'two words'; printf '' > \"$(printf 'a\\033[2J\\nb')\"; : > '\"q\"'; ln -s ' x ' z",
                        root.toString())
                .run();
        Path tar = work.resolve("a.tar");
        Command.of("sh", "-euc", "cd \"$0\"; tar -cf \"$1\" --mtime=@0 --sort=name *", root.toString())
                .with(tar.toString())
                .run();

        assertThat(davit("layer", "ls", tar.toString()).out().lines())
                .containsExactly("""
                        -rw-r--r-- 0/0               0 1970-01-01T00:00:00Z "\\"q\\""
                        -rw-r--r-- 0/0               0 1970-01-01T00:00:00Z "a\\u001b[2J\\u000ab"
                        crw-r--r-- 0/0             1,3 1970-01-01T00:00:00Z null
                        prw-r--r-- 0/0               0 1970-01-01T00:00:00Z pipe
                        -rw-r--r-- 0/0               0 1970-01-01T00:00:00Z two words
                        lrwxrwxrwx 0/0               0 1970-01-01T00:00:00Z z -> " x "
                        """.lines().toArray(String[]::new));
    }

    @Test
    void what_is_no_layer_is_one_line_on_standard_error() throws IOException {
        Path text = Files.writeString(work.resolve("text"), "hello");

        Result result = davit("layer", "ls", text.toString());

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err())
                .startsWith("davit: ")
                .contains("expected a tar archive")
                .hasLineCount(1);
        assertThat(davit("layer", "ls", work.resolve("missing").toString()).err())
                .startsWith("davit: cannot read")
                .hasLineCount(1);
        assertThat(davit("layer").exitCode()).isEqualTo(2);
    }

    @Test
    void makes_a_layer_of_what_was_changed() throws IOException {
        Path before = Files.createDirectory(work.resolve("before"));
        Path after = Files.createDirectory(work.resolve("after"));
        Files.writeString(before.resolve("gone"), "x");
        Files.writeString(after.resolve("new"), "x");
        Path layer = work.resolve("layer.tar.gz");

        Result result = davit("layer", "diff", before.toString(), after.toString(), "-o", layer.toString());

        assertThat(result.exitCode()).as(result.err()).isZero();
        byte[] gzip = Files.readAllBytes(layer);
        assertThat(result.out()).contains("digest  " + Digest.sha256(gzip)).contains("diffID  sha256:");
        assertThat(davit("layer", "ls", layer.toString()).out()).contains(" .wh.gone\n", " new\n");
        assertThat(davit("layer", "diff", before.toString(), after.toString()).exitCode())
                .isEqualTo(2);
    }

    private Path file(LayerSpec spec, Compression compression) throws IOException {
        Path file = work.resolve("layer");
        try (TemporaryStore store = LocalStore.temporary()) {
            Layer layer = spec.writeTo(store, compression);
            try (InputStream in = layer.open()) {
                Files.copy(in, file);
            }
        }
        return file;
    }
}
