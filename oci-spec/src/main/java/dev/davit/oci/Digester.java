package dev.davit.oci;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** Computes a {@link Digest} over bytes as they pass, and counts them. For one thread. */
public final class Digester {
    private final String algorithm;
    private final MessageDigest hash;
    private long size;
    private @Nullable Digest result;

    Digester(String algorithm) {
        this.algorithm = algorithm;
        this.hash = Digest.messageDigest(algorithm);
    }

    /** {@return a new digester for sha256, the algorithm that every implementation must know} */
    public static Digester sha256() {
        return new Digester("sha256");
    }

    /**
     * Adds bytes.
     *
     * @param bytes the array that holds them
     * @param offset index of the first
     * @param length how many
     * @throws IllegalStateException if the digest was asked for already
     */
    public void update(byte[] bytes, int offset, int length) {
        requireOpen();
        hash.update(bytes, offset, length);
        size += length;
    }

    /**
     * Adds all remaining bytes of a buffer.
     *
     * @param bytes the buffer, whose position moves to its limit
     * @throws IllegalStateException if the digest was asked for already
     */
    public void update(ByteBuffer bytes) {
        requireOpen();
        size += bytes.remaining();
        hash.update(bytes);
    }

    /** {@return how many bytes were added} */
    public long size() {
        return size;
    }

    /** {@return the digest of all bytes that were added; no more can be added then} */
    public Digest digest() {
        if (result == null) {
            result = Digest.of(algorithm, hash.digest());
        }
        return result;
    }

    private void requireOpen() {
        if (result != null) {
            throw new IllegalStateException("bytes are added to a digest that is finished");
        }
    }
}
