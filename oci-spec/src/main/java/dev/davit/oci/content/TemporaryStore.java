package dev.davit.oci.content;

import dev.davit.oci.Descriptor;
import dev.davit.oci.StorageException;
import dev.davit.oci.internal.BlobDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A {@link LocalStore} in a private folder that is deleted on {@link #close}, and not meant to outlive a crash: nothing is
 * synced. Safe to share between threads.
 *
 * <p>Using the store after it was closed is an {@link IllegalStateException}.
 */
public final class TemporaryStore implements LocalStore, AutoCloseable {
    private final Path folder;
    private final BlobDirectory blobs;
    private volatile boolean closed;

    TemporaryStore() {
        Path base = Path.of(System.getProperty("java.io.tmpdir"));
        try {
            this.folder = Files.createTempDirectory(base, "davit-");
        } catch (IOException e) {
            throw new StorageException("create a folder in", base, e);
        }
        this.blobs = BlobDirectory.temporaryAt(folder);
    }

    @Override
    public Blob blob(Descriptor descriptor) {
        return open().blob(descriptor);
    }

    @Override
    public Outcome put(Blob blob) {
        return open().put(blob);
    }

    @Override
    public BlobWriter newBlob() {
        return open().newBlob();
    }

    /**
     * Deletes the store with everything in it; doing so again has no effect.
     *
     * @throws StorageException if something cannot be deleted
     */
    @Override
    public void close() {
        closed = true;
        blobs.deleteFolder();
    }

    private BlobDirectory open() {
        if (closed) {
            throw new IllegalStateException(this + " is closed");
        }
        return blobs;
    }

    /** {@return where the store is} */
    @Override
    public String toString() {
        return "temporary store " + folder;
    }
}
