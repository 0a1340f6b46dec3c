package dev.davit.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.MalformedContentException;
import dev.davit.oci.StorageException;
import dev.davit.oci.TransferException;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.TemporaryStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives as a part of a layer. */
@Tag("jdk25")
class LayerTarTest {
    @TempDir
    Path folder;

    private final TemporaryStore store = LocalStore.temporary();
    private final LayerSpec empty = LayerSpec.named("a");

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void entries_keep_their_attributes_and_their_order_behind_all_others() throws IOException {
        byte[] tar = RawTar.tar()
                .pax("mtime", "1580702706.5", "uid", "70000", "SCHILY.xattr.user.note", "hi")
                .file("./z", "last", 04711)
                .whiteout("gone")
                .opaque("b")
                .hardLink("/b/again", "./z")
                .symlink("link", "./z/../up")
                .fifo("pipe")
                .device('3', "null", 1, 3)
                .bytes();

        assertThat(LayerLines.of(empty.tar("/", file("a.tar", tar)).file("zz", bytes("x"), 0644)))
                .containsExactly(
                        "-0644 zz = x",
                        "-4711 z 70000:0 " + Instant.ofEpochSecond(1580702706L, 500_000_000) + " {user.note=hi} = last",
                        "-0644 .wh.gone = ",
                        "-0644 b/.wh..wh..opq = ",
                        "h0644 b/again -> z",
                        "l0644 link -> ./z/../up",
                        "p0644 pipe",
                        "c0644 null");
    }

    @Test
    void an_archive_may_go_to_a_folder() {
        byte[] tar = RawTar.tar()
                .directory("./", 0700)
                .file("a", "x")
                .hardLink("b", "a")
                .bytes();

        assertThat(LayerLines.of(empty.tar("/opt/app", () -> new ByteArrayInputStream(tar))))
                .containsExactly("d0700 opt/app/", "-0644 opt/app/a = x", "h0644 opt/app/b -> opt/app/a");
    }

