package dev.davit.oci.internal;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Digester;
import dev.davit.oci.IntegrityException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.function.LongConsumer;

/**
 * Hands out bytes that are exactly what a descriptor says, or throws before the last of them. Hashing happens here and
 * only here: whoever needs verified bytes calls {@link #of}, which wraps a stream that is not verified yet and returns
 * one that is.
 */
public final class VerifyingInputStream extends FilterInputStream {
    private final Descriptor descriptor;
    private final String where;
    private final Digester digester;
    private boolean verified;
    private LongConsumer progress = bytes -> {};

    private VerifyingInputStream(InputStream in, Descriptor descriptor, String where) {
        super(in);
        this.descriptor = descriptor;
        this.where = where;
        this.digester = descriptor.digest().newDigester();
    }

    /**
     * Makes a stream verify.
     *
     * @param in the stream at its first byte; closed with the result
     * @param descriptor what it should be
     * @param where where it comes from, for messages
     * @return a verifying stream: this one, if it verifies the same content already
     */
    public static VerifyingInputStream of(InputStream in, Descriptor descriptor, String where) {
        if (in instanceof VerifyingInputStream v
                && v.digester.size() == 0
                && v.descriptor.digest().equals(descriptor.digest())
                && v.descriptor.size() == descriptor.size()) {
            return v;
        }
        return new VerifyingInputStream(in, descriptor, where);
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
        if (verified) {
            return -1;
        }
        if (length == 0) {
            return 0;
        }
        long missing = descriptor.size() - digester.size();
        int n = missing == 0 ? 0 : in.read(target, offset, (int) Math.min(length, missing));
        if (n < 0) {
            throw new IntegrityException(what(), bytes(descriptor.size()), bytes(digester.size()));
        }
        digester.update(target, offset, n);
        if (n == missing) {
            verify();
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
            if (got < 0) {
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
    public boolean markSupported() {
        return false;
    }
}
