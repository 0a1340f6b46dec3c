package dev.davit.oci.content;

import dev.davit.oci.Descriptor;
import dev.davit.oci.StorageException;
import dev.davit.oci.internal.BlobDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A {@link LocalStore} in a private folder that is deleted on {@link #close}. Safe to share between threads. */
public final class TemporaryStore implements LocalStore, AutoCloseable {
    private final Path folder;
    private final BlobDirectory blobs;

    TemporaryStore() {
        Path base = Path.of(System.getProperty("java.io.tmpdir"));
        try {
            this.folder = Files.createTempDirectory(base, "davit-");
        } catch (IOException e) {
            throw new StorageException("create a folder in", base, e);
        }
        this.blobs = BlobDirectory.at(folder);
    }

    @Override
    public Blob blob(Descriptor descriptor) {
        return blobs.blob(descriptor);
    }

    @Override
    public Outcome put(Blob blob) {
        return blobs.put(blob);
    }

    @Override
    public BlobWriter newBlob() {
        return blobs.newBlob();
    }

    /**
     * Deletes the store with everything in it; doing so again has no effect.
     *
     * @throws StorageException if something cannot be deleted
     */
    @Override
    public void close() {
        blobs.deleteFolder();
    }

    /** {@return where the store is} */
    @Override
    public String toString() {
        return "temporary store " + folder;
    }
}
