package dev.davit.image.internal.unpack;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import dev.davit.image.internal.LocalNames;
import dev.davit.image.internal.tar.EntryType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
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
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final Set<StandardOpenOption> NEW = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

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
            Map<String, Object> a = Files.readAttributes(path(path), "unix:mode,lastModifiedTime", NOFOLLOW_LINKS);
            Instant mtime = ((FileTime) Objects.requireNonNull(a.get("lastModifiedTime"))).toInstant();
            return Node.of((int) Objects.requireNonNull(a.get("mode")), mtime.getEpochSecond(), mtime.getNano());
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    @Override
    public String readLink(String path) throws IOException {
        return LocalNames.text(Files.readSymbolicLink(path(path)));
    }

    @Override
    public List<String> children(String directory) throws IOException {
        return LocalNames.children(path(directory));
    }

    @Override
    public void makeDirectory(String path) throws IOException {
        Files.createDirectory(path(path), PRIVATE_DIRECTORY);
    }

    @Override
    public Output makeFile(String path, long uid, long gid, int mode) throws IOException {
        Path file = path(path);
        return new File(file, Files.newByteChannel(file, NEW, PRIVATE_FILE));
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
    public Handle open(String path, NodeType expected) {
        return new NioHandle(path(path));
    }

    @Override
    public void remove(String path, boolean directory) throws IOException {
        Files.delete(path(path));
    }

    @Override
    public void close() {
        // nothing is held open
    }

    private static final class File extends NioHandle implements Output {
        private final SeekableByteChannel channel;
        private boolean endsWithHole;

        File(Path file, SeekableByteChannel channel) {
            super(file);
            this.channel = channel;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            endsWithHole &= length == 0;
        }

        @Override
        public void skip(long length) throws IOException {
            channel.position(channel.position() + length);
            endsWithHole |= length > 0;
        }

        /** Java cannot make a file longer without writing, so the last byte of a hole at the end is written. */
        @Override
        public void finish() throws IOException {
            if (endsWithHole) {
                channel.position(channel.position() - 1);
                write(new byte[1], 0, 1);
            }
            channel.close();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
