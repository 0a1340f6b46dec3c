package dev.davit.it.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.image.Attribute;
import dev.davit.image.Compression;
import dev.davit.image.ImageBuilder;
import dev.davit.image.LayerDiff;
import dev.davit.image.LayerSpec;
import dev.davit.image.OciLayout;
import dev.davit.image.UnpackReport;
import dev.davit.image.Unpacker;
import dev.davit.it.Command;
import dev.davit.it.Parts;
import dev.davit.oci.Platform;
import dev.davit.oci.image.Image;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An image that is unpacked and changed becomes an image that unpacks to what was changed, in every attribute. */
class LayerDiffRoundTripTest {
    /** Java alone rounds the times of links. */
    private static final String PLAIN = """
            mkdir -p bin etc usr/lib gone/deep swap/directory-to-file/x 'with space'
            echo tool > bin/tool; chmod 4755 bin/tool; chown 7:8 bin/tool
            echo a > usr/lib/a; ln usr/lib/a usr/lib/b; ln usr/lib/a usr/lib/c; ln usr/lib/a etc/d
            echo noted > etc/noted; setfattr -n user.note -v hello etc/noted
            echo x > gone/deep/x; echo x > gone/y; echo same > etc/same; echo one > etc/content
            ln -s usr/lib lib; echo x > swap/file-to-directory; ln -s nowhere swap/link-to-file
            echo x > 'with space/ä'; echo parted > usr/p; ln usr/p usr/q
            touch -d '2001-02-03 04:05:06.123456789' etc/* usr/lib/* usr
            touch -h -d '2001-02-03 04:05:06.123456' lib swap/link-to-file
            """;

    private static final String CHANGES = """
            rm -r gone/deep; rm usr/lib/c; ln usr/lib/a usr/lib/e; rm etc/noted
            printf 'two\\n' > etc/content; touch -d '2001-02-03 04:05:06.123456789' etc/content
            chmod 711 etc/same; rm -r swap/directory-to-file; echo now > swap/directory-to-file
            rm swap/file-to-directory; mkdir -p swap/file-to-directory/sub; echo x > swap/file-to-directory/sub/x
            rm swap/link-to-file; echo x > swap/link-to-file; chown 1234:4294967294 bin/tool; chmod 2711 bin/tool
            rm lib; ln -s usr/lib lib; touch -h -d '1999-12-31 23:59:59.123456' lib
            mkdir new; chmod 1777 new; echo new > new/x; ln new/x new/y; setfattr -n user.dir -v x usr
            rm 'with space/ä'; echo parted > usr/r; mv usr/r usr/q; chown 5:6 .; echo other > usr/lib/b
            touch -d '1965-05-05 00:00:00' new usr/lib/b
            """;

    private static final String ODD_CHANGES = """
            rm dev/null dev/pipe; mknod dev/null c 1 5; mkfifo dev/pipe; rm dev/loop; mknod dev/new b 7 1
            setcap cap_chown+ep bin/tool; setcap -r bin/ping; rm usr/lib/same-link; ln -s x usr/link; ln usr/link usr/same
            setfattr -n trusted.note -v x etc; setfattr -x user.note etc/noted; rm -r hidden; mkdir hidden
            """;

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
    @Tag("jdk25")
    void plain_files() throws IOException {
        changedAndBack(Layers.image(layout, "base", Odd.ofScripts(folder, PLAIN)), CHANGES);
    }

    @Test
    @Tag("jdk22")
    void devices_capabilities_and_all_the_rest() throws IOException {
        changedAndBack(Layers.image(layout, "base", Odd.layers(folder)), ODD_CHANGES);
    }

    @Test
    @Tag("jdk22")
    void what_is_built_of_an_unpacked_image_unpacks_to_the_same_and_is_built_again() throws IOException {
        Path first = folder.resolve("first");
        Unpacker.into(first).unpack(Layers.image(layout, "base", Odd.layers(folder)));

        Image built = keepingAll(first);
        Path second = folder.resolve("second");
        assertThat(Unpacker.into(second).unpack(built).differences()).isEmpty();

        // the folder itself is nothing that a layer is told to have
        assertThat(Trees.differences(first, second)).noneMatch(line -> !line.startsWith("/: "));
        assertThat(keepingAll(second).digest()).isEqualTo(built.digest());
    }

    private Image keepingAll(Path root) {
        return ImageBuilder.scratch(Platform.host())
                .layer(LayerSpec.named("all").directory("/", root).preserve(Attribute.values()))
                .build(layout);
    }

    /** umoci packs each name of a file for itself if the names were in the image before, and whole seconds of times. */
    @Test
    @Tag("jdk25")
    void the_same_files_as_umoci_repacks() throws IOException {
        Image base = Layers.image(layout, "base", Odd.ofScripts(folder, PLAIN));
        Path bundle = folder.resolve("bundle");
        Command.of("umoci", "unpack", "--image", layout.folder() + ":base", bundle.toString())
                .run();
        Path root = bundle.resolve("rootfs");
        assertThat(LayerDiff.since(base, root).isEmpty()).isTrue();
        Command.of("sh", "-euc", "umask 022; cd \"$0\"\n" + CHANGES, root.toString())
                .run();
        Image ours = ImageBuilder.from(base)
                .layer(LayerDiff.since(base, root).layer("changes"))
                .build(layout);

        Command.of("umoci", "repack", "--image", layout.folder() + ":theirs", bundle.toString())
                .run();
        Image theirs = Image.load(layout, "theirs", Platform.host());

        assertThat(Trees.differences(
                        root, Unpacker.into(folder.resolve("ours")).unpack(ours).root()))
                .isEmpty();
        List<String> differences = Trees.differences(
                Unpacker.into(folder.resolve("theirs")).unpack(theirs).root(), folder.resolve("ours"));
        differences.removeIf(
                line -> line.contains(": names ") || line.contains(": same file as ") || line.contains(": time "));
        assertThat(differences).isEmpty();
    }

    private void changedAndBack(Image base, String changes) throws IOException {
        Path before = folder.resolve("before");
        Path after = folder.resolve("after");
        assertThat(Unpacker.into(before).unpack(base).differences()).isEmpty();
        Command.of("cp", "-a", before.toString(), after.toString()).run();
        assertThat(Trees.differences(before, after)).as("what cp does").isEmpty();
        assertThat(LayerDiff.between(before, after).isEmpty()).isTrue();
        assertThat(LayerDiff.since(base, before).isEmpty()).isTrue();
        Command.of("sh", "-euc", "umask 022; cd \"$0\"\n" + changes, after.toString())
                .run();

        LayerDiff diff = LayerDiff.between(before, after);
        Image changed = ImageBuilder.from(base).layer(diff.layer("changes")).build(layout);
        layout.tag(changed.descriptor(), "changed");
        assertThat(LayerDiff.since(base, after)
                        .writeTo(layout, Compression.NONE)
                        .diffId())
                .as("compared with the layers of the base")
                .isEqualTo(changed.layers().get(changed.layers().size() - 1).diffId());

        UnpackReport report = Unpacker.into(folder.resolve("again")).unpack(changed);
        assertThat(Trees.differences(after, report.root())).isEmpty();
        Command.of("umoci", "unpack", "--image", layout.folder() + ":changed", folder.resolve("umoci") + "")
                .run();
        List<String> byUmoci = Trees.differences(after, folder.resolve("umoci/rootfs"));
        byUmoci.removeIf(line -> line.startsWith("/etc/noted: xattr user.empty"));
        assertThat(byUmoci).isEmpty();
    }
}
