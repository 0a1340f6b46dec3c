package dev.davit.oci.internal;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Digester;
import dev.davit.oci.IntegrityException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands out bytes that are exactly what a descriptor says, or throws before the last of them: once it has thrown, it
 * does so again, so that no reader that tries once more takes wrong content for whole. Hashing happens here and only
 * here: whoever needs verified bytes calls {@link #of}, which wraps a stream that is not verified yet and returns one
 * that is. For one thread.
 */
public final class VerifyingInputStream extends InputStream {
    private final InputStream in;
    private final Descriptor descriptor;
    private final String where;
    private final Digester digester;
    private boolean verified;
    private @Nullable Exception failure;
    private LongConsumer progress = bytes -> {};

    private VerifyingInputStream(InputStream in, Descriptor descriptor, String where, Digester digester) {
        this.in = in;
        this.descriptor = descriptor;
        this.where = where;
        this.digester = digester;
    }

    /**
     * Makes a stream verify together with what was read before.
     *
     * @param rest the stream behind that; closed with the result
     * @param descriptor what all of it should be
     * @param where where it comes from, for messages
     * @param digester has seen what was read before
     * @return a verifying stream
     */
    public static VerifyingInputStream goingOn(
            InputStream rest, Descriptor descriptor, String where, Digester digester) {
        return new VerifyingInputStream(rest, descriptor, where, digester);
    }

    /**
     * Makes a stream verify.
     *
     * @param in the stream at its first byte; closed with the result
     * @param descriptor what it should be
     * @param where where it comes from, for messages
     * @return a verifying stream: this one, if it verifies the same content already
     * @throws IntegrityException if the digest is of an algorithm that cannot be verified; the stream is closed then
     */
    public static VerifyingInputStream of(InputStream in, Descriptor descriptor, String where) {
        if (in instanceof VerifyingInputStream v
                && v.digester.size() == 0
                && v.descriptor.digest().equals(descriptor.digest())
                && v.descriptor.size() == descriptor.size()) {
            return v;
        }
        try {
            return new VerifyingInputStream(
                    in, descriptor, where, descriptor.digest().newDigester());
        } catch (IntegrityException e) {
            try {
                in.close();
            } catch (IOException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
    }

    /**
     * Reports how many bytes were handed out so far, after each read.
     *
     * @param consumer gets the number
     * @return this stream
     */
    public VerifyingInputStream onProgress(LongConsumer consumer) {
        this.progress = consumer;
        return this;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (failure instanceof IOException e) {
            throw e;
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (verified) {
            return -1;
        }
        long missing = descriptor.size() - digester.size();
        int n = missing == 0 ? 0 : in.read(target, offset, (int) Math.min(length, missing));
        try {
            if (n < 0) {
                throw new IntegrityException(what(), bytes(descriptor.size()), bytes(digester.size()));
            }
            digester.update(target, offset, n);
            if (n == missing) {
                verify();
            }
        } catch (IOException | RuntimeException e) {
            failure = e;
            throw e;
        }
        progress.accept(digester.size());
        return verified && n == 0 ? -1 : n;
    }

    private void verify() throws IOException {
        if (in.read() >= 0) {
            throw new IntegrityException(what(), bytes(descriptor.size()), "more");
        }
        Digest actual = digester.digest();
        if (!actual.equals(descriptor.digest())) {
            throw new IntegrityException(what(), descriptor.digest().toString(), actual.toString());
        }
        verified = true;
    }

    private String what() {
        return descriptor.mediaType() + " " + descriptor.digest() + " from " + where;
    }

    private static String bytes(long n) {
        return n + " bytes";
    }

    /** Bytes that are skipped must be hashed too. */
    @Override
    public long skip(long n) throws IOException {
        byte[] buffer = new byte[(int) Math.max(0, Math.min(n, 8192))];
        long skipped = 0;
        while (skipped < n) {
            int got = read(buffer, 0, (int) Math.min(buffer.length, n - skipped));
            if (got <= 0) {
                break;
            }
            skipped += got;
        }
        return skipped;
    }

    @Override
    public int available() throws IOException {
        return verified ? 0 : (int) Math.min(in.available(), descriptor.size() - digester.size());
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
