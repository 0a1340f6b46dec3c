package dev.davit.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.image.UnpackReport.Difference;
import dev.davit.image.UnpackReport.Kind;
import dev.davit.oci.Digest;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.MediaType;
import dev.davit.oci.StorageException;
import dev.davit.oci.image.Image;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("jdk25")
class UnpackerTest {
    @TempDir
    Path folder;

    Path root;

    @BeforeEach
    void root() {
        root = folder.resolve("root");
    }

    @Test
    void files_get_content_mode_and_time() throws IOException {
        UnpackReport report = unpack(RawTar.tar()
                .pax("mtime", "1234567890.123456789")
                .file("usr/bin/tool", "content", 04755)
                .bytes());

        Path file = root.resolve("usr/bin/tool");
        assertThat(file).hasContent("content");
        assertThat(mode(file)).isEqualTo(04755);
        assertThat(Files.getLastModifiedTime(file))
                .isEqualTo(FileTime.from(Instant.ofEpochSecond(1234567890, 123456789)));
        assertThat(report.root()).isEqualTo(root.toRealPath());
        assertThat(report.entries()).isEqualTo(1);
        assertThat(report.isExact()).isTrue();
    }

    @Test
    void directories_keep_mode_and_time_whatever_is_made_in_them_later() throws IOException {
        unpack(
                RawTar.tar()
                        .pax("mtime", "1000000000")
                        .directory("d", 0500)
                        .file("d/a", "a")
                        .bytes(),
                RawTar.tar().file("d/b", "b").bytes(),
                RawTar.tar().whiteout("d/a").bytes());

        assertThat(root.resolve("d/b")).exists();
        assertThat(root.resolve("d/a")).doesNotExist();
        assertThat(mode(root.resolve("d"))).isEqualTo(0500);
        assertThat(Files.getLastModifiedTime(root.resolve("d")))
                .isEqualTo(FileTime.from(Instant.ofEpochSecond(1000000000)));
    }

    @Test
    void directories_that_no_entry_describes_are_dated_1970() throws IOException {
        unpack(RawTar.tar().file("a/b/c", "").bytes());

        assertThat(mode(root.resolve("a/b"))).isEqualTo(0755);
        assertThat(Files.getLastModifiedTime(root.resolve("a"))).isEqualTo(FileTime.fromMillis(0));
        assertThat(Files.getLastModifiedTime(root.resolve("a/b"))).isEqualTo(FileTime.fromMillis(0));
    }

    @Test
    void an_entry_for_the_root_describes_the_root() throws IOException {
        unpack(RawTar.tar()
                .pax("mtime", "1000000000")
                .directory("./", 01770)
                .file("./a", "")
                .bytes());

        assertThat(mode(root)).isEqualTo(01770);
        assertThat(Files.getLastModifiedTime(root)).isEqualTo(FileTime.from(Instant.ofEpochSecond(1000000000)));
    }

    @Test
    void a_root_without_an_entry_is_open_to_all_and_dated_1970() throws IOException {
        unpack(RawTar.tar().file("a", "").bytes());

        assertThat(mode(root)).isEqualTo(0755);
        assertThat(Files.getLastModifiedTime(root)).isEqualTo(FileTime.fromMillis(0));
    }

    @Test
    void symbolic_links_are_kept_as_they_are() throws IOException {
        UnpackReport report = unpack(RawTar.tar()
                .symlink("absolute", "/etc/passwd")
                .symlink("up", "../../x")
                .symlink("slash", "usr/")
                .symlink("ä", "ö/ü")
                .pax("mtime", "1000000000.123456")
                .symlink("dated", "x")
                .bytes());

        assertThat(Files.readSymbolicLink(root.resolve("absolute"))).hasToString("/etc/passwd");
        assertThat(Files.readSymbolicLink(root.resolve("up"))).hasToString("../../x");
        assertThat(Files.readSymbolicLink(root.resolve("slash"))).hasToString("usr/");
        assertThat(Files.getLastModifiedTime(root.resolve("dated"), LinkOption.NOFOLLOW_LINKS))
                .isEqualTo(FileTime.from(Instant.ofEpochSecond(1000000000, 123456000)));
        assertThat(report.isExact()).isTrue();
    }

