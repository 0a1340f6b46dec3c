package dev.davit.examples.cli;

import dev.davit.image.ImageFileSystem;
import dev.davit.oci.Platform;
import java.io.IOException;
import java.nio.file.FileSystem;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The image that a command looks into. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class BrowsedImage {
    @Parameters(index = "0", paramLabel = "PLACE", description = "The place of the image.")
    private Place place;

    @Option(
            names = "--platform",
            paramLabel = "OS/ARCH[/VARIANT]",
            description = "Takes the image of this platform out of an index.")
    private @Nullable Platform platform;

    @Mixin
    private RegistryOptions registries;

    /** Looks. */
    interface Look {
        void at(FileSystem image) throws IOException;
    }

    /** Opens the image, and closes it after the look. */
    void show(Look look) throws IOException {
        try (Places places = new Places(registries.plainHttp, place);
                FileSystem image =
                        ImageFileSystem.open(places.open(place).image(platform == null ? Platform.host() : platform))) {
            look.at(image);
        }
    }
}
