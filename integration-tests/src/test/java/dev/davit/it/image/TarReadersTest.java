package dev.davit.it.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.image.Attribute;
import dev.davit.image.Compression;
import dev.davit.image.LayerSpec;
import dev.davit.image.OciLayout;
import dev.davit.it.Command;
import dev.davit.it.Parts;
import dev.davit.oci.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tree with everything as a layer that Davit makes: every reader of tar gets it back, without a word of complaint. */
@Tag("jdk25")
class TarReadersTest {
    private static final String PYTHON = """
            import sys, tarfile, warnings
            warnings.simplefilter('error')
            with tarfile.open(sys.argv[1], errors='surrogateescape') as tar:
                if hasattr(tarfile, 'fully_trusted_filter'):
                    tar.extractall(sys.argv[2], numeric_owner=True, filter='fully_trusted')
                else:
                    tar.extractall(sys.argv[2], numeric_owner=True)
            """;

    @TempDir
    Path folder;

    private Path out;

    @BeforeEach
    void out() throws IOException {
        Parts.requireRoot();
        Parts.require("tar", "bsdtar", "python3", "getfattr", "setfattr", "setcap", "bash");
        out = Files.createDirectory(folder.resolve("out"));
    }

    @Test
    void gnu_tar() throws IOException {
        Path tree = tree(Rich.PAX_BEFORE_1970);
        String layer = layer(tree).toString();

        // it warns of every time before 1970, and of those to come
        silently(Command.of("tar", "--extract", "--warning=no-timestamp", "--preserve-permissions", "--numeric-owner")
                .with("--xattrs", "--xattrs-include=*", "--directory=" + out, "--file=" + layer));

        assertThat(differences(tree)).isEmpty();
    }

    @Test
    void libarchive() throws IOException {
        // it reads a second and three quarters before 1970, -1.75, as a quarter of a second before
        Path tree = tree(Rich.PAX);
        String layer = layer(tree).toString();

        Command.Result result = Command.of("bsdtar", "-x", "-p", "--xattrs", "--numeric-owner", "-C", out.toString())
                .with("-f", layer)
                .env("LC_ALL", "C.UTF-8")
                .runAnyhow();

        assertThat(differences(tree)).isEmpty();
        // as it does of GNU tar's archives, it complains of names that are not UTF-8, and takes them as they are
        assertThat(result.errors().lines())
                .allMatch(line -> line.contains("name can't be converted from UTF-8") || line.contains("Error exit"));
    }

    @Test
    void python() throws IOException {
        // a time is a floating-point number to it
        Path tree = tree(Rich.HALVES);
        String layer = layer(tree).toString();

        silently(Command.of("python3", "-c", PYTHON, layer, out.toString()));

        List<String> differences = differences(tree);
        // it gives links no times
        differences.removeIf(line -> line.contains(": time ")
                && Files.isSymbolicLink(tree.resolve(line.substring(1, line.indexOf(": time ")))));
        assertThat(differences).isEmpty();
    }

    /** What other JDKs cannot read of files, they do not have. */
    private Path tree(Rich kind) throws IOException {
        Path tree = kind.make(folder.resolve("tree"));
        Path ping = tree.resolve("xattrs/ping");
        if (Runtime.version().feature() < 22 && Files.exists(ping)) {
            Command.of("setfattr", "-x", "security.capability", ping.toString()).run();
            Command.of("setfattr", "-x", "trusted.thing", ping.toString()).run();
        }
        return tree;
    }

    private List<String> differences(Path tree) throws IOException {
        List<String> differences = Trees.differences(tree, out);
        // a layer of a folder has no entry for the root
        differences.removeIf(line -> line.startsWith("/: "));
        return differences;
    }

    private Path layer(Path tree) {
        OciLayout layout = OciLayout.at(folder.resolve("layout"));
        Digest digest = LayerSpec.named("everything")
                .directory("/", tree)
                .preserve(Attribute.values())
                .writeTo(layout, Compression.NONE)
                .descriptor()
                .digest();
        return layout.folder().resolve("blobs/" + digest.toString().replace(':', '/'));
    }

    private static void silently(Command command) {
        assertThat(command.env("LC_ALL", "C.UTF-8").runAnyhow()).isEqualTo(new Command.Result(0, "", ""));
    }
}