    @Test
    void a_link_whose_spelling_java_changes_is_reported() throws IOException {
        byte[] layer = RawTar.tar().symlink("a", "b//c").bytes();
        UnpackReport report = Unpacker.into(root).javaOnly().unpack(TestImages.of(List.of(layer)));

        assertThat(Files.readSymbolicLink(root.resolve("a"))).hasToString("b/c");
        assertThat(report.differences()).containsExactly(new Difference(0, "a", Kind.LINK_TARGET, "b//c"));
    }

    @Test
    void hard_links_share_one_file_also_over_layers_and_with_links() throws IOException {
        unpack(
                RawTar.tar()
                        .file("d/a", "content")
                        .hardLink("b", "d/a")
                        .symlink("s", "d/a")
                        .hardLink("t", "./s")
                        .bytes(),
                RawTar.tar().hardLink("c", "/b").bytes());

        assertThat(key("b")).isEqualTo(key("d/a"));
        assertThat(key("c")).isEqualTo(key("d/a"));
        assertThat(key("t")).isEqualTo(key("s"));
        assertThat(Files.readSymbolicLink(root.resolve("t"))).hasToString("d/a");
    }

    @Test
    void what_java_cannot_make_is_reported_and_not_dropped_in_silence() throws IOException {
        byte[] layer = RawTar.tar()
                .fifo("run/pipe")
                .device('3', "dev/null", 1, 3)
                .device('4', "dev/loop", 7, 0)
                .pax("SCHILY.xattr.security.capability", "x", "SCHILY.xattr.user.note", "hello")
                .file("bin/ping", "")
                .bytes();
        UnpackReport report = Unpacker.into(root).javaOnly().unpack(TestImages.of(List.of(layer)));

        assertThat(report.differences())
                .contains(
                        new Difference(0, "run/pipe", Kind.FIFO, "FIFO"),
                        new Difference(0, "dev/null", Kind.DEVICE, "character device 1:3"),
                        new Difference(0, "dev/null", Kind.MODE, "644"),
                        new Difference(0, "dev/loop", Kind.DEVICE, "block device 7:0"),
                        new Difference(0, "bin/ping", Kind.XATTR, "security.capability", "eA=="));
        assertThat(root.resolve("run/pipe")).doesNotExist();
        assertThat(report.isExact()).isFalse();
    }

    @Test
    void a_time_before_1970_loses_its_fraction_in_java_and_that_is_reported() throws IOException {
        byte[] layer = RawTar.tar().pax("mtime", "-1.5").file("old", "").bytes();
        UnpackReport report = Unpacker.into(root).javaOnly().unpack(TestImages.of(List.of(layer)));

        assertThat(Files.getLastModifiedTime(root.resolve("old"))).isEqualTo(FileTime.from(Instant.ofEpochSecond(-2)));
        assertThat(report.differences())
                .containsExactly(new Difference(0, "old", Kind.TIME, "1969-12-31T23:59:58.500Z"));
    }

    @Test
    void a_later_entry_replaces_an_earlier_one_whatever_both_are() throws IOException {
        unpack(
                RawTar.tar()
                        .directory("d")
                        .file("d/x", "")
                        .file("f", "")
                        .symlink("l", "d")
                        .bytes(),
                RawTar.tar().file("d", "file now").directory("f").directory("l").bytes());

        assertThat(root.resolve("d")).hasContent("file now");
        assertThat(root.resolve("f")).isEmptyDirectory();
        assertThat(Files.isDirectory(root.resolve("l"), LinkOption.NOFOLLOW_LINKS))
                .isTrue();
    }

    @Test
    void a_directory_of_two_layers_has_the_files_of_both_and_the_attributes_of_the_upper() throws IOException {
        unpack(
                RawTar.tar().directory("d", 0700).file("d/a", "").bytes(),
                RawTar.tar().directory("d", 0711).file("d/b", "").bytes());

        assertThat(root.resolve("d/a")).exists();
        assertThat(root.resolve("d/b")).exists();
        assertThat(mode(root.resolve("d"))).isEqualTo(0711);
    }

    @Test
    void files_are_made_through_links_of_lower_layers() throws IOException {
        unpack(
                RawTar.tar()
                        .directory("usr/lib")
                        .symlink("lib", "usr/lib")
                        .symlink("lib64", "/usr/lib")
                        .bytes(),
                RawTar.tar().file("lib/a", "a").file("lib64/b", "b").bytes());

        assertThat(root.resolve("usr/lib/a")).hasContent("a");
        assertThat(root.resolve("usr/lib/b")).hasContent("b");
        assertThat(root.resolve("lib")).isSymbolicLink();
    }

