package dev.davit.examples.cli;

import dev.davit.image.UnpackReport;
import dev.davit.image.Unpacker;
import dev.davit.oci.Platform;
import dev.davit.oci.image.Image;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "unpack", description = "Unpacks the root filesystem of an image into a folder.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class UnpackCommand implements Callable<Integer> {
    @Parameters(paramLabel = "PLACE", description = "The place of the image.")
    private Place place;

    @Parameters(paramLabel = "DIR", description = "The folder: absent or empty.")
    private Path folder;

    @Option(names = "--json", description = "Prints the report as JSON.")
    private boolean json;

    @Option(
            names = "--platform",
            paramLabel = "OS/ARCH[/VARIANT]",
            description = "Takes the image of this platform out of an index.")
    private @Nullable Platform platform;

    @Option(names = "--strict", description = "Fails if anything cannot be as the image says.")
    private boolean strict;

    @Option(names = "--no-owner", description = "Leaves all files to the user who unpacks.")
    private boolean noOwner;

    @Option(
            names = "--max-bytes",
            paramLabel = "N",
            description = "Refuses an image with more bytes than this, uncompressed.")
    private @Nullable Long maxBytes;

    @Option(
            names = "--overlay",
            description = "Unpacks each layer to a folder of its own, and prints the options of an overlay mount.")
    private boolean overlay;

    @Mixin
    private RegistryOptions registries;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        try (Places places = new Places(registries.plainHttp, place)) {
            Image image = places.open(place).image(platform == null ? Platform.host() : platform);
            UnpackReport report =
                    overlay ? unpacker().unpackForOverlay(image) : unpacker().unpack(image);
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                out.println(report.toJson());
            } else {
                out.println(report);
                if (overlay) {
                    out.println(report.overlayOptions());
                }
            }
            return 0;
        }
    }

    private Unpacker unpacker() {
        Unpacker unpacker = Unpacker.into(folder);
        unpacker = strict ? unpacker.strict() : unpacker;
        unpacker = noOwner ? unpacker.noOwner() : unpacker;
        return maxBytes == null ? unpacker : unpacker.maxBytes(maxBytes);
    }
}
