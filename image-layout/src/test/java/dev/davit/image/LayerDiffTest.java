package dev.davit.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.davit.oci.IntegrityException;
import dev.davit.oci.MediaType;
import dev.davit.oci.StorageException;
import dev.davit.oci.image.Image;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("jdk25")
class LayerDiffTest {
    private static final Instant LATER = Instant.parse("2020-02-03T04:05:06.123456789Z");

    @TempDir
    Path folder;

    private Path before;
    private Path after;

    @BeforeEach
    void make_folders() throws IOException {
        before = Files.createDirectory(folder.resolve("before"));
        after = Files.createDirectory(folder.resolve("after"));
    }

    @Test
    void equal_trees_differ_in_nothing() throws IOException {
        for (Path root : roots()) {
            write(root, "d/a", "a");
            Files.createLink(root.resolve("d/b"), root.resolve("d/a"));
            Files.createSymbolicLink(root.resolve("l"), Path.of("d/../x"));
            Files.setAttribute(root.resolve("d/a"), "user:note", ByteBuffer.wrap(bytes("hi")));
        }

        LayerDiff diff = diff();

        assertThat(diff.isEmpty()).isTrue();
        assertThat(LayerLines.of(diff.layer("nothing"))).isEmpty();
    }

    @Test
    void what_is_new_or_gone_comes_with_the_way_to_it() throws IOException {
        for (Path root : roots()) {
            write(root, "usr/lib/stays", "a");
            write(root, "var/log/x", "x");
        }
        write(before, "usr/lib/gone", "x");
        write(before, "gone/deep/x", "x");
        write(before, "var/ä", "x");
        write(after, "usr/lib/new/x", "new");

        assertThat(lines())
                .containsExactly(
                        "-0000 .wh.gone = ",
                        "d0755 usr/",
                        "d0755 usr/lib/",
                        "-0000 usr/lib/.wh.gone = ",
                        "d0755 usr/lib/new/",
                        "-0644 usr/lib/new/x = new",
                        "d0755 var/",
                        "-0000 var/.wh.ä = ");
    }

    @Test
    void content_is_compared_though_size_and_time_are_equal() throws IOException {
        write(before, "a", "one");
        write(after, "a", "two");

        assertThat(lines()).containsExactly("-0644 a = two");
    }

    @Test
    void every_attribute_counts() throws IOException {
        for (Path root : roots()) {
            for (String name : List.of("mode", "time", "note", "value", "un-noted")) {
                write(root, name, "x");
            }
            Files.createDirectory(root.resolve("directory"));
            Files.createSymbolicLink(root.resolve("link"), Path.of("one"));
        }
        Files.setPosixFilePermissions(after.resolve("mode"), PosixFilePermissions.fromString("rw-------"));
        Files.setAttribute(after.resolve("note"), "user:a", ByteBuffer.wrap(bytes("1")));
        Files.setAttribute(before.resolve("value"), "user:a", ByteBuffer.wrap(bytes("1")));
        Files.setAttribute(after.resolve("value"), "user:a", ByteBuffer.wrap(bytes("2")));
        Files.setAttribute(before.resolve("un-noted"), "user:a", ByteBuffer.wrap(bytes("1")));
        Files.setPosixFilePermissions(after.resolve("directory"), PosixFilePermissions.fromString("rwx------"));
        Files.delete(after.resolve("link"));
        Files.createSymbolicLink(after.resolve("link"), Path.of("two"));
        stop();
        Files.setLastModifiedTime(after.resolve("time"), FileTime.from(LATER));

        assertThat(lines(LayerDiff.between(before, after)))
                .containsExactly(
                        "d0700 directory/",
                        "l0777 link -> two",
                        "-0600 mode = x",
                        "-0644 note {user.a=1} = x",
                        "-0644 time " + LATER + " = x",
                        "-0644 un-noted = x",
                        "-0644 value {user.a=2} = x");
    }

    @Test
    void attributes_of_the_root_count_too() throws IOException {
        stop();
        Files.setLastModifiedTime(after, FileTime.from(LATER));

        assertThat(lines(LayerDiff.between(before, after))).containsExactly("d0755 ./ " + LATER);
    }

    @Test
    void what_changes_its_type_is_replaced_without_a_whiteout() throws IOException {
        write(before, "file-to-directory", "x");
        write(after, "file-to-directory/sub/x", "x");
        write(before, "directory-to-file/sub/x", "x");
        write(after, "directory-to-file", "x");
        write(before, "directory-to-link/x", "x");
        Files.createSymbolicLink(after.resolve("directory-to-link"), Path.of("."));

        assertThat(lines())
                .containsExactly(
                        "-0644 directory-to-file = x",
                        "l0777 directory-to-link -> .",
                        "d0755 file-to-directory/",
                        "d0755 file-to-directory/sub/",
                        "-0644 file-to-directory/sub/x = x");
    }

