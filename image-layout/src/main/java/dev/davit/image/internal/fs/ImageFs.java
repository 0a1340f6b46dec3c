package dev.davit.image.internal.fs;

import dev.davit.image.internal.tar.EntryType;
import dev.davit.image.internal.tar.TarEntry;
import dev.davit.image.internal.unpack.MemoryTree;
import dev.davit.image.internal.unpack.MemoryTree.Item;
import dev.davit.oci.DavitException;
import dev.davit.oci.NotFoundException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.nio.file.spi.FileSystemProvider;
import java.util.List;
import java.util.Set;

/** The merged layers of one image. Safe to share between threads. */
public final class ImageFs extends FileSystem {
    static final Set<String> VIEWS = Set.of("basic", "owner", "posix", "unix", XattrView.NAME);

    private final ImageFsProvider provider;
    private final ImageUri uri;
    private final Resolver resolver;
    private final List<LayerContent> layers;
    private final Cursors cursors = new Cursors();
    private final Closeable resources;
    private volatile boolean closed;

    ImageFs(
            ImageFsProvider provider,
            ImageUri uri,
            MemoryTree<StoredFile> tree,
            List<LayerContent> layers,
            Closeable resources) {
        this.provider = provider;
        this.uri = uri;
        this.resolver = new Resolver(tree);
        this.layers = layers;
        this.resources = resources;
    }

    ImageUri uri() {
        return uri;
    }

    Cursors cursors() {
        return cursors;
    }

    void requireOpen() {
        if (closed) {
            throw new ClosedFileSystemException();
        }
    }

    /** {@return what a path leads to} */
    Resolver.Found resolve(ImagePath path, Follow follow) throws FileSystemException {
        requireOpen();
        return resolver.resolve(path, follow);
    }

    ImageAttributes attributes(ImagePath path, Follow follow) throws FileSystemException {
        return new ImageAttributes(resolve(path, follow).item());
    }

    /**
     * {@return everything that the image says of a path, whose last link is not followed}
     *
     * @param path a path of this file system
     * @throws IOException if there is nothing
     */
    public TarEntry entry(Path path) throws IOException {
        Resolver.Found found = resolve(ImageFsProvider.cast(path), Follow.NO);
        return found.item().entry(found.path().toString().substring(1));
    }

    String readLink(ImagePath path) throws IOException {
        Item<StoredFile> item = resolve(path, Follow.NO).item();
        if (item.type() != EntryType.SYMLINK) {
            throw new NotLinkException(path.toString());
        }
        return item.target();
    }

    SeekableByteChannel channel(ImagePath path, Follow follow) throws IOException {
        Item<StoredFile> item = resolve(path, follow).item();
        StoredFile file = item.content();
        if (file == null) {
            throw new FileSystemException(path.toString(), null, "expected a file, got a " + item.type());
        }
        return new ImageChannel(this, path, file, layers.get(file.layer()));
    }

    DirectoryStream<Path> children(ImagePath path, DirectoryStream.Filter<? super Path> filter) throws IOException {
        Item<StoredFile> item = resolve(path, Follow.YES).item();
        if (item.type() != EntryType.DIRECTORY) {
            throw new NotDirectoryException(path.toString());
        }
        return new Children(path, item.children().keySet(), filter);
    }

    /** {@return a failure of Davit as a failure of a file system} */
    static IOException failure(String what, DavitException e) {
        FileSystemException failure = e instanceof NotFoundException
                ? new NoSuchFileException(what, null, e.getMessage())
                : new FileSystemException(what, null, e.getMessage());
        failure.initCause(e);
        return failure;
    }

    @Override
    public FileSystemProvider provider() {
        return provider;
    }

    @Override
    public void close() throws IOException {
        if (!closed) {
            closed = true;
            provider.forget(this);
            try (resources) {
                cursors.close();
            }
        }
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    @Override
    public boolean isReadOnly() {
        return true;
    }

    @Override
    public String getSeparator() {
        return "/";
    }

    @Override
    public Iterable<Path> getRootDirectories() {
        return List.of(getPath("/"));
    }

    @Override
    public Iterable<FileStore> getFileStores() {
        return List.of(store());
    }

    FileStore store() {
        requireOpen();
        return new ImageStore(uri.toString());
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
        return VIEWS;
    }

    @Override
    public ImagePath getPath(String first, String... more) {
        return ImagePath.parse(this, more.length == 0 ? first : joined(first, more));
    }

    private static String joined(String first, String... more) {
        StringBuilder text = new StringBuilder(first);
        for (String part : more) {
            if (!part.isEmpty()) {
                text.append(text.isEmpty() ? "" : "/").append(part);
            }
        }
        return text.toString();
    }

    @Override
    public PathMatcher getPathMatcher(String syntaxAndPattern) {
        return GlobPattern.matcher(syntaxAndPattern);
    }

    /** Principals are numbers: the names that an image has for them are in its files. */
    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
        return new UserPrincipalLookupService() {
            @Override
            public UserPrincipal lookupPrincipalByName(String name) throws IOException {
                return id(name);
            }

            @Override
            public GroupPrincipal lookupPrincipalByGroupName(String name) throws IOException {
                return id(name);
            }

            private ImageAttributes.Id id(String name) throws UserPrincipalNotFoundException {
                try {
                    return new ImageAttributes.Id(Long.parseLong(name));
                } catch (NumberFormatException e) {
                    throw new UserPrincipalNotFoundException(name);
                }
            }
        };
    }

    @Override
    public WatchService newWatchService() {
        throw new UnsupportedOperationException("an image never changes");
    }

    /** {@return where the image is} */
    @Override
    public String toString() {
        return uri.toString();
    }
}
