package dev.davit.image.internal;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * A stream that shows its next bytes where they lie, so that whoever only passes them on need not copy them. Can be read
 * like any other, too. For one thread.
 */
public abstract class ViewStream extends InputStream {
    /**
     * Makes sure that there is something to be seen. What was seen before is not valid any more if all of it was taken.
     *
     * @return false at the end
     */
    public abstract boolean fill() throws IOException;

    /** {@return where the bytes lie, from {@link #from} to {@link #to}; nobody may change them} */
    public abstract byte[] bytes();

    /** {@return index of the next byte} */
    public abstract int from();

    /** {@return index behind the last byte that can be seen} */
    public abstract int to();

    /** Moves on; what was taken stays where it is until the next {@link #fill}. */
    public abstract void take(int n);

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
        if (!fill()) {
            return -1;
        }
        int n = Math.min(length, to() - from());
        System.arraycopy(bytes(), from(), target, offset, n);
        take(n);
        return n;
    }

    /** Skips what can be seen, and reads nothing for it. */
    @Override
    public long skip(long n) throws IOException {
        int seen = (int) Math.min(Math.max(n, 0), to() - from());
        take(seen);
        return seen;
    }

    /** {@return a stream as such a one: itself if it is, or else with a buffer} */
    public static ViewStream of(InputStream in) {
        return in instanceof ViewStream view ? view : new Buffered(in);
    }

    private static final class Buffered extends ViewStream {
        private final InputStream in;
        private final byte[] buffer = new byte[64 * 1024];
        private int from;
        private int to;

        Buffered(InputStream in) {
            this.in = in;
        }

        @Override
        public boolean fill() throws IOException {
            if (from < to) {
                return true;
            }
            from = 0;
            to = Math.max(0, in.read(buffer, 0, buffer.length));
            return to > 0;
        }

        @Override
        public byte[] bytes() {
            return buffer;
        }

        @Override
        public int from() {
            return from;
        }

        @Override
        public int to() {
            return to;
        }

        @Override
        public void take(int n) {
            from += n;
        }

        /** A large read goes past the buffer. */
        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return from == to && length >= buffer.length
                    ? in.read(target, offset, length)
                    : super.read(target, offset, length);
        }

        /** A file need not be read for that. */
        @Override
        public long skip(long n) throws IOException {
            return from == to ? in.skip(n) : super.skip(n);
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