    @Test
    void every_compression_is_recognised_by_content() throws IOException {
        byte[] tar = RawTar.tar().file("a", "content").bytes();
        UnpackReport report =
                Unpacker.into(root).unpack(TestImages.of(List.of(gzip(tar)), List.of(tar), MediaType.OCI_LAYER_GZIP));
        assertThat(report.isExact()).isTrue();

        UnpackReport other = Unpacker.into(folder.resolve("other"))
                .unpack(TestImages.of(List.of(tar), List.of(tar), MediaType.OCI_LAYER_GZIP));
        assertThat(folder.resolve("other/a")).hasContent("content");
        assertThat(other.differences())
                .containsExactly(new Difference(0, "", Kind.MEDIA_TYPE, MediaType.OCI_LAYER_GZIP.value()));
    }

    @Test
    void a_wrong_diff_id_fails_and_leaves_nothing() {
        byte[] tar = RawTar.tar().file("a", "content").bytes();
        Image image = TestImages.of(List.of(tar), List.of(new byte[1]), MediaType.OCI_LAYER);

        assertThatThrownBy(() -> Unpacker.into(root).unpack(image))
                .isInstanceOf(IntegrityException.class)
                .hasMessage("layer 0 (" + Digest.sha256(tar) + "): diffID: expected " + Digest.sha256(new byte[1])
                        + ", got " + Digest.sha256(tar));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void what_follows_the_archive_belongs_to_the_diff_id() {
        byte[] tar = RawTar.tar().file("a", "content").bytes();
        ByteArrayOutputStream longer = new ByteArrayOutputStream();
        longer.writeBytes(tar);
        longer.writeBytes(RawTar.tar().file("ignored", "").bytes());

        Unpacker.into(root).unpack(TestImages.of(List.of(longer.toByteArray())));
        assertThat(root).isDirectoryContaining("glob:**/a").isDirectoryNotContaining("glob:**/ignored");

        assertThatThrownBy(() -> Unpacker.into(folder.resolve("other"))
                        .unpack(TestImages.of(List.of(longer.toByteArray()), List.of(tar), MediaType.OCI_LAYER)))
                .isInstanceOf(IntegrityException.class);
    }

    @Test
    void an_empty_folder_is_filled_and_emptied_again_after_a_failure() throws IOException {
        Files.createDirectory(root);
        Image broken = TestImages.of(List.of(
                RawTar.tar().directory("d", 0).file("d/a", "").symlink("l", "/").bytes(),
                RawTar.tar().file("../x", "").bytes()));

        assertThatThrownBy(() -> Unpacker.into(root).unpack(broken)).isInstanceOf(MalformedContentException.class);
        assertThat(root).isEmptyDirectory();

        unpack(RawTar.tar().file("a", "").bytes());
        assertThat(root.resolve("a")).exists();
    }

    @Test
    void a_folder_with_something_in_it_is_refused_and_left_alone() throws IOException {
        Files.createDirectory(root);
        Files.writeString(root.resolve("mine"), "mine");

        assertThatThrownBy(() -> unpack(RawTar.tar().file("a", "").bytes()))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("not empty");
        assertThat(root.resolve("mine")).hasContent("mine");
    }

    @Test
    void an_error_names_layer_digest_and_entry() {
        byte[] lower = RawTar.tar().file("a", "").bytes();
        byte[] upper = RawTar.tar().hardLink("b", "missing\n").bytes();

        assertThatThrownBy(() -> unpack(lower, upper))
                .isInstanceOf(MalformedContentException.class)
                .hasMessage("layer 1 (" + Digest.sha256(upper)
                        + "), entry \"b\": hard link to \"missing\\u000a\": expected a file there, got nothing");
    }

    private UnpackReport unpack(byte[]... layers) {
        return Unpacker.into(root).unpack(TestImages.of(List.of(layers)));
    }

    private Object key(String path) throws IOException {
        return Files.getAttribute(root.resolve(path), "unix:ino", LinkOption.NOFOLLOW_LINKS);
    }

    private static int mode(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777;
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }
}
