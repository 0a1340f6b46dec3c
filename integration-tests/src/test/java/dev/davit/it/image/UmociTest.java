package dev.davit.it.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.image.ImageBuilder;
import dev.davit.image.LayerSpec;
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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Davit unpacks is what umoci unpacks, in every attribute. */
@Tag("jdk25")
class UmociTest {
    @TempDir
    Path folder;

    private OciLayout layout;

    @BeforeEach
    void layout() {
        Parts.require("umoci");
        Parts.requireRoot();
        layout = OciLayout.at(folder.resolve("layout"));
    }

    @Test
    void a_busybox_root_that_davit_built() throws IOException {
        Path busybox = Parts.program("busybox");
        LayerSpec base = LayerSpec.named("busybox")
                .file("/bin/busybox", busybox, 04755)
                .emptyDirectory("/tmp", 01777)
                .emptyDirectory("/root", 0700)
                .symlink("/var/run", "/run")
                .symlink("/lib64", "lib")
                .emptyDirectory("/lib", 0755)
                .file("/etc/passwd", bytes("root:x:0:0:root:/root:/bin/sh\n"), 0644);
        for (String applet : Command.of("busybox", "--list").run().lines().toList()) {
            if (!applet.equals("busybox")) {
                base = base.symlink("/bin/" + applet, "busybox");
            }
        }
        Image image = ImageBuilder.scratch(Platform.host())
                .layer(base)
                .layer(LayerSpec.named("app")
                        .file("/app/ä/run", bytes("#!/bin/sh\n"), 0755)
                        .owner(65532, 65532))
                .build(layout);
        layout.tag(image.descriptor(), "busybox");

        UnpackReport report = unpackedAsByUmoci(image, "busybox");

        assertThat(report.entries()).isGreaterThan(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"posix", "gnu", "ustar", "v7"})
    void debian_packages_that_gnu_tar_packed(String format) throws IOException {
        Path lower = folder.resolve("lower.tar");
        Path upper = folder.resolve("upper.tar");
        if (format.equals("posix")) {
            Layers.ofPackages(lower, format, "base-files", "coreutils", "passwd", "perl-base", "tzdata");
            Layers.ofPackages(upper, format, "coreutils", "util-linux", "ncurses-base", "ca-certificates");
        } else {
            Layers.ofPackages(lower, format, "base-files", "sed");
            Layers.ofPackages(upper, format, "gzip", "passwd");
        }
        Image image = Layers.image(layout, "debian", List.of(lower, upper));

        unpackedAsByUmoci(image, "debian");

        assertThat(Trees.size(folder.resolve("davit"))).isGreaterThan(100);
    }

    @Test
    void an_image_that_umoci_changed_again_and_again() throws IOException {
        Path tar = folder.resolve("base.tar");
        Layers.ofPackages(tar, "posix", "base-files", "sed", "grep", "gzip");
        Layers.image(layout, "changed", List.of(tar));
        String name = layout.folder() + ":changed";
        Path bundle = folder.resolve("bundle");
        Command.of("umoci", "unpack", "--image", name, bundle.toString()).run();
        Path root = bundle.resolve("rootfs");

        // gone: a file and a whole directory; replaced: file by directory, directory by link
        Files.delete(root.resolve("etc/debian_version"));
        Command.of("rm", "-r", root.resolve("usr/share/doc").toString()).run();
        Files.delete(root.resolve("etc/issue"));
        Files.createDirectories(root.resolve("etc/issue/sub"));
        Command.of("rm", "-r", root.resolve("home").toString()).run();
        Files.createSymbolicLink(root.resolve("home"), Path.of("/root"));
        Command.of("umoci", "repack", "--refresh-bundle", "--image", name, bundle.toString())
                .run();
        // made again in a third layer, with other content, mode and owner
        Files.writeString(root.resolve("etc/debian_version"), "again");
        Files.createDirectories(root.resolve("usr/share/doc/new"));
        Files.createLink(root.resolve("usr/share/doc/new/version"), root.resolve("etc/debian_version"));
        Files.setPosixFilePermissions(root.resolve("root"), PosixFilePermissions.fromString("rwx--x--x"));
        Command.of("chown", "-h", "12:34", root.resolve("home").toString()).run();
        Command.of("umoci", "repack", "--image", name, bundle.toString()).run();

        Image image = Image.load(layout, "changed", Platform.host());
        assertThat(image.layers()).hasSize(3);
        unpackedAsByUmoci(image, "changed");
    }

    @Test
    void whiteouts_links_and_odd_attributes() throws IOException {
        Path one = Files.createDirectories(folder.resolve("one"));
        write(one.resolve("d/keep"), "keep");
        write(one.resolve("d/gone"), "gone");
        write(one.resolve("o/old/deep"), "old");
        write(one.resolve("usr/lib/a"), "a");
        Files.createSymbolicLink(one.resolve("lib"), Path.of("usr/lib"));
        Files.createSymbolicLink(one.resolve("up"), Path.of("../../../etc"));
        Files.createLink(one.resolve("usr/lib/b"), one.resolve("usr/lib/a"));
        Files.setAttribute(one.resolve("d/keep"), "user:note", java.nio.ByteBuffer.wrap(bytes("hello")));
        Command.of("chmod", "6711", one.resolve("d/keep").toString()).run();
        Command.of("chown", "-h", "1234:4294967294", one.resolve("lib").toString())
                .run();
        Command.of(
                        "touch",
                        "-h",
                        "-d",
                        "1999-12-31 23:59:59.123456",
                        one.resolve("up").toString())
                .run();
        Command.of(
                        "touch",
                        "-d",
                        "2030-01-01 00:00:00.987654321",
                        one.resolve("usr/lib/a").toString())
                .run();
        Command.of("touch", "-d", "1965-01-01 00:00:00", one.resolve("o").toString())
                .run();
        Path two = Files.createDirectories(folder.resolve("two"));
        write(two.resolve("d/.wh.gone"), "");
        write(two.resolve("o/.wh..wh..opq"), "");
        write(two.resolve("o/new/deep"), "new");
        write(two.resolve("lib/c"), "through the link");
        write(two.resolve(".wh.up"), "");
        Path first = folder.resolve("one.tar");
        Path second = folder.resolve("two.tar");
        Layers.ofFolder(first, "posix", one);
        Layers.ofFolder(second, "posix", two);
        // the link stays one: the upper layer has no entry for the directory
        Command.of("tar", "--delete", "--file=" + second, "./lib/").run();
        Command.of("tar", "--append", "--format=posix", "--file=" + second, "--directory=" + two, "./lib/c")
                .run();

        Image image = Layers.image(layout, "odd", List.of(first, second));

        unpackedAsByUmoci(image, "odd");
        assertThat(folder.resolve("davit/usr/lib/c")).hasContent("through the link");
        assertThat((byte[]) Files.getAttribute(folder.resolve("davit/d/keep"), "user:note"))
                .isEqualTo(bytes("hello"));
    }

    private UnpackReport unpackedAsByUmoci(Image image, String name) throws IOException {
        Path theirs = folder.resolve("umoci");
        Command.of("umoci", "unpack", "--image", layout.folder() + ":" + name, theirs.toString())
                .run();
        Path ours = folder.resolve("davit");
        UnpackReport report = Unpacker.into(ours).unpack(image);
        Unpacked.assertDiffersAsReported(theirs.resolve("rootfs"), report);
        return report;
    }

    private static void write(Path file, String content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
