package dev.davit.oci.internal;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import dev.davit.oci.Digester;
import dev.davit.oci.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A file in the making: it gets its name when it is whole, in one step, or it is gone. Everything that fails is a {@link
 * StorageException}. For one thread.
 */
public final class PartialFile implements AutoCloseable {
    private static final int BUFFER = 128 * 1024;
    private static final long WORTH_KEEPING = 1024 * 1024;
    /** What this process goes on with: the system's locks are those of a process, and closing any channel gives them up. */
    private static final Set<Path> BUSY = ConcurrentHashMap.newKeySet();

    private static final Set<OpenOption> NEW =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, NOFOLLOW_LINKS);
    private static final Set<OpenOption> NEW_TO_READ =
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE, NOFOLLOW_LINKS);
    private static final Set<OpenOption> OLD =
            Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, NOFOLLOW_LINKS);
    /** As far as the process's own mask allows. */
    private static final FileAttribute<?> READABLE_BY_ALL =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--"));

    private final Path file;
    private final FileChannel channel;
    private final boolean durable;
    private final boolean kept;
    private boolean published;
    private boolean worthless;

    private PartialFile(Path file, FileChannel channel, boolean durable, boolean kept) {
        this.file = file;
        this.channel = channel;
        this.durable = durable;
        this.kept = kept;
    }

    /**
     * Starts a file under a name that nobody else has.
     *
     * @param directory where it is made, in the same file system as its final place; made if it is missing
     * @param durable whether it must outlive a crash of the machine once it is published
     */
    public static PartialFile in(Path directory, boolean durable) {
        Path file = directory.resolve(UUID.randomUUID() + ".partial");
        try {
            return new PartialFile(file, inFolder(directory, durable, () -> open(file, NEW)), durable, false);
        } catch (IOException e) {
            throw new StorageException("write to", directory, e);
        }
    }

    /** Something in a folder that is there, nearly always: it is not looked for first. */
    private interface Step<T> {
        T run() throws IOException;
    }

    private static <T> T inFolder(Path directory, boolean durable, Step<T> step) throws IOException {
        try {
            return step.run();
        } catch (NoSuchFileException e) {
            createDirectories(directory, durable);
            return step.run();
        }
    }

    private static FileChannel open(Path file, Set<OpenOption> options) throws IOException {
        boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix ? FileChannel.open(file, options, READABLE_BY_ALL) : FileChannel.open(file, options);
    }

    /**
     * Starts a file that stays if it is not published, or goes on with it. Nobody else can do that at the same time.
     *
     * @param directory where it is made, in the same file system as its final place; made if it is missing
     * @param name of what it will be
     * @return the file, behind what it has already; empty if somebody else is at it
     */
    public static Optional<PartialFile> goingOn(Path directory, String name) {
        Path file = directory.resolve(name + ".partial");
        if (!BUSY.add(file.toAbsolutePath())) {
            return Optional.empty();
        }
        PartialFile locked = null;
        try {
            createDirectories(directory, true);
            locked = locked(file);
            return Optional.ofNullable(locked);
        } catch (IOException e) {
            throw new StorageException("write to", directory, e);
        } finally {
            if (locked == null) {
                BUSY.remove(file.toAbsolutePath());
            }
        }
    }

    private static @Nullable PartialFile locked(Path file) throws IOException {
        Object before = key(file);
        FileChannel channel;
        try {
            channel = open(file, before == null ? NEW_TO_READ : OLD);
        } catch (NoSuchFileException | FileAlreadyExistsException e) {
            return null;
        }
        // one that was published or deleted between the two looks is no longer ours to write to
        if (!isLocked(channel) || (before != null && !before.equals(key(file)))) {
            channel.close();
            return null;
        }
        return new PartialFile(file, channel, true, true);
    }

    /** Not every file system knows locks. */
    private static boolean isLocked(FileChannel channel) {
        try {
            return channel.tryLock() != null;
        } catch (IOException | OverlappingFileLockException e) {
            return false;
        }
    }

    private static @Nullable Object key(Path file) throws IOException {
        try {
            return Files.readAttributes(file, BasicFileAttributes.class, NOFOLLOW_LINKS)
                    .fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** Reads what it has already, after which more can be added. */
    public void read(Digester into) {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        try {
            while (channel.read(buffer) >= 0) {
                into.update(buffer.flip());
                buffer.clear();
            }
        } catch (IOException e) {
            throw new StorageException("read", file, e);
        }
    }

    /** {@return how many bytes it has} */
    public long size() {
        try {
            return channel.size();
        } catch (IOException e) {
            throw new StorageException("look at", file, e);
        }
    }

    /** Says that what it has is good for nothing. */
    public void discard() {
        worthless = true;
    }

    /** Adds bytes at the end. */
    public void write(byte[] bytes, int offset, int length) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        } catch (IOException e) {
            throw new StorageException("write", file, e);
        }
    }

    /**
     * Gives the file its name; what had the name is replaced. The file is synced first, so that a crash leaves the whole
     * file or none; which of the two is only certain after {@link #syncDirectory}, which may serve many files at once.
     *
     * @return the attributes of the file under its name
     */
    public BasicFileAttributes publish(Path target) {
        try {
            Path directory = Objects.requireNonNull(target.getParent());
            if (durable) {
                channel.force(true);
            }
            inFolder(directory, durable, () -> Files.move(file, target, StandardCopyOption.ATOMIC_MOVE));
            published = true;
            // not before: as long as it is open, nobody else goes on with it
            channel.close();
            return Files.readAttributes(target, BasicFileAttributes.class, NOFOLLOW_LINKS);
        } catch (IOException e) {
            throw new StorageException("write", target, e);
        }
    }

    /**
     * Gives the file its name unless something has the name. Not every file system can do that.
     *
     * @return whether it was possible
     */
    public boolean publishUnlessThere(Path target) {
        try {
            if (durable) {
                channel.force(true);
            }
            Files.createLink(target, file);
            return true;
        } catch (FileAlreadyExistsException e) {
            return true;
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** Deletes the file unless it was published, or somebody can go on with it. */
    @Override
    public void close() {
        try {
            try (channel) {
                if (!published && !isKept()) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw new StorageException("delete", file, e);
        } finally {
            BUSY.remove(file.toAbsolutePath());
        }
    }

    private boolean isKept() throws IOException {
        return kept && !worthless && Files.exists(file) && Files.size(file) >= WORTH_KEEPING;
    }

    /**
     * Makes a directory, and those around it, where there is none.
     *
     * @param directory which one
     * @param durable whether it must outlive a crash of the machine: it is an entry of its parent, which is synced as for
     *     a file
     */
    public static void createDirectories(Path directory, boolean durable) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        Path parent = directory.toAbsolutePath().getParent();
        if (parent != null) {
            createDirectories(parent, durable);
        }
        try {
            Files.createDirectory(directory);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
        if (parent != null && durable) {
            syncDirectory(parent);
        }
    }

    /** Makes the names of files in a directory outlive a crash of the machine. */
    public static void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
