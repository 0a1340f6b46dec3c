package dev.davit.it.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.image.OciLayout;
import dev.davit.image.UnpackReport;
import dev.davit.image.Unpacker;
import dev.davit.it.Command;
import dev.davit.it.Parts;
import dev.davit.oci.Platform;
import dev.davit.oci.image.Image;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Images with everything in them, unpacked by Davit, by umoci and by containerd: as root they are equal, and what an
 * older JDK cannot do is in the report, and nothing else.
 */
@Tag("jdk25")
class FidelityTest {
    /** Tools that are written in Go take an extended attribute without value for none; GNU tar writes and restores it. */
    private static final Set<String> EMPTY_VALUE = Set.of("/etc/noted: xattr user.empty");

    /** Overlay counts the names in lower layers also if upper ones hide them. */
    private static final Set<String> HIDDEN_NAMES = Set.of("/bin/busybox: names", "/bin/ls: names", "/bin/sh: names");

    /** No entry describes the root, and what its time is then, every tool decides for itself. */
    private static final Set<String> TIME_OF_ROOT = Set.of("/: time");

    /** containerd gives the root no time, and what is older than 1970 that time, besides. */
    private static final Set<String> OF_CONTAINERD = Set.of(
            "/: time",
            "/etc/noted: time",
            "/etc/noted: xattr user.empty",
            "/usr/lib/a: names",
            "/usr/lib/a: time",
            "/usr/lib/c: names",
            "/usr/lib/c: time");

    @TempDir
    Path folder;

    private OciLayout layout;

    @BeforeEach
    void layout() {
        Parts.requireRoot();
        Parts.require("umoci", "getfattr", "setcap");
        layout = OciLayout.at(folder.resolve("layout"));
    }

    @Test
    void everything_at_once() throws IOException {
        Image image = Layers.image(layout, "odd", Odd.layers(folder));

        UnpackReport report = Unpacker.into(folder.resolve("davit")).unpack(image);

        Unpacked.assertDiffersAsReported(byUmoci("odd"), report, EMPTY_VALUE);
        byContainerd(image, theirs -> Unpacked.assertDiffersAsReported(theirs, report, OF_CONTAINERD));
        if (hasSystemCalls()) {
            assertThat(report.differences()).isEmpty();
        } else {
            assertThat(report.differences()).hasSizeGreaterThan(20);
        }
    }

    @Test
    void java_alone_reports_what_it_cannot_do_on_every_jdk() throws IOException {
        Image image = Layers.image(layout, "odd", Odd.layers(folder));

        UnpackReport report = Unpacker.into(folder.resolve("davit")).javaOnly().unpack(image);

        Unpacked.assertDiffersAsReported(byUmoci("odd"), report, EMPTY_VALUE);
        if (hasSystemCalls()) {
            UnpackReport left = UnpackReport.parse(report.toJson()).apply(report.root());
            // the spelling of links remains
            Unpacked.assertDiffersAsReported(folder.resolve("umoci/rootfs"), left, EMPTY_VALUE);
            assertThat(left.differences()).hasSize(1);
        }
    }

    @Test
    void layers_that_buildah_made() throws IOException {
        Parts.require("buildah");
        Path busybox = Parts.program("busybox");
        String buildah = "buildah --root '" + folder + "/storage' --runroot '" + folder + "/run' --storage-driver vfs";
        String script = """
                c=$(BUILDAH from scratch); m=$(BUILDAH mount $c)
                mkdir -p $m/bin $m/etc/conf.d $m/var/lib/x/y
                cp BUSYBOX $m/bin/busybox; for i in sh ls cat; do ln $m/bin/busybox $m/bin/$i; done
                echo one > $m/etc/conf.d/one; echo two > $m/etc/conf.d/two; chmod 4711 $m/bin/busybox
                mkfifo $m/var/lib/x/pipe; ln -s ../etc $m/var/etc; chown -R 100:200 $m/var
                BUILDAH commit --quiet $c oci:LAYOUT:one > /dev/null
                d=$(BUILDAH from oci:LAYOUT:one); m=$(BUILDAH mount $d)
                rm -r $m/var/lib/x $m/etc/conf.d/one; mkdir -p $m/var/lib/x; echo new > $m/var/lib/x/new
                rm $m/bin/cat; mkdir $m/bin/cat; setcap cap_net_raw+ep $m/etc/conf.d/two
                BUILDAH commit --quiet $d oci:LAYOUT:two > /dev/null
                BUILDAH umount --all > /dev/null; BUILDAH rm --all > /dev/null
                """.replace("BUILDAH", buildah)
                .replace("BUSYBOX", busybox.toString())
                .replace("LAYOUT", layout.folder().toString());
        Command.of("sh", "-euc", script).run();
        Image image = Image.load(layout, "two", Platform.host());
        assertThat(image.layers()).hasSizeGreaterThan(1);

        UnpackReport report = Unpacker.into(folder.resolve("davit")).unpack(image);

        Unpacked.assertDiffersAsReported(byUmoci("two"), report, TIME_OF_ROOT);
        Set<String> known = new HashSet<>(TIME_OF_ROOT);
        known.addAll(HIDDEN_NAMES);
        byContainerd(image, theirs -> Unpacked.assertDiffersAsReported(theirs, report, known));
    }

