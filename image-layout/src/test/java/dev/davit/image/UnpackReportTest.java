package dev.davit.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.davit.image.UnpackReport.Difference;
import dev.davit.image.UnpackReport.Kind;
import dev.davit.image.internal.unpack.Trees;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a report says, and what can be made of it later. */
@Tag("jdk25")
class UnpackReportTest {
    @TempDir
    Path folder;

    Path root;

    @BeforeEach
    void root() {
        root = folder.resolve("root");
    }

    @Test
    void what_a_later_layer_replaced_or_hid_is_not_reported() {
        RawTar devices = RawTar.tar().directory("dev/sub");
        for (String name : List.of("hidden", "replaced", "kept", "again", "sub/below", "sub2/x")) {
            devices.device('3', "dev/" + name, 1, 3);
        }
        UnpackReport report = unpack(
                devices,
                RawTar.tar()
                        .whiteout("dev/hidden")
                        .file("dev/replaced", "")
                        .device('3', "dev/again", 1, 5)
                        .opaque("dev/sub")
                        .file("dev/sub2", ""));

        assertThat(report.differences().stream().filter(d -> d.kind() == Kind.DEVICE))
                .containsExactly(
                        new Difference(1, "dev/again", Kind.DEVICE, "character device 1:5"),
                        new Difference(0, "dev/kept", Kind.DEVICE, "character device 1:3"));
        assertThat(report.differences()).extracting(Difference::path).containsOnly("dev/again", "dev/kept");
    }

    @Test
    void a_device_that_was_not_made_is_still_in_the_way_and_may_be_linked_to() {
        UnpackReport report = unpack(RawTar.tar().device('4', "disk", 8, 0).hardLink("same", "disk"));
        assertThat(report.differences().stream().filter(d -> d.kind() == Kind.DEVICE))
                .containsExactly(
                        new Difference(0, "disk", Kind.DEVICE, "block device 8:0"),
                        new Difference(0, "same", Kind.DEVICE, "block device 8:0"));

        root = folder.resolve("other");
        assertThatThrownBy(() -> unpack(RawTar.tar().device('4', "disk", 8, 0).file("disk/x", "")))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("expected a directory at \"disk\"");
    }

    @Test
    void it_is_written_as_json_and_read_again_whatever_the_names_are() {
        UnpackReport report = unpack(RawTar.tar()
                .device('3', "dev/\"quoted\"\n\udcff ä", 1, 3)
                .pax("SCHILY.xattr.security.capability", "\u0001")
                .file("ping", ""));

        UnpackReport read = UnpackReport.parse(report.toJson());

        assertThat(read.differences()).isEqualTo(report.differences()).hasSizeGreaterThan(4);
        assertThat(read).hasToString(report.toString());
        assertThat(read.toJson()).isEqualTo(report.toJson());
    }

    @Test
    void json_that_is_no_report_is_refused() {
        assertThatThrownBy(
                        () -> UnpackReport.parse(
                                "{\"differences\":[{\"layer\":4294967296,\"path\":\"a\",\"kind\":\"OWNER\",\"detail\":\"0:0\"}]}"))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("expected the number of a layer, got 4294967296");
        assertThatThrownBy(() -> UnpackReport.parse("{\"differences\":[{\"kind\":\"COLOUR\"}]}"))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("COLOUR");
    }

