package dev.davit.it.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.image.OciLayout;
import dev.davit.image.UnpackReport;
import dev.davit.it.Command;
import dev.davit.it.Parts;
import dev.davit.oci.image.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Software as it is in real images: valid, and unpacked as umoci and containerd do it, but for what the report says. */
@Tag("jdk25")
class RealSoftwareTest {
    /** What a root of Debian consists of, and what has special modes, owners and links. */
    private static final List<String> DEBIAN = List.of(
            "base-files",
            "base-passwd",
            "bash",
            "bsdextrautils",
            "ca-certificates",
            "coreutils",
            "cron",
            "dash",
            "dbus",
            "dpkg",
            "fuse3",
            "iputils-ping",
            "libc-bin",
            "libcap2-bin",
            "libpam-modules",
            "login",
            "man-db",
            "mount",
            "ncurses-base",
            "openssh-client",
            "passwd",
            "perl",
            "perl-base",
            "pkexec",
            "screen",
            "sudo",
            "systemd",
            "tar",
            "udev",
            "util-linux");

    /** What the packages' own scripts do, and the devices that debootstrap makes. */
    private static final String CONFIGURED = """
            rm -r usr/share/locale usr/share/man/[a-l]*
            setcap cap_net_raw+ep bin/ping
            chgrp 104 usr/bin/ssh-agent usr/bin/crontab; chmod 2755 usr/bin/ssh-agent usr/bin/crontab
            chown 0:107 usr/lib/dbus-1.0/dbus-daemon-launch-helper; chmod 4754 usr/lib/dbus-1.0/dbus-daemon-launch-helper
            chown -R 6:12 var/cache/man; chown 6:0 usr/bin/mandb; chmod 2755 var/cache/man
            chmod 4755 usr/bin/pkexec bin/fusermount3; chgrp 43 usr/bin/screen; chmod 2755 usr/bin/screen
            mkdir -p dev/pts dev/shm; chmod 1777 dev/shm; cd dev
            mknod -m 666 null c 1 3; mknod -m 666 zero c 1 5; mknod -m 666 full c 1 7; mknod -m 666 random c 1 8
            mknod -m 666 urandom c 1 9; mknod -m 666 tty c 5 0; mknod -m 600 console c 5 1; mknod -m 666 ptmx c 5 2
            chgrp 5 tty ptmx; ln -s /proc/self/fd fd; ln -s /proc/self/fd/0 stdin; ln -s /proc/kcore core
            """;

    /** An upgrade, as a layer: what is gone and what is there in another way. */
    private static final String UPGRADED = """
            mkdir -p bin usr/bin usr/share/doc/new lib/terminfo/x dev var/cache/man
            cp -p ../odd0/usr/bin/sudo usr/bin/sudo; cp -p ../odd0/bin/ping bin/ping
            setcap cap_net_admin,cap_net_raw+ep bin/ping
            : > usr/bin/.wh.perl; cp -p ../odd0/usr/bin/perl5* usr/bin/perl5.99; ln usr/bin/perl5.99 usr/bin/perl6
            : > usr/share/.wh.man; : > usr/share/doc/.wh..wh..opq
            ln -s ../l/linux lib/terminfo/x/xterm; : > lib/terminfo/.wh.v
            : > dev/.wh.console; chmod 0755 var/cache/man; chown -R 6:12 var/cache/man
            """;

    @TempDir
    Path folder;

    private OciLayout layout;

    @BeforeEach
    void layout() {
        Parts.requireRoot();
        Parts.require("umoci", "dpkg", "tar", "getfattr", "setcap");
        layout = OciLayout.at(folder.resolve("layout"));
    }

    @Test
    void a_root_of_debian() throws IOException {
        List<Path> tars = Odd.ofScripts(folder, unpacked(DEBIAN, ".") + CONFIGURED, UPGRADED);
        Image image = Layers.image(layout, "debian", tars);

        UnpackReport report = assertThatAllAgree(image);

        assertThat(report.entries()).isGreaterThan(2500);
        Path root = report.root();
        assertThat(root.resolve("usr/bin/sudo")).exists();
        assertThat(root.resolve("usr/bin/perl")).doesNotExist();
        assertThat(root.resolve("usr/share/man")).doesNotExist();
        assertThat(root.resolve("usr/share/doc")).isDirectoryNotContaining("glob:**sudo");
    }

    @Test
    void a_java_development_kit() throws IOException {
        Path home = Files.createDirectories(folder.resolve("jdk/usr/lib/jvm"));
        Command.of("cp", "-a", System.getProperty("java.home"), home.resolve("java") + "")
                .run();
        // much of it, and nothing but large
        Command.of("rm", "-rf", home + "/java/jmods", home + "/java/lib/src.zip")
                .run();
        Path tar = folder.resolve("jdk.tar");
        Layers.ofFolder(tar, "gnu", folder.resolve("jdk"));
        Image image = Layers.image(layout, "jdk", List.of(tar));

        UnpackReport report = assertThatAllAgree(image);

        assertThat(Command.of("sh", "-c", "exec \"$0\" -version 2>&1", report.root() + "/usr/lib/jvm/java/bin/java")
                        .run())
                .contains("Runtime Environment");
    }

    @Test
    void node_modules() throws IOException {
        String deep = "srv/a-service-of-the-example-company/releases/2024-01-01T00:00:00Z/current/application";
        List<Path> tars = Odd.ofScripts(
                folder,
                unpacked(List.of("node-es-abstract", "npm"), deep),
                "mkdir -p " + deep + "/usr/share/nodejs/npm/lib; cd " + deep + "/usr/share/nodejs\n"
                        + ": > npm/lib/.wh..wh..opq; echo 'module.exports = {}' > npm/lib/npm.js; : > .wh.es-abstract");
        Image image = Layers.image(layout, "node", tars);

        UnpackReport report = assertThatAllAgree(image);

        assertThat(report.entries()).isGreaterThan(2500);
        try (Stream<Path> paths = Files.walk(report.root())) {
            assertThat(paths.filter(
                            path -> report.root().relativize(path).toString().length() > 100))
                    .hasSizeGreaterThan(1000);
        }
        assertThat(report.root().resolve(deep + "/usr/share/nodejs/npm/lib"))
                .isDirectoryContaining("glob:**/npm.js")
                .isDirectoryNotContaining("glob:**/cli.js");
    }

    private UnpackReport assertThatAllAgree(Image image) throws IOException {
        // overlay counts the names of a file in lower layers also if upper ones hide them; who shares a file, it shows
        return OtherTools.assertThatAllAgree(layout, image, folder, line -> false, line -> line.endsWith(": names"));
    }

    /** {@return a script that unpacks packages} */
    private static String unpacked(List<String> packages, String target) {
        return "mkdir -p " + target + "\n"
                + packages.stream()
                        .map(name -> "dpkg -x '" + Parts.debianPackage(name) + "' " + target + "\n")
                        .collect(Collectors.joining());
    }
}
