package dev.davit.oci.internal;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import dev.davit.oci.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/**
 * A file in the making: it gets its name when it is whole, in one step, or it is gone. Everything that fails is a {@link
 * StorageException}. For one thread.
 */
public final class PartialFile implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private final boolean durable;
    private boolean published;

    private PartialFile(Path file, FileChannel channel, boolean durable) {
        this.file = file;
        this.channel = channel;
        this.durable = durable;
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
            createDirectories(directory, durable);
            FileChannel channel = FileChannel.open(
                    file,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, NOFOLLOW_LINKS),
                    readableByAll(directory));
            return new PartialFile(file, channel, durable);
        } catch (IOException e) {
            throw new StorageException("write to", directory, e);
        }
    }

    /** As far as the process's own mask allows. */
    private static FileAttribute<?>[] readableByAll(Path directory) {
        return directory.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--"))
                }
                : new FileAttribute<?>[0];
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
     * Gives the file its name; what had the name is replaced. The file is synced first and its directory after, so that
     * a crash leaves the whole file or none.
     *
     * @return the attributes of the file under its name
     */
    public BasicFileAttributes publish(Path target) {
        try {
            Path directory = Objects.requireNonNull(target.getParent());
            if (durable) {
                channel.force(true);
            }
            channel.close();
            createDirectories(directory, durable);
            Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
            published = true;
            if (durable) {
                syncDirectory(directory);
            }
            return Files.readAttributes(target, BasicFileAttributes.class, NOFOLLOW_LINKS);
        } catch (IOException e) {
            throw new StorageException("write", target, e);
        }
    }

    /** Deletes the file unless it was published. */
    @Override
    public void close() {
        try {
            try (channel) {
                if (!published) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw new StorageException("delete", file, e);
        }
    }

    /** A new directory is an entry of its parent, which has to be synced just as that of a file. */
    private static void createDirectories(Path directory, boolean durable) throws IOException {
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

    static void syncDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
