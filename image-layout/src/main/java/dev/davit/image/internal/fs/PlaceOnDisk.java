package dev.davit.image.internal.fs;

import dev.davit.image.ImageArchive;
import dev.davit.image.OciLayout;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Platform;
import dev.davit.oci.content.Source;
import dev.davit.oci.image.Image;
import dev.davit.oci.image.ImageIndex;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A layout or an archive with images.
 *
 * @param source the images
 * @param only finds the image if there is only one
 * @param resource what is closed in the end
 */
record PlaceOnDisk(Source source, Supplier<Descriptor> only, Closeable resource) implements Closeable {
    static PlaceOnDisk open(Path location) {
        if (Files.isDirectory(location)) {
            OciLayout layout = OciLayout.open(location);
            return new PlaceOnDisk(layout, layout::resolveOnly, () -> {});
        }
        ImageArchive archive = ImageArchive.open(location);
        return new PlaceOnDisk(archive, archive::resolveOnly, archive::close);
    }

    Image image(@Nullable String name, Platform platform) {
        Descriptor root = name == null ? only.get() : source.resolve(name);
        return Image.load(source, ImageIndex.select(source, root, platform));
    }

    @Override
    public void close() throws IOException {
        resource.close();
    }
}
