package dev.davit.image;

import static dev.davit.image.Attribute.MODES;
import static dev.davit.image.Attribute.OWNERS;
import static dev.davit.image.Attribute.TIMES;
import static dev.davit.image.Attribute.XATTRS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Links, owners, times and extended attributes of what is in a layer. */
@Tag("jdk25")
class LayerAttributesTest {
    private static final Instant TIME = Instant.parse("2020-02-03T04:05:06.123456789Z");

    @TempDir
    Path folder;

    private final LayerSpec empty = LayerSpec.named("a");
    private Path tree;

    @BeforeEach
    void make_a_tree() throws IOException {
        tree = Files.createDirectory(folder.resolve("tree"));
    }

    @Test
    void the_first_name_of_a_file_has_its_content_whichever_is_called_the_link() {
        assertThat(LayerLines.of(
                        empty.file("/b", bytes("x"), 0755).hardLink("/c", "b").hardLink("/a", "/c")))
                .containsExactly("-0755 a = x", "h0755 b -> a", "h0755 c -> a");
    }

    @Test
    void a_hard_link_may_lead_to_a_file_of_a_layer_below() {
        assertThat(LayerLines.of(empty.hardLink("/x/a", "/bin/sh").hardLink("/x/b", "x/a")))
                .containsExactly("d0755 x/", "h0644 x/a -> bin/sh", "h0644 x/b -> bin/sh");
    }

    @Test
    void a_hard_link_through_a_symbolic_one_comes_after_the_file() {
        assertThat(LayerLines.of(
                        empty.hardLink("a", "lib/f").symlink("lib", "usr/lib").file("usr/lib/f", bytes("x"), 0644)))
                .endsWith("-0644 usr/lib/f = x", "h0644 a -> lib/f");
    }

