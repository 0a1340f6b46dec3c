package dev.davit.examples.cli;

import dev.davit.image.Compression;
import dev.davit.image.LayerDiff;
import dev.davit.image.LayerReader;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.TemporaryStore;
import dev.davit.oci.image.Layer;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks into layers and makes them, without an image around. */
@Command(
        name = "layer",
        description = "Lists what is in a layer, or makes one of what was changed.",
        synopsisSubcommandLabel = "COMMAND")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class LayerCommand {
    @Spec
    private CommandSpec spec;

    @Command(
            description = {
                "Lists what is in a layer: type and permissions, owner, size or device numbers, time, name, target of a link,",
                "names of extended attributes."
            })
    int ls(
            @Parameters(paramLabel = "FILE", description = "A tar archive, plain or compressed with gzip or zstd.")
                    Path file) {
        LayerReader.read(file, out()::println);
        return 0;
    }

    @Command(
            description =
                    "Makes a layer of what was changed in a folder, and prints its digest and that of its tar archive.")
    int diff(
            @Parameters(paramLabel = "BEFORE", description = "The folder as it was.") Path before,
            @Parameters(paramLabel = "AFTER", description = "The folder as it is.") Path after,
            @Option(
                            names = "-o",
                            paramLabel = "FILE",
                            required = true,
                            description = "The layer, a tar archive compressed with gzip.")
                    Path file)
            throws IOException {
        try (TemporaryStore store = LocalStore.temporary()) {
            Layer layer = LayerDiff.between(before, after).writeTo(store, Compression.GZIP);
            Path partial = file.resolveSibling(file.getFileName() + ".partial");
            try (InputStream content = layer.open()) {
                Files.copy(content, partial, StandardCopyOption.REPLACE_EXISTING);
                Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(partial);
            }
            out().println("digest  " + layer.descriptor().digest());
            out().println("diffID  " + layer.diffId());
            return 0;
        }
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
