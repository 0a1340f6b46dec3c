package dev.davit.cri.internal.stream;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what has arrived until somebody reads it. It holds some bytes only: when they are too many, the sender waits. One
 * thread reads.
 */
public final class Pipe implements Sink {
    private static final int CAPACITY = 128 << 10;

    private byte[] ring = new byte[4 << 10];
    private int first;
    private int size;
    private boolean ended;
    private boolean closed;
    private @Nullable IOException failure;

    /** Creates an empty pipe. */
    public Pipe() {}

    @Override
    public synchronized void data(byte[] bytes, int offset, int length) throws IOException {
        int done = 0;
        while (done < length && awaitSpace()) {
            int piece = Math.min(length - done, CAPACITY - size);
            grow(size + piece);
            int at = (first + size) % ring.length;
            int straight = Math.min(piece, ring.length - at);
            System.arraycopy(bytes, offset + done, ring, at, straight);
            System.arraycopy(bytes, offset + done + straight, ring, 0, piece - straight);
            size += piece;
            done += piece;
            notifyAll();
        }
    }

    private void grow(int wanted) {
        if (wanted <= ring.length) {
            return;
        }
        byte[] larger = new byte[wanted * 2 < CAPACITY ? wanted * 2 : CAPACITY];
        int straight = Math.min(size, ring.length - first);
        System.arraycopy(ring, first, larger, 0, straight);
        System.arraycopy(ring, 0, larger, straight, size - straight);
        ring = larger;
        first = 0;
    }

    @Override
    public synchronized void end(@Nullable IOException why) {
        ended = true;
        failure = why;
        notifyAll();
    }

    /**
     * Reads what there is, or waits for something.
     *
     * @return how many bytes; -1 after the end
     * @throws InterruptedException if the wait is interrupted
     * @throws IOException if the end is not as it should be
     */
    public synchronized int read(byte[] bytes, int offset, int length) throws IOException, InterruptedException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        while (size == 0 && !ended && !closed) {
            wait();
        }
        if (size == 0) {
            if (failure != null && !closed) {
                throw failure;
            }
            return -1;
        }
        int piece = Math.min(length, size);
        int straight = Math.min(piece, ring.length - first);
        System.arraycopy(ring, first, bytes, offset, straight);
        System.arraycopy(ring, 0, bytes, offset + straight, piece - straight);
        first = (first + piece) % ring.length;
        size -= piece;
        notifyAll();
        return piece;
    }

    /** {@return how many bytes can be read without waiting} */
    public synchronized int available() {
        return size;
    }

    /** Waits until something fits in, and says whether anybody still wants it. */
    private boolean awaitSpace() throws IOException {
        try {
            while (size == CAPACITY && !closed) {
                wait();
            }
            return !closed;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while it waited for a reader", e);
        }
    }

    /** Drops what is in it and what still comes, so that nobody has to wait for a reader any more. */
    public synchronized void close() {
        closed = true;
        size = 0;
        notifyAll();
    }
}
