package dev.davit.image.internal.codec;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.function.Function;

/**
 * A stream whose failures are told from all others: to decode, or to write what was read, are {@code IOException}s too.
 * Counts what it hands out. For one thread.
 */
public final class SourceStream extends FilterInputStream {
    private final Function<IOException, RuntimeException> failure;
    private long count;

    /**
     * Wraps a stream.
     *
     * @param in the stream; closed with this one
     * @param failure makes the exception of a failure to read it
     */
    public SourceStream(InputStream in, Function<IOException, RuntimeException> failure) {
        super(in);
        this.failure = failure;
    }

    /** {@return how many bytes were read so far} */
    long count() {
        return count;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        try {
            int n = in.read(target, offset, length);
            count += Math.max(n, 0);
            return n;
        } catch (IOException e) {
            throw failure.apply(e);
        }
    }
}
