package dev.davit.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.image.internal.LocalNames;
import dev.davit.oci.StorageException;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.TemporaryStore;
import dev.davit.oci.image.Layer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("jdk25")
class LayerSpecTest {
    @TempDir
    Path folder;

    private final TemporaryStore store = LocalStore.temporary();

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void entries_are_sorted_with_their_parents_before_them() {
        LayerSpec spec = LayerSpec.named("a")
                .file("/b/c/d", bytes("x"), 0600)
                .symlink("b.txt", "b/c/d")
                .emptyDirectory("tmp/", 01777)
                .file("./ä", bytes(""), 0644)
                .file("z", bytes(""), 0755);

        assertThat(list(spec))
                .containsExactly(
                        "drwxr-xr-x 0:0 b/",
                        "lrwxrwxrwx 0:0 b.txt -> b/c/d",
                        "drwxr-xr-x 0:0 b/c/",
                        "-rw------- 0:0 b/c/d = x",
                        "drwxrwxrwt 0:0 tmp/",
                        "-rwxr-xr-x 0:0 z = ",
                        "-rw-r--r-- 0:0 ä = ");
    }

    @Test
    void a_folder_is_taken_with_its_links_and_execute_bits() throws IOException {
        Path tree = Files.createDirectories(folder.resolve("tree"));
        Files.createDirectories(tree.resolve("sub/empty"));
        Files.setPosixFilePermissions(tree.resolve("sub"), PosixFilePermissions.fromString("rwx------"));
        file(tree.resolve("run"), "rwx--x---");
        file(tree.resolve("sub/read"), "r--------");
        Files.createSymbolicLink(tree.resolve("dangling"), Path.of("../../nowhere"));
        Files.createSymbolicLink(tree.resolve("loop"), Path.of("."));

        assertThat(list(LayerSpec.named("a").directory("/app", tree).owner(1000, 2000)))
                .containsExactly(
                        "drwxr-xr-x 1000:2000 app/",
                        "lrwxrwxrwx 1000:2000 app/dangling -> ../../nowhere",
                        "lrwxrwxrwx 1000:2000 app/loop -> .",
                        "-rwxr-xr-x 1000:2000 app/run = run",
                        "drwxr-xr-x 1000:2000 app/sub/",
                        "drwxr-xr-x 1000:2000 app/sub/empty/",
                        "-rw-r--r-- 1000:2000 app/sub/read = read");
    }

    @Test
    void directories_that_only_lead_to_something_stay_roots() {
        assertThat(list(LayerSpec.named("a").owner(7, 8).file("/a/b", bytes(""), 0644)))
                .containsExactly("drwxr-xr-x 0:0 a/", "-rw-r--r-- 7:8 a/b = ");
    }

    @Test
    void a_local_file_brings_its_execute_bit_or_gets_a_mode() throws IOException {
        Path tool = file(folder.resolve("tool"), "rwx------");
        Path text = file(folder.resolve("text"), "rw-rw-rw-");

        assertThat(list(LayerSpec.named("a").file("1", tool).file("2", text).file("3", text, 04711)))
                .containsExactly("-rwxr-xr-x 0:0 1 = tool", "-rw-r--r-- 0:0 2 = text", "-rws--x--x 0:0 3 = text");
    }

    @Test
    void folders_at_one_place_are_merged_and_a_description_beats_a_folder() throws IOException {
        Path one = Files.createDirectories(folder.resolve("one/lib"));
        Path two = Files.createDirectories(folder.resolve("two/lib"));
        file(one.resolve("a"), "rw-------");
        file(two.resolve("b"), "rw-------");

        assertThat(list(LayerSpec.named("a")
                        .directory("/", one.getParent())
                        .directory("/", two.getParent())
                        .emptyDirectory("lib", 0700)))
                .containsExactly("drwx------ 0:0 lib/", "-rw-r--r-- 0:0 lib/a = a", "-rw-r--r-- 0:0 lib/b = b");
    }

    @Test
    void two_things_at_one_path_are_refused() {
        LayerSpec spec = LayerSpec.named("a").file("/a", bytes(""), 0644);
        refused(spec.file("./a/", bytes(""), 0644), "/a is there twice: as file and as file");
        refused(spec.symlink("a", "b"), "/a is there twice: as file and as symbolic link");
        refused(spec.emptyDirectory("a", 0755), "/a is there twice: as file and as directory");
        refused(spec.file("a/b", bytes(""), 0644), "/a is there twice: as file and as directory");
        refused(LayerSpec.named("a").emptyDirectory("a", 0755).emptyDirectory("a", 0755), "twice");
        refused(LayerSpec.named("a").file("a/b", bytes(""), 0644).symlink("a", "c"), "twice");
    }