    @Test
    void compression_is_recognised_by_content() throws IOException {
        byte[] tar = RawTar.tar().file("a", "x").bytes();
        Path gzip = folder.resolve("a.tar");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(gzip))) {
            out.write(tar);
        }
        Path zstd = folder.resolve("a.gz");
        try (InputStream in =
                empty.tar("/", gzip).writeTo(store, Compression.ZSTD).open()) {
            Files.copy(in, zstd);
        }

        assertThat(LayerLines.of(empty.tar("/", gzip))).containsExactly("-0644 a = x");
        assertThat(LayerLines.of(empty.tar("/", zstd))).containsExactly("-0644 a = x");
    }

    @Test
    void directories_are_there_once_and_are_as_the_archive_says_unless_they_are_named() throws IOException {
        Path tree = Files.createDirectories(folder.resolve("tree/usr")).getParent();
        Files.writeString(tree.resolve("usr/b"), "b");
        byte[] one = RawTar.tar()
                .directory("usr/", 0700)
                .directory("named/", 0711)
                .file("usr/c", "c")
                .bytes();
        byte[] other = RawTar.tar().directory("usr", 0500).file("usr/a", "a").bytes();

        assertThat(LayerLines.of(empty.file("usr/lib/x", bytes("x"), 0644)
                        .tar("/", () -> new ByteArrayInputStream(one))
                        .tar("/", () -> new ByteArrayInputStream(other))
                        .directory("/", tree)
                        .emptyDirectory("named", 0750)))
                .containsExactly(
                        "d0750 named/",
                        "d0700 usr/",
                        "-0644 usr/b = b",
                        "d0755 usr/lib/",
                        "-0644 usr/lib/x = x",
                        "-0644 usr/c = c",
                        "-0644 usr/a = a");
        assertThat(LayerLines.of(empty.tar("/", () -> new ByteArrayInputStream(one))
                        .tar("/", () -> new ByteArrayInputStream(other))))
                .containsExactly("d0700 usr/", "d0711 named/", "-0644 usr/c = c", "-0644 usr/a = a");
    }

    @Test
    void anything_else_may_be_there_once() {
        byte[] tar = RawTar.tar().file("a", "x").symlink("l", "a").bytes();
        LayerSpec spec = empty.tar("/", () -> new ByteArrayInputStream(tar));
        refused(spec.file("a", bytes(""), 0644), "/a is there twice: as file and as file");
        refused(spec.file("l/b", bytes(""), 0644), "/l is there twice: as directory and as symbolic link");
        refused(spec.tar("/", () -> new ByteArrayInputStream(tar)), "/a is there twice: as file and as file");
        refused(empty.symlink("x", "y").tar("/x", () -> new ByteArrayInputStream(tar)), "/x is there twice");
        byte[] below = RawTar.tar().file("a/b", "x").bytes();
        refused(spec.tar("/", () -> new ByteArrayInputStream(below)), "/a is there twice: as file and as directory");
        byte[] above = RawTar.tar().file("x", "x").bytes();
        refused(
                empty.tar(
                                "/",
                                () -> new ByteArrayInputStream(
                                        RawTar.tar().file("x/y", "").bytes()))
                        .tar("/", () -> new ByteArrayInputStream(above)),
                "/x is there twice: as directory and as file");
    }

    @Test
    void what_an_archive_says_twice_it_may_mean() {
        byte[] tar =
                RawTar.tar().file("a", "1").hardLink("b", "a").file("a", "2").bytes();

        assertThat(LayerLines.of(empty.tar("/", () -> new ByteArrayInputStream(tar))))
                .containsExactly("-0644 a = 1", "h0644 b -> a", "-0644 a = 2");
    }

    @Test
    void hard_links_may_lead_into_an_archive() {
        byte[] tar = RawTar.tar().file("z", "x").directory("d").bytes();
        LayerSpec spec = empty.tar("/", () -> new ByteArrayInputStream(tar));

        assertThat(LayerLines.of(spec.hardLink("a", "z").hardLink("b", "a")))
                .containsExactly("-0644 z = x", "d0755 d/", "h0644 a -> z", "h0644 b -> z");
        refused(spec.hardLink("a", "d"), "expected a file at /d, got a directory");
    }

    @Test
    void what_is_no_archive_is_named_and_leaves_nothing() throws IOException {
        Path text = file("text", bytes("hello"));
        assertThatThrownBy(() -> LayerLines.of(empty.tar("/", text)))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining(text.toString())
                .hasMessageContaining("expected a tar archive");
        Path up = file("up.tar", RawTar.tar().file("a/../../b", "x").bytes());
        assertThatThrownBy(() -> LayerLines.of(empty.tar("/", up)))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining(up.toString())
                .hasMessageContaining("expected no \"..\"");
        Path missing = folder.resolve("missing");
        assertThatThrownBy(() -> LayerLines.of(empty.tar("/", missing)))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(missing.toString());
    }

    @Test
    void a_stream_that_fails_is_the_source() {
        byte[] tar = RawTar.tar().file("a", "x".repeat(100_000)).bytes();
        AtomicInteger opened = new AtomicInteger();
        LayerSpec spec = empty.tar("/", () -> {
            int length = opened.incrementAndGet() == 2 ? 50_000 : tar.length;
            return new SequenceInputStream(new ByteArrayInputStream(tar, 0, length), new Broken(length < tar.length));
        });

        assertThatThrownBy(() -> spec.writeTo(store, Compression.GZIP))
                .isInstanceOf(TransferException.class)
                .hasMessageContaining("cannot read an archive: gone");
    }

    private static final class Broken extends InputStream {
        private final boolean isBroken;

        Broken(boolean isBroken) {
            this.isBroken = isBroken;
        }

        @Override
        public int read() throws IOException {
            return read(new byte[1], 0, 1);
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (isBroken) {
                throw new IOException("gone");
            }
            return -1;
        }
    }

    private void refused(LayerSpec spec, String message) {
        assertThatThrownBy(() -> spec.writeTo(store, Compression.NONE))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
