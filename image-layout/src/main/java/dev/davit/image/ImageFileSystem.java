package dev.davit.image;

import dev.davit.image.internal.fs.ImageFs;
import dev.davit.image.internal.fs.ImageFsProvider;
import dev.davit.oci.content.ContentCache;
import dev.davit.oci.image.Image;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;

/**
 * Shows what an image holds as a read-only {@link FileSystem}, without unpacking it: what a container would see, after all
 * layers.
 */
public final class ImageFileSystem {
    private ImageFileSystem() {}

    /**
     * Opens an image. Its layers are read once and verified; what has to be known of them is kept in a folder for temporary
     * files until the file system is closed.
     *
     * @param image the image, whose source has to stay open as long as the file system
     * @return the file system, which the caller closes
     * @throws IOException if a layer is not what it says, or cannot be read; the cause says more
     */
    public static FileSystem open(Image image) throws IOException {
        return ImageFsProvider.INSTANCE.open(image, null);
    }

    /**
     * Opens an image, and keeps what has to be known of its layers in a cache: layers that were opened before are not read
     * again.
     *
     * @param image the image, whose source has to stay open as long as the file system
     * @param cache the cache
     * @return the file system, which the caller closes
     * @throws IOException if a layer is not what it says, or cannot be read; the cause says more
     */
    public static FileSystem open(Image image, ContentCache cache) throws IOException {
        return ImageFsProvider.INSTANCE.open(image, cache);
    }

    /**
     * Tells everything that an image says of a path: more than the attributes that Java knows.
     *
     * @param path a path of a file system that came from here; the last link is not followed
     * @return the entry, under the name that is left without links and dots
     * @throws IOException if there is nothing
     * @throws ProviderMismatchException if the path is from elsewhere
     */
    public static LayerEntry entry(Path path) throws IOException {
        if (path.getFileSystem() instanceof ImageFs fs) {
            return LayerEntry.of(fs.entry(path));
        }
        throw new ProviderMismatchException("expected a path in an image, got " + path);
    }
}