    @Test
    @Tag("jdk22")
    void root_makes_up_for_everything_later() throws IOException {
        assumeTrue(Trees.canCallSystem() && isRoot(), "only root makes devices, and only on JDK 22 or later");
        UnpackReport report = unpack(
                RawTar.tar()
                        .pax("mtime", "1000000000")
                        .directory("dev", 0755)
                        .pax("mtime", "1234567890.5")
                        .device('3', "dev/null", 1, 3)
                        .fifo("dev/pipe")
                        .pax("mtime", "-1.5", "SCHILY.xattr.security.capability", CAPABILITY)
                        .file("ping", "", 04755),
                RawTar.tar().file("z", ""));
        assertThat(report.isExact()).isFalse();
        Path moved = Files.move(root, folder.resolve("moved"));

        UnpackReport left = UnpackReport.parse(report.toJson()).apply(moved);

        assertThat(left.differences()).isEmpty();
        Path device = moved.resolve("dev/null");
        assertThat(Files.getAttribute(device, "unix:rdev")).isEqualTo(259L);
        assertThat((int) Files.getAttribute(device, "unix:mode")).isEqualTo(0020644);
        assertThat(Files.getLastModifiedTime(device)).isEqualTo(FileTime.fromMillis(1234567890500L));
        assertThat(Files.readAttributes(moved.resolve("dev/pipe"), "isOther")).containsEntry("isOther", true);
        assertThat(Files.getLastModifiedTime(moved.resolve("dev"))).isEqualTo(FileTime.fromMillis(1_000_000_000_000L));
        assertThat(Files.getLastModifiedTime(moved.resolve("ping"))).isEqualTo(FileTime.fromMillis(-1500));
        assertThat((int) Files.getAttribute(moved.resolve("ping"), "unix:mode") & 07777)
                .isEqualTo(04755);
    }

    @Test
    void a_new_owner_takes_no_mode_away() throws IOException {
        assumeTrue(isRoot(), "only root gives files away");
        Files.createDirectory(root);
        Path file = Files.writeString(root.resolve("su"), "");
        Files.setAttribute(file, "unix:mode", 04755);
        UnpackReport report = report(new Difference(0, "su", Kind.OWNER, "12:34"));

        assertThat(report.apply(root).isExact()).isTrue();

        assertThat((int) Files.getAttribute(file, "unix:mode") & 07777).isEqualTo(04755);
        assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(12);
        assertThat(Files.getAttribute(file, "unix:gid")).isEqualTo(34);
    }

    @Test
    void nothing_in_a_report_leads_out_of_the_folder() throws IOException {
        Files.createDirectories(root.resolve("sub"));
        Path outside = Files.createDirectory(folder.resolve("outside"));
        Path canary = Files.writeString(outside.resolve("canary"), "");
        Object before = Files.readAttributes(canary, "unix:mode,uid,gid,ctime");
        Files.createSymbolicLink(root.resolve("link"), outside);
        Files.createSymbolicLink(root.resolve("direct"), canary);

        UnpackReport left = report(
                        new Difference(0, "link/canary", Kind.MODE, "777"),
                        new Difference(0, "link/new", Kind.FIFO, "FIFO"),
                        new Difference(0, "missing", Kind.OWNER, "0:0"))
                .apply(root);

        assertThat(left.differences())
                .extracting(Difference::path)
                .containsExactly("link/canary", "link/new", "missing");
        report(new Difference(0, "direct", Kind.OWNER, "1:1")).apply(root);
        for (String path : List.of("../outside/canary", "sub/../../outside/canary", "/etc/hosts", "sub//x", "")) {
            Difference evil = new Difference(0, path + "/", Kind.MODE, "777");
            assertThatThrownBy(() -> report(evil).apply(root)).isInstanceOf(MalformedContentException.class);
        }
        assertThat(Files.readAttributes(canary, "unix:mode,uid,gid,ctime")).isEqualTo(before);
        assertThat(outside).isDirectoryContaining("glob:**/canary").isDirectoryNotContaining("glob:**/new");
    }

    @Test
    void a_report_that_says_nothing_sensible_is_refused() throws IOException {
        Files.createDirectory(root);
        Files.writeString(root.resolve("a"), "");
        for (Difference broken : List.of(
                new Difference(0, "a", Kind.OWNER, "root"),
                new Difference(0, "a", Kind.OWNER, "-1:0"),
                new Difference(0, "a", Kind.MODE, "rwx"),
                new Difference(0, "a", Kind.TIME, "yesterday"),
                new Difference(0, "a", Kind.XATTR, "user.x", "?"),
                new Difference(0, "b", Kind.DEVICE, "disk"))) {
            assertThatThrownBy(() -> report(broken).apply(root))
                    .as(broken.toString())
                    .isInstanceOf(MalformedContentException.class);
        }
    }