    private void refused(LayerSpec spec, String message) {
        assertThatThrownBy(() -> spec.writeTo(store, Compression.GZIP))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "a/../b", "/", "", "./", ".wh.a", "a/.wh..wh..opq", "a\0b"})
    void paths_that_no_layer_can_have_are_refused_at_once(String path) {
        LayerSpec spec = LayerSpec.named("a");
        assertThatThrownBy(() -> spec.file(path, bytes(""), 0644)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> spec.symlink(path, "x")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void other_nonsense_is_refused_at_once() {
        LayerSpec spec = LayerSpec.named("a");
        assertThatThrownBy(() -> spec.symlink("a", "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> spec.file("a", bytes(""), 010000)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> spec.file("a", bytes(""), -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> spec.owner(-1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> spec.owner(0, (1L << 32) - 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void files_that_cannot_be_read_or_taken_are_named() throws IOException {
        Path missing = folder.resolve("missing");
        LayerSpec spec = LayerSpec.named("a");
        assertThatThrownBy(() -> spec.file("a", missing).writeTo(store, Compression.GZIP))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(missing.toString());
        assertThatThrownBy(() -> spec.file("a", missing, 0644).writeTo(store, Compression.GZIP))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(missing.toString());
        assertThatThrownBy(() -> spec.directory("a", missing).writeTo(store, Compression.GZIP))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(missing.toString());
        Path tree = Files.createDirectory(folder.resolve("tree"));
        file(tree.resolve(".wh.a"), "rw-------");
        assertThatThrownBy(() -> spec.directory("a", tree).writeTo(store, Compression.GZIP))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(".wh.a");
    }

    @Test
    void a_specification_never_changes() {
        LayerSpec base = LayerSpec.named("a").file("a", bytes(""), 0644);
        byte[] content = bytes("before");
        LayerSpec more = base.file("b", content, 0644);
        content[0] = 'X';

        assertThat(list(base)).hasSize(1);
        assertThat(list(more)).contains("-rw-r--r-- 0:0 b = before");
        assertThat(more.writeTo(store, Compression.GZIP).descriptor())
                .isEqualTo(more.writeTo(store, Compression.GZIP).descriptor());
    }

    @Test
    void names_that_are_no_utf_8_keep_their_bytes() throws IOException {
        Path tree = Files.createDirectory(folder.resolve("tree"));
        file(LocalNames.resolve(tree, "a\udcff"), "rw-------");
        Files.createSymbolicLink(tree.resolve("l"), LocalNames.linkTarget("x\udc80"));

        Layer layer = LayerSpec.named("a").directory("/", tree).writeTo(store, Compression.NONE);
        Unpacker.into(folder.resolve("root")).unpack(TestImages.of(List.of(layer.blob()), List.of(layer.diffId())));

        assertThat(LocalNames.resolve(folder.resolve("root"), "a\udcff")).exists();
        assertThat(LocalNames.text(Files.readSymbolicLink(folder.resolve("root/l"))))
                .isEqualTo("x\udc80");
    }

    @Test
    void a_folder_may_lie_in_another_file_system() throws IOException {
        Path zip = folder.resolve("a.zip");
        try (FileSystem files = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
            Files.createDirectory(files.getPath("/d"));
            Files.writeString(files.getPath("/d/ä"), "content");
        }
        try (FileSystem files = FileSystems.newFileSystem(zip)) {
            assertThat(list(LayerSpec.named("a").directory("/x", files.getPath("/d"))))
                    .containsExactly("drwxr-xr-x 0:0 x/", "-rw-r--r-- 0:0 x/ä = content");
        }
    }

    /** The layer as commons-compress sees it, like {@code tar -tv}. */
    private List<String> list(LayerSpec spec) {
        Layer layer = spec.writeTo(store, Compression.NONE);
        List<String> lines = new ArrayList<>();
        try (InputStream blob = layer.blob().open();
                TarArchiveInputStream tar = new TarArchiveInputStream(blob, "UTF-8")) {
            for (TarArchiveEntry e = tar.getNextEntry(); e != null; e = tar.getNextEntry()) {
                assertThat(e.getLastModifiedTime().toMillis()).isZero();
                String data = e.isFile() && !e.isSymbolicLink()
                        ? " = " + new String(tar.readAllBytes(), StandardCharsets.UTF_8)
                        : "";
                String link = e.isSymbolicLink() ? " -> " + e.getLinkName() : "";
                lines.add(type(e) + permissions(e.getMode()) + " " + e.getLongUserId() + ":" + e.getLongGroupId() + " "
                        + e.getName() + link + data);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return lines;
    }

    private static String type(TarArchiveEntry entry) {
        return entry.isDirectory() ? "d" : entry.isSymbolicLink() ? "l" : "-";
    }

    private static String permissions(int mode) {
        Function<Integer, String> three =
                bits -> ((bits & 4) != 0 ? "r" : "-") + ((bits & 2) != 0 ? "w" : "-") + ((bits & 1) != 0 ? "x" : "-");
        String all = three.apply(mode >> 6) + three.apply(mode >> 3) + three.apply(mode);
        all = (mode & 04000) != 0 ? all.substring(0, 2) + "s" + all.substring(3) : all;
        return (mode & 01000) != 0 ? all.substring(0, 8) + "t" : all;
    }

    private static Path file(Path file, String permissions) throws IOException {
        Files.write(file, bytes(LocalNames.text(file.getFileName()).replace("\udcff", "")));
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
