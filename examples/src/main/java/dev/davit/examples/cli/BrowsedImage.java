package dev.davit.examples.cli;

import dev.davit.examples.cli.Place.Transport;
import dev.davit.examples.cli.Places.Content;
import dev.davit.image.ImageFileSystem;
import dev.davit.oci.Platform;
import dev.davit.oci.content.ContentCache;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The image that a command looks into. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class BrowsedImage {
    private static final long CACHE_BYTES = 10L << 30;

    @Parameters(index = "0", paramLabel = "PLACE", description = "The place of the image.")
    private Place place;

    @Option(
            names = "--platform",
            paramLabel = "OS/ARCH[/VARIANT]",
            description = "Takes the image of this platform out of an index.")
    private @Nullable Platform platform;

    @Option(
            names = "--cache",
            paramLabel = "FOLDER",
            description = {
                "Keeps there what has to be known of layers, and the layers of registries, so that the next look is quick:",
                "10 GiB at most."
            })
    private @Nullable Path cache;

    @Mixin
    private RegistryOptions registries;

    /** Looks. */
    interface Look {
        void at(FileSystem image) throws IOException;
    }

    /** Opens the image, and closes it after the look. */
    void show(Look look) throws IOException {
        try (Places places = new Places(registries.plainHttp, place);
                FileSystem image = open(places.open(place), platform == null ? Platform.host() : platform)) {
            look.at(image);
        }
    }

    private FileSystem open(Content<?> content, Platform wanted) {
        if (cache == null) {
            return ImageFileSystem.open(content.image(wanted));
        }
        ContentCache kept = ContentCache.at(cache, CACHE_BYTES);
        Content<?> near = place.transport() == Transport.DOCKER
                ? new Content<>(kept.over(content.source()), content.descriptor())
                : content;
        return ImageFileSystem.open(near.image(wanted), kept);
    }
}
