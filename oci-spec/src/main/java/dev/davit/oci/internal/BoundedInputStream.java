package dev.davit.oci.internal;

import java.io.IOException;
import java.io.InputStream;

/** Ends after a given number of bytes, or earlier with the stream behind it. */
public final class BoundedInputStream extends InputStream {
    private final InputStream in;
    private long left;

    /**
     * Bounds a stream.
     *
     * @param in the stream; closed with this one
     * @param limit how many bytes at most
     */
    public BoundedInputStream(InputStream in, long limit) {
        this.in = in;
        this.left = limit;
    }

    @Override
    public int read() throws IOException {
        if (left <= 0) {
            return -1;
        }
        int b = in.read();
        left -= b < 0 ? 0 : 1;
        return b;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (left <= 0 && length > 0) {
            return -1;
        }
        int n = in.read(target, offset, (int) Math.min(length, Math.max(left, 0)));
        left -= Math.max(n, 0);
        return n;
    }

    @Override
    public long skip(long n) throws IOException {
        long skipped = in.skip(Math.max(0, Math.min(n, left)));
        left -= skipped;
        return skipped;
    }

    @Override
    public int available() throws IOException {
        return (int) Math.min(in.available(), Math.max(left, 0));
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** Refuses a range that is none. */
    public static void requireRange(long from, long length) {
        if (from < 0 || length < 0) {
            throw new IllegalArgumentException("range: expected no negative numbers, got " + from + " and " + length);
        }
    }
}
