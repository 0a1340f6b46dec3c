package dev.davit.it.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.image.OciLayout;
import dev.davit.image.UnpackReport;
import dev.davit.image.Unpacker;
import dev.davit.it.Command;
import dev.davit.it.Parts;
import dev.davit.oci.StorageException;
import dev.davit.oci.image.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Layers in folders of their own, mounted by the kernel, are what Davit unpacks to one folder. */
@Tag("jdk25")
class OverlayTest {
    @TempDir
    Path folder;

    private OciLayout layout;

    @BeforeEach
    void layout() {
        Parts.requireRoot();
        Parts.require("mount", "getfattr", "setcap");
        layout = OciLayout.at(folder.resolve("layout"));
    }

    @Test
    @Tag("jdk22")
    void everything_at_once() throws IOException {
        assertThatOverlayShowsWhatIsMerged(Odd.layers(folder));
    }

    @Test
    @Tag("jdk22")
    void directories_that_only_lower_layers_describe_keep_what_they_are() throws IOException {
        List<Path> tars = new ArrayList<>(Odd.layers(folder));
        // entries without the directories above them, one through a link of a lower layer, one a name for a lower file
        String script = """
                mkdir -p usr/lib/x lib shut swap bin; echo new > usr/lib/x/new; echo through > lib/through
                echo third > shut/third; ln -s x swap/link-to-dir; echo tool > bin/tool; ln bin/tool bin/tool2
                mkdir 'name with space' dev; echo only > 'name with space/only'; : > '.wh.name with space'
                echo only > dev/only; : > .wh.dev
                """;
        tars.addAll(Odd.ofScripts(Files.createDirectory(folder.resolve("more")), script));
        Path tar = tars.get(3);
        Path from = folder.resolve("more/odd0");
        Command.of("tar", "--create", "--format=posix", "--file=" + tar, "--directory=" + from)
                .with("usr/lib/x/new", "lib/through", "shut/third", "swap/link-to-dir", "bin/tool", "bin/tool2")
                // hidden and there again, in either order
                .with(".wh.name with space", "name with space", "dev/only", ".wh.dev")
                .run();
        Command.of("tar", "--delete", "--file=" + tar, "bin/tool").run();

        assertThatOverlayShowsWhatIsMerged(tars);
    }

    @Test
    void without_system_calls_it_fails_and_leaves_nothing() throws IOException {
        Image image = Layers.image(layout, "odd", Odd.ofScripts(folder, "echo a > a"));
        Path target = folder.resolve("overlay");

        assertThatThrownBy(() -> Unpacker.into(target).javaOnly().unpackForOverlay(image))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("JDK 22");
        assertThat(target).doesNotExist();
    }

    private void assertThatOverlayShowsWhatIsMerged(List<Path> tars) throws IOException {
        Image image = Layers.image(layout, "image", tars);
        Path merged = Unpacker.into(folder.resolve("merged")).unpack(image).root();

        UnpackReport report = Unpacker.into(folder.resolve("overlay")).strict().unpackForOverlay(image);

        Path mount = Files.createDirectory(folder.resolve("mount"));
        Command.of("mount", "-t", "overlay", "overlay", "-o", report.overlayOptions(), mount.toString())
                .run();
        try {
            // overlay counts the names in lower layers also if upper ones hide them
            assertThat(Trees.differences(merged, mount)).allMatch(line -> line.contains(": names "));
        } finally {
            Command.of("umount", mount.toString()).run();
        }
        assertThat(Trees.size(merged)).isGreaterThan(30);
    }
}