    @Test
    void strict_fails_at_the_first_difference_and_leaves_nothing() {
        byte[] layer = RawTar.tar().file("a", "").fifo("pipe").bytes();

        assertThatThrownBy(
                        () -> Unpacker.into(root).javaOnly().noOwner().strict().unpack(TestImages.of(List.of(layer))))
                .isInstanceOfSatisfying(
                        InexactUnpackException.class,
                        e -> assertThat(e.difference()).isEqualTo(new Difference(0, "pipe", Kind.FIFO, "FIFO")))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("layer 0, \"pipe\": FIFO");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void without_owners_everything_is_the_users_and_nothing_is_missed() throws IOException {
        byte[] layer = RawTar.tar()
                .entry('0', "a", "", new byte[0], h -> RawTar.octal(h, 108, 8, 1234))
                .symlink("l", "a")
                .bytes();

        UnpackReport report = Unpacker.into(root).noOwner().unpack(TestImages.of(List.of(layer)));

        assertThat(report.isExact()).isTrue();
        assertThat(Files.getAttribute(root.resolve("a"), "unix:uid")).isEqualTo(Files.getAttribute(folder, "unix:uid"));
    }

    @Test
    void owners_are_mapped_and_those_without_a_number_here_are_reported() throws IOException {
        assumeTrue(isRoot(), "only root gives files away");
        RawTar layer = RawTar.tar();
        for (int id : new int[] {0, 1, 65535, 65536}) {
            layer.entry('0', "u" + id, "", new byte[0], h -> {
                RawTar.octal(h, 108, 8, id);
                RawTar.octal(h, 116, 8, Math.min(id, 1));
            });
        }
        UnpackReport report = Unpacker.into(root)
                .mapOwners(
                        List.of(new IdMapping(0, 1000, 1), new IdMapping(1, 100_000, 65535)),
                        List.of(new IdMapping(0, 2000, 2)))
                .unpack(TestImages.of(List.of(layer.bytes())));

        assertThat(owner("")).isEqualTo("1000:2000");
        assertThat(owner("u0")).isEqualTo("1000:2000");
        assertThat(owner("u1")).isEqualTo("100000:2001");
        assertThat(owner("u65535")).isEqualTo("165534:2001");
        assertThat(report.differences())
                .containsExactly(new Difference(0, "u65536", Kind.OWNER, "65536:1 (not mapped)"));
    }

    @Test
    void ranges_of_owners_are_checked() {
        for (long[] range :
                new long[][] {{-1, 0, 1}, {0, -1, 1}, {0, 0, 0}, {0xffff_ffffL, 0, 1}, {0, 0xffff_fffeL, 2}}) {
            assertThatThrownBy(() -> new IdMapping(range[0], range[1], range[2]))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(new IdMapping(0, 0, 0xffff_ffffL).count()).isEqualTo(0xffff_ffffL);
    }

    /** cap_net_raw, effective and permitted, as version 2 of the format. */
    private static final String CAPABILITY = "\1\0\0\2\0\40\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

    private UnpackReport unpack(RawTar... layers) {
        return Unpacker.into(root)
                .javaOnly()
                .unpack(TestImages.of(
                        List.of(layers).stream().map(RawTar::bytes).toList()));
    }

    private UnpackReport report(Difference... differences) {
        return new UnpackReport(root, 1, 1, 0, List.of(differences), "");
    }

    private String owner(String path) throws IOException {
        return Files.getAttribute(root.resolve(path), "unix:uid", LinkOption.NOFOLLOW_LINKS) + ":"
                + Files.getAttribute(root.resolve(path), "unix:gid", LinkOption.NOFOLLOW_LINKS);
    }

    private boolean isRoot() throws IOException {
        return Files.getAttribute(folder, "unix:uid").equals(0);
    }
}
