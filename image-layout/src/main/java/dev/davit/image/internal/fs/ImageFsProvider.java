package dev.davit.image.internal.fs;

import dev.davit.oci.DavitException;
import dev.davit.oci.Platform;
import dev.davit.oci.content.ContentCache;
import dev.davit.oci.image.Image;
import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Opens images as file systems, by {@code oci:} URIs too. Two instances share what is open: the JDK makes one, and {@link
 * #INSTANCE} serves where nobody has registered it. Safe to share between threads.
 */
public final class ImageFsProvider extends FileSystemProvider {
    public static final ImageFsProvider INSTANCE = new ImageFsProvider();

    private static final Set<StandardOpenOption> WRITING = Set.of(
            StandardOpenOption.WRITE,
            StandardOpenOption.APPEND,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.DELETE_ON_CLOSE);

    private static final Map<ImageUri, ImageFs> OPEN = new ConcurrentHashMap<>();

    /** For {@link java.util.ServiceLoader}. */
    public ImageFsProvider() {}

    @Override
    public String getScheme() {
        return ImageUri.SCHEME;
    }

    /**
     * {@return the file system of an image}
     *
     * @param image the image, whose source stays open as long
     * @param cache where indexes are kept; null if nowhere
     */
    public ImageFs open(Image image, @Nullable ContentCache cache) throws IOException {
        return open(new ImageUri(ImageUri.SCHEME + ":" + image.digest()), image, cache, () -> {});
    }

    private ImageFs open(ImageUri uri, Image image, @Nullable ContentCache cache, Closeable owned) throws IOException {
        FsCache kept = cache == null ? FsCache.temporary() : FsCache.in(cache);
        return OpenImage.open(this, uri, image, kept, () -> {
            try (owned) {
                kept.close();
            }
        });
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> env) throws IOException {
        ImageUri place = ImageUri.parse(uri);
        if (OPEN.containsKey(place)) {
            throw new FileSystemAlreadyExistsException(place.toString());
        }
        ImageFs fs = openPlace(place, env);
        if (OPEN.putIfAbsent(place, fs) != null) {
            fs.close();
            throw new FileSystemAlreadyExistsException(place.toString());
        }
        return fs;
    }

    private static Platform platform(@Nullable Object wanted) {
        if (wanted == null) {
            return Platform.host();
        }
        return wanted instanceof Platform platform ? platform : Platform.parse(wanted.toString());
    }

    private static @Nullable ContentCache cache(@Nullable Object wanted) {
        if (wanted == null || wanted instanceof ContentCache) {
            return (ContentCache) wanted;
        }
        throw new IllegalArgumentException(
                "cache: expected a ContentCache, got a " + wanted.getClass().getName());
    }

    private ImageFs openPlace(ImageUri place, Map<String, ?> env) throws IOException {
        Platform platform = platform(env.get("platform"));
        ContentCache cache = cache(env.get("cache"));
        Path location = place.location();
        try {
            PlaceOnDisk opened = PlaceOnDisk.open(location);
            try {
                return open(place, opened.image(place.name(), platform), cache, opened);
            } catch (IOException | RuntimeException e) {
                try (opened) {
                    throw e;
                }
            }
        } catch (DavitException e) {
            throw ImageFs.failure(location.toString(), e);
        }
    }

    /** The file system was closed. */
    void forget(ImageFs fs) {
        OPEN.remove(fs.uri(), fs);
    }

    @Override
    public ImageFs getFileSystem(URI uri) {
        ImageUri place = ImageUri.parse(uri);
        ImageFs fs = OPEN.get(place);
        if (fs == null) {
            throw new FileSystemNotFoundException(place.toString());
        }
        return fs;
    }

    @Override
    public Path getPath(URI uri) {
        return getFileSystem(uri).getPath(ImageUri.pathInImage(uri));
    }

    /** {@return a path as one of ours} */
    static ImagePath cast(Path path) {
        if (path instanceof ImagePath ours) {
            return ours;
        }
        throw new ProviderMismatchException("expected a path in an image, got " + path);
    }

    @Override
    public SeekableByteChannel newByteChannel(
            Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        if (options.stream().anyMatch(WRITING::contains)) {
            throw new ReadOnlyFileSystemException();
        }
        ImagePath image = cast(path);
        Follow follow = options.contains(LinkOption.NOFOLLOW_LINKS) ? Follow.NO : Follow.YES;
        return image.getFileSystem().channel(image, follow);
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(Path directory, DirectoryStream.Filter<? super Path> filter)
            throws IOException {
        ImagePath image = cast(directory);
        return image.getFileSystem().children(image, filter);
    }

    @Override
    public Path readSymbolicLink(Path link) throws IOException {
        ImagePath image = cast(link);
        return image.getFileSystem().getPath(image.getFileSystem().readLink(image));
    }

    @Override
    public boolean isSameFile(Path a, Path b) throws IOException {
        if (a.equals(b)) {
            return true;
        }
        if (!(a instanceof ImagePath first) || !(b instanceof ImagePath second)) {
            return false;
        }
        return first.getFileSystem() == second.getFileSystem()
                && first.getFileSystem().resolve(first, Follow.YES).item()
                        == second.getFileSystem().resolve(second, Follow.YES).item();
    }

    @Override
    public boolean isHidden(Path path) {
        Path name = path.getFileName();
        return name != null && name.toString().startsWith(".");
    }

    @Override
    public FileStore getFileStore(Path path) throws IOException {
        ImagePath image = cast(path);
        image.getFileSystem().resolve(image, Follow.YES);
        return image.getFileSystem().store();
    }

    /** Everything can be read, as by root; what somebody made executable can be executed. */
    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
        ImagePath image = cast(path);
        ImageAttributes attributes = image.getFileSystem().attributes(image, Follow.YES);
        for (AccessMode mode : modes) {
            boolean isAllowed = mode == AccessMode.READ || (mode == AccessMode.EXECUTE && attributes.isExecutable());
            if (!isAllowed) {
                throw new AccessDeniedException(path.toString());
            }
        }
    }

    @Override
    public <V extends FileAttributeView> @Nullable V getFileAttributeView(
            Path path, Class<V> type, LinkOption... options) {
        ImagePath image = cast(path);
        AttributeView.Reading reading = () -> image.getFileSystem().attributes(image, Follow.of(options));
        if (type == BasicFileAttributeView.class) {
            return type.cast(new AttributeView("basic", reading));
        }
        if (type == FileOwnerAttributeView.class) {
            return type.cast(new AttributeView("owner", reading));
        }
        if (type == PosixFileAttributeView.class) {
            return type.cast(new AttributeView("posix", reading));
        }
        return type == UserDefinedFileAttributeView.class ? type.cast(new XattrView(reading)) : null;
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
            throws IOException {
        if (!type.isAssignableFrom(ImageAttributes.class)) {
            throw new UnsupportedOperationException("attributes of an image as " + type.getName());
        }
        ImagePath image = cast(path);
        return type.cast(image.getFileSystem().attributes(image, Follow.of(options)));
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) throws IOException {
        ImagePath image = cast(path);
        return image.getFileSystem().attributes(image, Follow.of(options)).read(attributes);
    }

    @Override
    public void setAttribute(Path path, String attribute, Object value, LinkOption... options) {
        throw new ReadOnlyFileSystemException();
    }

    @Override
    public void createDirectory(Path directory, FileAttribute<?>... attributes) {
        throw new ReadOnlyFileSystemException();
    }

    @Override
    public void delete(Path path) {
        throw new ReadOnlyFileSystemException();
    }

    @Override
    public void copy(Path source, Path target, CopyOption... options) {
        throw new ReadOnlyFileSystemException();
    }

    @Override
    public void move(Path source, Path target, CopyOption... options) {
        throw new ReadOnlyFileSystemException();
    }
}
