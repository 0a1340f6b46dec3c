package dev.davit.image.internal.codec;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Compresses a stream segment by segment, in as many threads as there are cores. Who writes fills segments and sends what
 * comes out of them, in order; helpers compress meanwhile, and when all segments are full, the writer does that, too. What
 * comes out is the same for any number of helpers, because a segment is compressed in the same way wherever that happens.
 *
 * <p>Memory is bounded: a segment and what comes out of it take 0.6 MB, a thread 0.4 MB; there are two segments more than
 * helpers, and one if there is no helper. Both come as they are needed, so a stream of a single segment takes one
 * of each and no thread. For one writer, whose thread alone closes it; then the helpers have ended.
 */
final class DeflateStream {
    private static final int MAX_THREADS = 8;

    private final OutputStream out;
    private final int level;
    private final int maxHelpers;
    private final List<Thread> helpers = new ArrayList<>();
    private final Deflate own;
    private final @Nullable DeflateSegment[] ring;
    private DeflateSegment current = new DeflateSegment();
    private long written;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    // how many segments were filled and begun to be compressed: guarded by the lock
    private long filled;
    private long begun;
    private boolean closed;

    /**
     * Starts a stream.
     *
     * @param out where it goes
     * @param level from 1, the fastest, to 9
     * @param maxHelpers how many threads may be started
     */
    DeflateStream(OutputStream out, int level, int maxHelpers) {
        this.out = out;
        this.level = level;
        this.maxHelpers = maxHelpers;
        this.own = new Deflate(level);
        this.ring = new DeflateSegment[maxHelpers == 0 ? 1 : maxHelpers + 2];
        ring[0] = current;
    }

    /** {@return how many helpers are of use on this machine} */
    static int helpers() {
        return Math.min(Runtime.getRuntime().availableProcessors(), MAX_THREADS) - 1;
    }

    void write(byte[] bytes, int offset, int length) throws IOException {
        for (int done = 0; done < length; ) {
            if (current.isFull()) {
                hand();
                helpMe();
                current = next();
            }
            done += current.fill(bytes, offset + done, length - done);
        }
    }

    private void hand() {
        lock.lock();
        try {
            filled++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void helpMe() {
        if (helpers.size() < maxHelpers) {
            Thread helper = new Thread(this::help, "davit-deflate");
            helper.setDaemon(true);
            helper.start();
            helpers.add(helper);
        }
    }

    private void help() {
        Deflate deflate = new Deflate(level);
        lock.lock();
        try {
            while (!closed) {
                if (!compressOne(deflate)) {
                    changed.awaitUninterruptibly();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** {@return whether there was a segment to be compressed; the lock is held before and after, not meanwhile} */
    private boolean compressOne(Deflate deflate) {
        if (begun == filled) {
            return false;
        }
        DeflateSegment segment = at(begun++);
        Throwable failure = null;
        lock.unlock();
        try {
            deflate.compress(segment);
        } catch (Throwable t) {
            failure = t;
        } finally {
            lock.lock();
            segment.failure = failure;
            segment.compressed = true;
            changed.signalAll();
        }
        return true;
    }

    private DeflateSegment at(long number) {
        int slot = (int) (number % ring.length);
        DeflateSegment segment = ring[slot];
        if (segment == null) {
            segment = new DeflateSegment();
            ring[slot] = segment;
        }
        return segment;
    }

    private DeflateSegment next() throws IOException {
        if (filled - written == ring.length) {
            send();
        }
        DeflateSegment next = at(filled);
        next.follow(current);
        return next;
    }

    /** Sends what came out of the oldest segment. */
    private void send() throws IOException {
        DeflateSegment segment = at(written);
        lock.lock();
        try {
            while (!segment.compressed) {
                if (!compressOne(own)) {
                    changed.awaitUninterruptibly();
                }
            }
        } finally {
            lock.unlock();
        }
        if (segment.failure != null) {
            throw new IllegalStateException("cannot compress", segment.failure);
        }
        out.write(segment.out.buffer, 0, segment.out.at);
        written++;
    }

    /** Ends the stream: sends all that is left. */
    void finish() throws IOException {
        current.last = true;
        hand();
        while (written < filled) {
            send();
        }
    }

    /** Ends the helpers, after the segment that they are at; what was not sent is lost. */
    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        for (Thread helper : helpers) {
            while (helper.isAlive()) {
                try {
                    helper.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
