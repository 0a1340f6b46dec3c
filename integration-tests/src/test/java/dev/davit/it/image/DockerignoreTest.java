package dev.davit.it.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.image.Compression;
import dev.davit.image.FileSelection;
import dev.davit.image.LayerEntry;
import dev.davit.image.LayerReader;
import dev.davit.image.LayerSpec;
import dev.davit.image.OciLayout;
import dev.davit.it.Command;
import dev.davit.it.Parts;
import dev.davit.oci.Platform;
import dev.davit.oci.image.Image;
import dev.davit.oci.image.Layer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A {@code .dockerignore} file leaves out what buildah leaves out. */
class DockerignoreTest {
    @TempDir
    Path folder;

    @Test
    void as_buildah_copies() throws IOException {
        Parts.require("buildah");
        Parts.requireRoot();
        Path context = Files.createDirectory(folder.resolve("context"));
        for (String name : List.of(
                "README.md",
                "docs/a.md",
                "docs/b.txt",
                "docs/x/README.md",
                "src/main/A.java",
                "src/main/A.class",
                "src/test/B.java",
                "target/A.class",
                "x/target/B.class",
                ".git/config",
                "a.tmp",
                "b.tmp",
                "keep.tmp",
                "ä",
                "logs/1.log",
                "logs/2.log",
                "logs/10.log",
                "Dockerfile")) {
            Path file = context.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "x");
        }
        Files.writeString(context.resolve("Dockerfile"), "FROM scratch\nCOPY . /\n");
        Path ignore = Files.writeString(context.resolve(".dockerignore"), """
                # what is left out
                **/*.class
                /docs
                !docs/x/README.md
                *.tmp
                !k*.tmp
                  .git\s\s
                logs/?.log
                src/t[a-f]st/
                [^a-zA-Z.]
                """);
        OciLayout layout = OciLayout.at(folder.resolve("layout"));
        String options = "--root '" + folder + "/storage' --runroot '" + folder + "/run' --storage-driver vfs";
        Command.of(
                        "sh",
                        "-euc",
                        "cd \"$0\"; buildah " + options + " build --isolation chroot --layers=false -t oci:\"$1\":a .")
                .with(context.toString(), layout.folder().toString())
                .run();

        Image theirs = Image.load(layout, "a", Platform.host());
        Layer ours = LayerSpec.named("a")
                .directory("/", context, FileSelection.all().dockerignore(ignore))
                .writeTo(layout, Compression.NONE);

        assertThat(files(ours)).isEqualTo(files(theirs.layers().get(0))).contains("docs/x/README.md", "keep.tmp");
    }

    private static SortedSet<String> files(Layer layer) {
        SortedSet<String> names = new TreeSet<>();
        LayerReader.read(layer, entry -> {
            if (entry.type() == LayerEntry.Type.FILE) {
                names.add(entry.name());
            }
        });
        return names;
    }
}
