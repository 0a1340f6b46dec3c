package dev.davit.testkit.internal;

import dev.davit.oci.Digest;
import dev.davit.oci.Digester;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A blob on its way in, over one request or many.
 *
 * <p>What has arrived counts, also if the connection broke in the middle of a request: a client may ask how far it got
 * and go on from there. One request at a time writes to it; the others wait.
 */
final class Upload {
    private static final int BUFFER = 64 * 1024;
    private static final int WAIT_SECONDS = 10;

    private final String id;
    private final String repository;
    private final Path file;
    private final Digester digester = Digester.sha256();
    private final ReentrantLock writer = new ReentrantLock();
    private volatile long size;
    private boolean ended;

    /**
     * @param file an empty file, which the upload deletes if it does not become a blob
     */
    Upload(String id, String repository, Path file) {
        this.id = id;
        this.repository = repository;
        this.file = file;
    }

    String id() {
        return id;
    }

    String repository() {
        return repository;
    }

    /** Returns how many bytes have arrived. */
    long size() {
        return size;
    }

    /** What one request does to an upload. */
    interface Step<T> {
        T run() throws IOException;
    }

    /** Runs a step while no other request touches the upload. */
    <T> T exclusively(Step<T> step) throws IOException {
        boolean locked;
        try {
            locked = writer.tryLock(WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the registry is being closed", e);
        }
        if (!locked) {
            throw ApiError.of(409, "BLOB_UPLOAD_INVALID", "another request is still writing to this upload");
        }
        try {
            if (ended) {
                throw Uploads.unknown(id);
            }
            return step.run();
        } finally {
            writer.unlock();
        }
    }

    /** Adds all bytes of the stream. */
    void append(InputStream in) throws IOException {
        byte[] buffer = new byte[BUFFER];
        long total = size; // this thread is the only one that writes
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.APPEND)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                out.write(buffer, 0, count);
                digester.update(buffer, 0, count);
                total += count;
                size = total;
            }
        }
    }

    /**
     * Makes the upload a blob. It is over then, also if it fails.
     *
     * @throws ApiError if its bytes have another digest
     */
    void finish(Digest expected, Repositories repositories) throws IOException {
        try {
            Digest actual = expected.algorithm().equals("sha256") ? digester.digest() : rehash(expected);
            if (!actual.equals(expected)) {
                throw ApiError.digestInvalid(
                        "the upload of " + size + " bytes was to have digest " + expected + ", but has " + actual);
            }
            repositories.addBlob(repository, file, expected, size);
        } finally {
            discard();
        }
    }

    /** Only at the end does a client say that it wants another algorithm than the usual one. */
    private Digest rehash(Digest expected) throws IOException {
        Digester other = expected.newDigester();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                other.update(buffer, 0, count);
            }
        }
        return other.digest();
    }

    /** Ends the upload and drops what it holds. */
    void discard() throws IOException {
        ended = true;
        Files.deleteIfExists(file);
    }
}