    @Test
    void all_names_of_a_changed_file_are_there() throws IOException {
        for (Path root : roots()) {
            write(root, "b", "same");
            Files.createLink(root.resolve("a"), root.resolve("b"));
            Files.createDirectory(root.resolve("d"));
            Files.createLink(root.resolve("d/c"), root.resolve("b"));
        }
        Files.writeString(after.resolve("b"), "other");

        assertThat(lines()).containsExactly("-0644 a = other", "h0644 b -> a", "d0755 d/", "h0644 d/c -> a");
    }

    @Test
    void a_name_more_or_less_is_a_change_of_names() throws IOException {
        write(before, "more/a", "x");
        write(after, "more/a", "x");
        Files.createLink(after.resolve("more/b"), after.resolve("more/a"));
        write(after, "less/a", "x");
        write(before, "less/a", "x");
        Files.createLink(before.resolve("less/b"), before.resolve("less/a"));

        assertThat(lines())
                .containsExactly(
                        "d0755 less/",
                        "-0000 less/.wh.b = ",
                        "d0755 more/",
                        "-0644 more/a = x",
                        "h0644 more/b -> more/a");
    }

    @Test
    void names_that_were_parted_are_written_but_for_one_that_can_stay() throws IOException {
        for (String name : List.of("equal/", "edited/")) {
            write(before, name + "a", "x");
            Files.createLink(before.resolve(name + "b"), before.resolve(name + "a"));
            Files.createLink(before.resolve(name + "c"), before.resolve(name + "a"));
            write(after, name + "a", "x");
            write(after, name + "b", "x");
            Files.createLink(after.resolve(name + "c"), after.resolve(name + "a"));
        }
        Files.writeString(after.resolve("edited/a"), "y");

        assertThat(lines())
                .containsExactly(
                        "d0755 edited/",
                        "-0644 edited/a = y",
                        "h0644 edited/c -> edited/a",
                        "d0755 equal/",
                        "-0644 equal/b = x");
    }

    @Test
    void names_that_were_joined_are_written_together() throws IOException {
        write(before, "a", "x");
        write(before, "b", "x");
        write(after, "a", "x");
        Files.createLink(after.resolve("b"), after.resolve("a"));

        assertThat(lines()).containsExactly("-0644 a = x", "h0644 b -> a");
    }

    @Test
    void folders_that_cannot_be_compared_are_named() throws IOException {
        Path missing = folder.resolve("missing");
        assertThatThrownBy(() -> LayerDiff.between(missing, after))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(missing.toString());
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertThatThrownBy(() -> LayerDiff.between(before, file))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("no such directory");
        write(after, "d/.wh.x", "");
        assertThatThrownBy(() -> LayerDiff.between(before, after))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(".wh.x");
    }

    private static Image image() {
        return TestImages.of(List.of(
                RawTar.tar()
                        .file("bin/tool", "tool", 0755)
                        .hardLink("bin/other", "bin/tool")
                        .symlink("lib", "usr/lib")
                        .file("usr/lib/a", "a")
                        .file("usr/lib/gone", "x")
                        .directory("opaque")
                        .file("opaque/x", "x")
                        .bytes(),
                RawTar.tar()
                        .file("lib/b", "b")
                        .whiteout("lib/gone")
                        .opaque("opaque")
                        .file("opaque/y", "y")
                        .bytes()));
    }

    @Test
    void an_image_and_what_it_was_unpacked_to_differ_in_nothing() throws IOException {
        UnpackReport report = Unpacker.into(folder.resolve("root")).unpack(image());

        assertThat(LayerDiff.since(image(), report).isEmpty()).isTrue();
    }

    @Test
    void what_was_changed_since_an_image_was_unpacked() throws IOException {
        assumeTrue(isRoot());
        after = folder.resolve("root");
        Unpacker.into(after).unpack(image());
        Files.writeString(after.resolve("usr/lib/a"), "A");
        Files.delete(after.resolve("opaque/y"));
        Files.delete(after.resolve("bin/other"));
        Files.delete(after.resolve("lib"));
        Files.createDirectory(after.resolve("lib"));
        write(after, "lib/new", "new");
        stop();

        assertThat(lines(LayerDiff.since(image(), after)))
                .containsExactly(
                        "d0755 bin/",
                        "-0000 bin/.wh.other = ",
                        "d0755 lib/",
                        "-0644 lib/new = new",
                        "d0755 opaque/",
                        "-0000 opaque/.wh.y = ",
                        "d0755 usr/",
                        "d0755 usr/lib/",
                        "-0644 usr/lib/a = A");
    }

