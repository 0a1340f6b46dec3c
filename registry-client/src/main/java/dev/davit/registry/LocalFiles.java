package dev.davit.registry;

import dev.davit.oci.MalformedContentException;
import dev.davit.oci.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Small files with settings, certificates and keys. */
final class LocalFiles {
    private static final int LIMIT = 4 * 1024 * 1024;

    private LocalFiles() {}

    /**
     * Reads a file.
     *
     * @return its bytes, or nothing if there is no such file
     * @throws StorageException if it is there, but cannot be read
     * @throws MalformedContentException if it is too large
     */
    static Optional<byte[]> readIfThere(Path file) {
        if (Files.notExists(file)) {
            return Optional.empty();
        }
        return Optional.of(read(file));
    }

    /** Reads a file that must be there. */
    static byte[] read(Path file) {
        // a pipe would keep us waiting
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new StorageException("read", file, "it is no regular file", null);
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LIMIT + 1);
            if (bytes.length > LIMIT) {
                throw new MalformedContentException(file + ": expected at most " + LIMIT + " bytes, got more");
            }
            return bytes;
        } catch (IOException e) {
            throw new StorageException("read", file, e);
        }
    }

    /** {@return what is directly in a folder, sorted by name; nothing if there is no such folder} */
    static List<Path> list(Path folder) {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder)) {
            found.forEach(entries::add);
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (IOException e) {
            throw new StorageException("list", folder, e);
        }
        Collections.sort(entries);
        return entries;
    }

    static boolean isFile(Path file) {
        return Files.isRegularFile(file);
    }

    /**
     * Writes a file that only its owner may read, all of it or nothing; through a link, to where it leads.
     *
     * @throws StorageException if that fails
     */
    static void writePrivately(Path file, byte[] bytes) {
        try {
            Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
            Path folder = target.getParent();
            if (folder == null) {
                throw new FileSystemException(file.toString(), null, "it is no file");
            }
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder, ownersAlone(folder, "rwx------"));
            }
            Path draft = Files.createTempFile(folder, ".davit-", ".tmp", ownersAlone(folder, "rw-------"));
            try {
                try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
                    ByteBuffer rest = ByteBuffer.wrap(bytes);
                    while (rest.hasRemaining()) {
                        channel.write(rest);
                    }
                    channel.force(true);
                }
                Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(draft);
            }
        } catch (IOException e) {
            throw new StorageException("write", file, e);
        }
    }

    private static FileAttribute<?>[] ownersAlone(Path near, String mode) {
        boolean posix = near.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))}
                : new FileAttribute<?>[0];
    }
}
