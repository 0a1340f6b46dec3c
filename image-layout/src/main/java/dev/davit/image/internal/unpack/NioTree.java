package dev.davit.image.internal.unpack;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import dev.davit.image.internal.LocalNames;
import dev.davit.image.internal.tar.EntryType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code java.nio.file} can do on every JDK. It has no calls relative to an open directory, so a path is looked up
 * from the root in each call: safe against anything in an image, but not against another local process that may write
 * to the root at the same time and swaps a directory for a link.
 */
final class NioTree implements Tree {
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_DIRECTORY =
            PosixFilePermissions.asFileAttribute(OWNER_ONLY);
    private static final Set<StandardOpenOption> NEW = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    private static final String USER = "user.";

    private final Path root;

    /**
     * A tree.
     *
     * @param root a directory, not a link
     */
    NioTree(Path root) {
        this.root = root;
    }

    private Path path(String path) {
        return path.isEmpty() ? root : LocalNames.resolve(root, path);
    }

    @Override
    public @Nullable Node stat(String path) throws IOException {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(path(path), BasicFileAttributes.class, NOFOLLOW_LINKS);
            Instant mtime = attributes.lastModifiedTime().toInstant();
            return new Node(type(attributes), mtime.getEpochSecond(), mtime.getNano());
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static NodeType type(BasicFileAttributes attributes) {
        if (attributes.isDirectory()) {
            return NodeType.DIRECTORY;
        }
        if (attributes.isSymbolicLink()) {
            return NodeType.SYMLINK;
        }
        return attributes.isRegularFile() ? NodeType.FILE : NodeType.OTHER;
    }

    @Override
    public String readLink(String path) throws IOException {
        return LocalNames.text(Files.readSymbolicLink(path(path)));
    }

    @Override
    public List<String> children(String directory) throws IOException {
        Path path = path(directory);
        try {
            return list(path);
        } catch (AccessDeniedException e) {
            Files.setPosixFilePermissions(path, OWNER_ONLY);
            return list(path);
        }
    }

    private static List<String> list(Path directory) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
            for (Path child : children) {
                names.add(LocalNames.text(child.getFileName()));
            }
        } catch (DirectoryIteratorException e) {
            throw Objects.requireNonNull(e.getCause());
        }
        return names;
    }

    @Override
    public void makeDirectory(String path) throws IOException {
        Files.createDirectory(path(path), PRIVATE_DIRECTORY);
    }

    @Override
    public Output makeFile(String path) throws IOException {
        SeekableByteChannel channel = Files.newByteChannel(path(path), NEW, PRIVATE_FILE);
        return new Output() {
            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }

    @Override
    public boolean makeSymlink(String path, String target) throws IOException {
        Path spelled = LocalNames.linkTarget(target);
        Files.createSymbolicLink(path(path), spelled);
        return LocalNames.text(spelled).equals(target);
    }

    @Override
    public void makeHardLink(String path, String existing) throws IOException {
        Files.createLink(path(path), path(existing));
    }

    @Override
    public boolean makeSpecial(String path, EntryType type, long major, long minor) {
        return false;
    }

    @Override
    public void remove(String path) throws IOException {
        Files.delete(path(path));
    }

    @Override
    public boolean setOwner(String path, long uid, long gid) throws IOException {
        Path file = path(path);
        try {
            // the system takes 32 bits without sign
            Files.setAttribute(file, "unix:gid", (int) gid, NOFOLLOW_LINKS);
            Files.setAttribute(file, "unix:uid", (int) uid, NOFOLLOW_LINKS);
            return true;
        } catch (NoSuchFileException e) {
            throw e;
        } catch (FileSystemException e) {
            return hasOwner(file, uid, gid);
        }
    }

    private static boolean hasOwner(Path file, long uid, long gid) throws IOException {
        return Files.getAttribute(file, "unix:uid", NOFOLLOW_LINKS).equals((int) uid)
                && Files.getAttribute(file, "unix:gid", NOFOLLOW_LINKS).equals((int) gid);
    }

    @Override
    public void setMode(String path, int mode) throws IOException {
        Files.setAttribute(path(path), "unix:mode", mode, NOFOLLOW_LINKS);
    }

    @Override
    public boolean setTime(String path, long seconds, int nanos) throws IOException {
        // with a fraction, Java sets 1970-01-01 for any time before that
        boolean rounded = seconds < 0 && nanos != 0;
        FileTime time = FileTime.from(Instant.ofEpochSecond(seconds, rounded ? 0 : nanos));
        BasicFileAttributeView view =
                Files.getFileAttributeView(path(path), BasicFileAttributeView.class, NOFOLLOW_LINKS);
        view.setTimes(time, time, null);
        if (rounded) {
            return false;
        }
        // Java rounds the time of links to microseconds before JDK 25, and file systems end in different centuries
        boolean plain = nanos % 1000 == 0 && seconds == (int) seconds;
        return plain || view.readAttributes().lastModifiedTime().equals(time);
    }

    /** Java writes every attribute below {@code user.}, whatever its name says, so no other name may get there. */
    @Override
    public boolean setXattr(String path, String name, byte[] value) throws IOException {
        UserDefinedFileAttributeView view = xattrs(path);
        if (view == null || !name.startsWith(USER)) {
            return false;
        }
        try {
            view.write(name.substring(USER.length()), ByteBuffer.wrap(value));
            return true;
        } catch (NoSuchFileException e) {
            throw e;
        } catch (FileSystemException e) {
            return false;
        }
    }

    @Override
    public void clearXattrs(String path) throws IOException {
        UserDefinedFileAttributeView view = xattrs(path);
        if (view == null) {
            return;
        }
        List<String> names;
        try {
            names = view.list();
        } catch (FileSystemException e) {
            // a file system without extended attributes
            return;
        }
        for (String name : names) {
            view.delete(name);
        }
    }

    private @Nullable UserDefinedFileAttributeView xattrs(String path) {
        return Files.getFileAttributeView(path(path), UserDefinedFileAttributeView.class, NOFOLLOW_LINKS);
    }
}