    @Test
    void owners_that_an_ordinary_user_could_not_set_are_no_changes() throws IOException {
        assumeTrue(isRoot());
        after = folder.resolve("root");
        Unpacker.into(after).unpack(image());
        chown(after, 1000);
        write(after, "new", "x");
        chown(after.resolve("new"), 1000);
        chown(after.resolve("usr/lib/b"), 7);
        stop();

        assertThat(lines(LayerDiff.since(image(), after)))
                .containsExactly("-0644 new = x", "d0755 usr/", "d0755 usr/lib/", "-0644 usr/lib/b 7:7 = b");
    }

    @Test
    void a_new_owner_of_the_folder_alone_is_a_change() throws IOException {
        assumeTrue(isRoot());
        after = folder.resolve("root");
        Unpacker.into(after).unpack(image());
        Files.setAttribute(after, "unix:uid", 1000);

        assertThat(lines(LayerDiff.since(image(), after))).containsExactly("d0755 ./ 1000:0");
    }

    @Test
    void what_unpacking_could_only_report_is_no_change() throws IOException {
        Image image = TestImages.of(List.of(RawTar.tar()
                .directory("dev")
                .device('3', "dev/null", 1, 3)
                .fifo("dev/pipe")
                .symlink("dangling", "nowhere//at/all/")
                .pax("SCHILY.xattr.trusted.note", "hi", "mtime", "-0.5")
                .file("noted", "x")
                .bytes()));
        after = folder.resolve("root");
        UnpackReport report = Unpacker.into(after).javaOnly().unpack(image);
        assertThat(report.differences()).hasSizeGreaterThan(4);

        assertThat(LayerDiff.since(image, report).isEmpty()).isTrue();

        Files.writeString(after.resolve("dev/null"), "a file");
        Files.writeString(after.resolve("noted"), "changed");
        Files.setLastModifiedTime(after.resolve("dev"), FileTime.fromMillis(0));
        Files.setLastModifiedTime(after.resolve("dev/null"), FileTime.fromMillis(0));
        assertThat(lines(LayerDiff.since(image, report)))
                .containsExactly(
                        "d0755 dev/",
                        "-0644 dev/null = a file",
                        "-0644 noted 1969-12-31T23:59:59.500Z {trusted.note=hi} = changed");
        assertThat(lines(LayerDiff.since(image, after))).contains("-0000 dev/.wh.pipe = ");
    }

    @Test
    void an_image_that_is_not_what_it_says_is_no_base() {
        byte[] tar = RawTar.tar().file("a", "x").bytes();
        Image image = TestImages.of(List.of(tar), List.of(new byte[0]), MediaType.OCI_LAYER);

        assertThatThrownBy(() -> LayerDiff.since(image, after)).isInstanceOf(IntegrityException.class);
    }

    private static boolean isRoot() throws IOException {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
    }

    private static void chown(Path root, int id) throws IOException {
        try (var all = Files.walk(root)) {
            for (Path path : all.toList()) {
                Files.setAttribute(path, "unix:uid", id, LinkOption.NOFOLLOW_LINKS);
                Files.setAttribute(path, "unix:gid", id, LinkOption.NOFOLLOW_LINKS);
            }
        }
    }

    private List<Path> roots() {
        return List.of(before, after);
    }

    private LayerDiff diff() throws IOException {
        stop();
        return LayerDiff.between(before, after);
    }

    private List<String> lines() throws IOException {
        return lines(diff());
    }

    /** What the user who runs the test owns is not worth telling. */
    private List<String> lines(LayerDiff diff) throws IOException {
        String owner = " " + Files.getAttribute(folder, "unix:uid") + ":" + Files.getAttribute(folder, "unix:gid");
        return LayerLines.of(diff.layer("a")).stream()
                .map(line -> line.replace(owner, ""))
                .toList();
    }

    /** Sets all times to one, so that they do not count. */
    private void stop() throws IOException {
        for (Path root : List.of(before, after)) {
            try (var all = Files.walk(root)) {
                for (Path path : all.toList()) {
                    Files.getFileAttributeView(path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                            .setTimes(FileTime.fromMillis(0), null, null);
                }
            }
        }
    }

    private static void write(Path root, String name, String content) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