    @Test
    void hard_links_to_directories_and_to_themselves_are_refused() {
        refused(empty.emptyDirectory("d", 0755).hardLink("a", "d"), "expected a file at /d, got a directory");
        refused(empty.hardLink("a", "b").hardLink("b", "a"), "the hard link /a leads to itself");
        refused(empty.hardLink("a", "a"), "the hard link /a leads to itself");
        assertThatThrownBy(() -> empty.hardLink("a", "../b")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> empty.hardLink("a", "/")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void one_entry_may_have_an_owner_and_extended_attributes_of_its_own() {
        assertThat(LayerLines.of(empty.xattr("/d/a", "user.note", bytes("hi"))
                        .owner("d", 5, 6)
                        .file("/d/a", bytes("x"), 0644)
                        .hardLink("/d/b", "/d/a")
                        .owner("/d/b", 7, 8)
                        .xattr("/d/b", "user.more", bytes("ö"))
                        .file("/e", bytes(""), 0644)
                        .owner(1, 2)))
                .containsExactly(
                        "d0755 d/ 5:6",
                        "-0644 d/a 7:8 {user.more=ö, user.note=hi} = x",
                        "h0644 d/b 7:8 {user.more=ö, user.note=hi} -> d/a",
                        "-0644 e 1:2 = ");
    }

    @Test
    void attributes_of_nothing_are_refused() {
        refused(empty.file("a", bytes(""), 0644).owner("b", 1, 1), "expected an entry /b to set attributes of");
        assertThatThrownBy(() -> empty.xattr("a", "user.a=b", bytes("")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("without equals sign");
        assertThatThrownBy(() -> empty.xattr("a", "", bytes(""))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> empty.owner("a", -1, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_layer_has_a_time() {
        assertThat(LayerLines.of(empty.file("a/b", bytes("x"), 0644).time(TIME)))
                .containsExactly("d0755 a/ " + TIME, "-0644 a/b " + TIME + " = x");
    }

    @Test
    void modes_are_kept_where_no_other_is_given() throws IOException {
        Path file = file("f", "rwxr-x---");
        Files.setAttribute(file, "unix:mode", 06751);
        Files.setPosixFilePermissions(tree, PosixFilePermissions.fromString("rwx--x--x"));

        assertThat(LayerLines.of(empty.directory("/d", tree)
                        .file("/e", file)
                        .file("/g", file, 0600)
                        .preserve(MODES)))
                .containsExactly("d0711 d/", "-6751 d/f = f", "-6751 e = f", "-0600 g = f");
    }

    @Test
    void owners_are_kept_as_numbers() throws IOException {
        file("f", "rw-r--r--");
        assumeTrue(isRoot());
        Files.setAttribute(tree.resolve("f"), "unix:uid", (int) 4294967294L);
        Files.setAttribute(tree.resolve("f"), "unix:gid", 12);

        assertThat(LayerLines.of(empty.directory("/", tree).owner(1, 1).preserve(OWNERS)))
                .containsExactly("-0644 f 4294967294:12 = f");
        assertThat(LayerLines.of(empty.directory("/", tree).owner("f", 3, 4).preserve(OWNERS)))
                .containsExactly("-0644 f 3:4 = f");
    }

    @Test
    void times_are_kept_to_the_nanosecond() throws IOException {
        Path file = file("f", "rw-r--r--");
        Files.setLastModifiedTime(file, FileTime.from(TIME));

        assertThat(LayerLines.of(
                        empty.directory("/", tree).file("/g", bytes("x"), 0644).preserve(TIMES)))
                .containsExactly("-0644 f " + TIME + " = f", "-0644 g = x");
    }

    @Test
    void extended_attributes_are_kept_of_files_and_directories() throws IOException {
        Path file = file("f", "rw-r--r--");
        Files.createSymbolicLink(tree.resolve("l"), Path.of("f"));
        Files.setAttribute(file, "user:note", ByteBuffer.wrap(bytes("hi")));
        Files.setAttribute(tree, "user:of-directory", ByteBuffer.wrap(bytes("there")));

        assertThat(LayerLines.of(empty.directory("/d", tree).preserve(XATTRS)))
                .containsExactly(
                        "d0755 d/ {user.of-directory=there}", "-0644 d/f {user.note=hi} = f", "l0777 d/l -> f");
        assertThat(LayerLines.of(empty.file("/f", tree.resolve("l")).preserve(XATTRS)))
                .as("through the link")
                .containsExactly("-0644 f {user.note=hi} = f");
    }

    @Test
    void names_of_one_file_stay_that_only_if_something_is_kept() throws IOException {
        file("b", "rw-r--r--");
        Files.createLink(tree.resolve("a"), tree.resolve("b"));
        Files.createDirectory(tree.resolve("0"));
        Files.createLink(tree.resolve("0/c"), tree.resolve("b"));

        assertThat(LayerLines.of(empty.directory("/", tree)))
                .containsExactly("d0755 0/", "-0644 0/c = b", "-0644 a = b", "-0644 b = b");
        assertThat(LayerLines.of(empty.directory("/", tree).preserve(MODES)))
                .containsExactly("d0755 0/", "-0644 0/c = b", "h0644 a -> 0/c", "h0644 b -> 0/c");
        assertThat(LayerLines.of(empty.directory("/x", tree)
                        .directory("/y", tree)
                        .preserve(MODES)
                        .xattr("/y/b", "user.note", bytes("y"))))
                .as("a folder that is there twice")
                .contains("-0644 x/0/c = b", "-0644 y/0/c {user.note=y} = b", "h0644 y/a {user.note=y} -> y/0/c");
    }

    @Test
    void settings_hold_for_everything_wherever_they_stand() throws IOException {
        file("f", "rw-------");
        assertThat(LayerLines.of(empty.preserve(MODES).owner(1, 2).time(TIME).directory("/", tree)))
                .isEqualTo(LayerLines.of(
                        empty.directory("/", tree).time(TIME).owner(1, 2).preserve(MODES)))
                .isEqualTo(List.of("-0600 f 1:2 " + TIME + " = f"));
    }

    private static boolean isRoot() throws IOException {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    }

    private void refused(LayerSpec spec, String message) {
        assertThatThrownBy(() -> LayerLines.of(spec))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    private Path file(String name, String permissions) throws IOException {
        Path file = Files.writeString(tree.resolve(name), name);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
