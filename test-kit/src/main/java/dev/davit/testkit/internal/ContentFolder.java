package dev.davit.testkit.internal;

import dev.davit.oci.Digest;
import dev.davit.oci.StorageException;
import dev.davit.oci.internal.FolderTree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The bytes of a registry as files named by their digests, in the form of an OCI image layout. Knows nothing of
 * repositories.
 *
 * <p>Uploads lie beside the finished files until they are renamed, so that what has a digest as its name is complete.
 * Nothing is synced to the disk: this is for tests. Thread-safe.
 */
final class ContentFolder implements AutoCloseable {
    private final Path root;
    private final Path uploads;
    private final boolean temporary;
    private final FileChannel lockFile;

    private ContentFolder(Path root, boolean temporary) throws IOException {
        this.root = root;
        this.uploads = root.resolve(".uploads");
        this.temporary = temporary;
        Files.createDirectories(root);
        this.lockFile = lock(root.resolve(".lock"));
        FolderTree.delete(uploads); // left behind by a registry that was killed
        Files.createDirectories(uploads);
    }

    /** Opens a new folder that {@link #close} deletes. */
    static ContentFolder temporary() throws IOException {
        return new ContentFolder(Files.createTempDirectory("davit-registry-"), true);
    }

    /** Opens a folder that stays; creates it if it is absent. */
    static ContentFolder at(Path folder) throws IOException {
        return new ContentFolder(folder, false);
    }

    private static FileChannel lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            channel.close();
            throw new FileAlreadyExistsException(file.toString(), null, "another registry uses this folder");
        }
        return channel; // holds the lock until it is closed
    }

    boolean isTemporary() {
        return temporary;
    }

    Path root() {
        return root;
    }

    /** Returns where the bytes of a digest are, if they are there. */
    Path path(Digest digest) {
        return root.resolve("blobs").resolve(digest.algorithm()).resolve(digest.encoded());
    }

    /** Creates an empty file for bytes that are on their way. */
    Path newUpload() throws IOException {
        return Files.createTempFile(uploads, "", "");
    }

    /** Gives verified bytes their name. Bytes that are there already are replaced by the same bytes. */
    void adopt(Path upload, Digest digest) throws IOException {
        Path target = path(digest);
        Files.createDirectories(target.getParent());
        Files.move(upload, target, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Writes a small file at once: it is there whole or as it was before. */
    void write(Path target, byte[] content) throws IOException {
        Path upload = newUpload();
        try {
            Files.write(upload, content);
            Files.createDirectories(target.getParent());
            Files.move(upload, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(upload);
        }
    }

    /** Reads a file of which the size is known to be small. */
    byte[] read(Digest digest) throws IOException {
        try (InputStream in = Files.newInputStream(path(digest))) {
            return in.readAllBytes();
        }
    }

    void delete(Digest digest) throws IOException {
        Files.deleteIfExists(path(digest));
    }

    @Override
    public void close() {
        try {
            FolderTree.delete(uploads);
            lockFile.close();
            if (temporary) {
                FolderTree.delete(root);
            }
        } catch (IOException e) {
            throw new StorageException("delete", root, e);
        }
    }
}