    @Test
    void a_whiteout_hides_lower_layers_only_wherever_it_stands() throws IOException {
        List<Path> tars = Odd.ofScripts(
                folder,
                "mkdir d o; echo old > d/file; echo old > o/file",
                "mkdir d o; echo new > d/file; echo new > o/new");
        Path late = folder.resolve("late");
        Files.createDirectories(late.resolve("d"));
        Files.createDirectories(late.resolve("o"));
        Files.writeString(late.resolve("d/.wh.file"), "");
        Files.writeString(late.resolve("o/.wh..wh..opq"), "");
        Command.of("tar", "--append", "--format=posix", "--file=" + tars.get(1), "--directory=" + late)
                .with("./d/.wh.file", "./o/.wh..wh..opq")
                .run();
        Image image = Layers.image(layout, "late", tars);

        UnpackReport report = Unpacker.into(folder.resolve("davit")).unpack(image);

        assertThat(report.root().resolve("d/file")).hasContent("new");
        assertThat(report.root().resolve("o/new")).hasContent("new");
        assertThat(report.root().resolve("o/file")).doesNotExist();
        Unpacked.assertDiffersAsReported(byUmoci("late"), report);
        // containerd cannot unpack such a layer with overlay; image-spec, layer.md says that it is one
        assertThatThrownBy(() -> byContainerd(image, theirs -> {}))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("failed to convert whiteout file");
    }

    @Test
    void a_default_access_list_of_the_folder_around_goes_to_nothing() throws IOException {
        Image image =
                Layers.image(layout, "plain", Odd.ofScripts(folder, "mkdir d; echo x > d/file; chmod 640 d/file"));
        Path around = Files.createDirectory(folder.resolve("around"));
        // user::rwx, user:1000:rwx, group::rwx, mask::rwx, other::rwx
        String list = "0x0200000001000700ffffffff02000700e803000004000700ffffffff10000700ffffffff20000700ffffffff";
        Command.of("setfattr", "-n", "system.posix_acl_default", "-v", list, around.toString())
                .run();

        UnpackReport report = Unpacker.into(around.resolve("root")).unpack(image);

        String lists = Command.of(
                        "getfattr", "-R", "-h", "-m", "acl", report.root().toString())
                .run();
        if (hasSystemCalls()) {
            assertThat(lists).isEmpty();
        } else {
            assertThat(lists).contains("posix_acl_access");
        }
    }

    @Test
    @Tag("jdk22") // --illegal-native-access came with JDK 24; tests of this tag run on the newest one
    void where_native_access_is_denied_java_serves_without_a_word() throws Exception {
        Layers.image(layout, "odd", Odd.ofScripts(folder, "mkfifo pipe; echo x > file"));
        for (String access : List.of("--illegal-native-access=deny", "--enable-native-access=ALL-UNNAMED")) {
            Path target = folder.resolve("root" + access.length());
            Process jvm = new ProcessBuilder(
                            ProcessHandle.current().info().command().orElseThrow(),
                            access,
                            "-cp",
                            System.getProperty("java.class.path"),
                            "dev.davit.examples.cli.Davit",
                            "unpack",
                            "oci:" + layout.folder() + ":odd",
                            target.toString())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(jvm.waitFor()).as(output).isZero();
            assertThat(output).doesNotContain("WARNING");
            assertThat(Files.exists(target.resolve("pipe"))).isEqualTo(access.startsWith("--enable"));
        }
    }

    private Path byUmoci(String name) {
        return OtherTools.umoci(layout, name, folder);
    }

    private void byContainerd(Image image, OtherTools.Look look) throws IOException {
        OtherTools.containerd(image, folder, look);
    }

    private static boolean hasSystemCalls() {
        return Runtime.version().feature() >= 22;
    }
}
