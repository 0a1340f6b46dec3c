package dev.davit.image;

import dev.davit.image.internal.fs.ImageFs;
import dev.davit.image.internal.fs.ImageFsProvider;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.StorageException;
import dev.davit.oci.content.ContentCache;
import dev.davit.oci.image.Image;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import org.jspecify.annotations.Nullable;

/**
 * Shows what an image holds as a read-only {@link FileSystem}, without unpacking it: what a container would see, after all
 * layers. Links lead nowhere but into the image. The views of attributes are {@code basic}, {@code owner}, {@code posix},
 * {@code unix} and {@code user}; users and groups are numbers.
 *
 * <p>A file is read from the place in its layer, of which nothing before has to be read again but two megabytes: each part
 * is verified before a byte of it comes out. Of a layer that is compressed with zstd, a decoded copy is kept for that from
 * the first time on that a file of it is read. Takes memory for names and attributes, some 300 bytes for each, not for
 * content.
 *
 * <p>What cannot be read is a {@link java.nio.file.FileSystemException} with an exception of Davit as its cause. Safe to
 * share between threads.
 *
 * <p>The JDK opens images in layouts and archives by URIs such as {@code oci:/path/of/layout:name}, in which {@code :name}
 * may be missing where there is only one, and colons and exclamation marks of paths and names are escaped: {@code
 * FileSystems.newFileSystem(uri, Map.of())}. The map may have a {@code platform}, a {@link dev.davit.oci.Platform} or its
 * text, and a {@code cache}, a {@link ContentCache}. A file in such an image is {@code oci:/path/of/layout:name!/etc/passwd}.
 */
public final class ImageFileSystem {
    private static final Path TEMPORARY = Path.of("a temporary folder");

    private ImageFileSystem() {}

    /**
     * Opens an image. Its layers are read once and verified; what has to be known of them is kept in a folder for temporary
     * files until the file system is closed.
     *
     * @param image the image, whose source has to stay open as long as the file system
     * @return the file system, which the caller closes
     * @throws dev.davit.oci.IntegrityException if a layer is not what its digest or diffID names
     * @throws dev.davit.oci.MalformedContentException if a layer breaks the rules of its format
     * @throws dev.davit.oci.DavitException if a layer cannot be read, or what is known of it not be kept
     */
    public static FileSystem open(Image image) {
        return opened(image, null);
    }

    /**
     * Opens an image, and keeps what has to be known of its layers in a cache: layers that were opened before are not read
     * again.
     *
     * @param image the image, whose source has to stay open as long as the file system
     * @param cache the cache
     * @return the file system, which the caller closes
     * @throws dev.davit.oci.DavitException as {@link #open(Image)}
     */
    public static FileSystem open(Image image, ContentCache cache) {
        return opened(image, cache);
    }

    private static FileSystem opened(Image image, @Nullable ContentCache cache) {
        try {
            return ImageFsProvider.INSTANCE.open(image, cache);
        } catch (IOException e) {
            throw new StorageException("keep the index of a layer in", cache == null ? TEMPORARY : cache.folder(), e);
        }
    }

    /**
     * Tells everything that an image says of a path: more than the attributes that Java knows.
     *
     * @param path a path of a file system that came from here; the last link is not followed
     * @return the entry, under the name that is left without links and dots
     * @throws NotFoundException if nothing is there
     * @throws StorageException if the path leads in circles, or through something that is no directory
     * @throws ProviderMismatchException if the path is from elsewhere
     */
    public static LayerEntry entry(Path path) {
        if (!(path.getFileSystem() instanceof ImageFs fs)) {
            throw new ProviderMismatchException("expected a path in an image, got " + path);
        }
        try {
            return LayerEntry.of(fs.entry(path));
        } catch (NoSuchFileException e) {
            throw new NotFoundException("nothing at " + path + " in " + fs, e);
        } catch (IOException e) {
            throw new StorageException("look at", path, e);
        }
    }
}
