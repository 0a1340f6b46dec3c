package dev.davit.image.internal.codec;

import dev.davit.oci.Digester;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Decodes in a thread of its own, a few chunks ahead of its reader, so that two cores work at one layer. What came out is
 * hashed by whichever side would have to wait otherwise: by the decoder when all chunks are full, by the reader when all
 * are empty. A chunk is used again when it was both read and hashed.
 *
 * <p>Failures come out where they would without that: behind all bytes before them. For one reader, whose thread alone
 * closes it; then the other thread has ended.
 */
final class DecodeAhead extends InputStream {
    private static final int CHUNK = 128 * 1024;
    private static final int CHUNKS = 8;
    /** How long a source may take to notice an interrupt, before it is closed while it is read. */
    private static final long PATIENCE_MILLIS = 1000;

    private final InputStream in;
    private final Digester digester;
    private final LongConsumer check;
    private final byte[][] chunks = new byte[CHUNKS][CHUNK];
    private final int[] lengths = new int[CHUNKS];
    private final Thread decoder = new Thread(this::decode, "davit-decode");

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // how many chunks were decoded, read and hashed: guarded by the lock
    private long decoded;
    private long read;
    private long hashed;
    private boolean hashing;
    private boolean ended;
    private boolean closed;
    private @Nullable Throwable failure;

    /** How much of the chunk was handed out; of the reader alone. */
    private int taken;

    /**
     * Starts to decode.
     *
     * @param in what decodes; closed with this stream
     * @param digester gets all that comes out
     * @param check is told how much has come out, and throws if that is too much
     */
    DecodeAhead(InputStream in, Digester digester, LongConsumer check) {
        this.in = in;
        this.digester = digester;
        this.check = check;
        decoder.setDaemon(true);
        decoder.start();
    }

    private void decode() {
        Throwable thrown = null;
        int have = 0;
        try {
            long bytes = 0;
            for (boolean more = true; more && awaitRoom(); ) {
                byte[] chunk = chunks[(int) (decoded % CHUNKS)];
                have = 0;
                while (more && have < chunk.length) {
                    int n = in.read(chunk, have, chunk.length - have);
                    more = n >= 0;
                    have += Math.max(n, 0);
                }
                int whole = have;
                have = 0;
                bytes += whole;
                check.accept(bytes);
                hand(whole);
            }
        } catch (Throwable t) {
            thrown = t;
        }
        end(have, thrown);
    }

    /** What came before a failure is handed over, too. */
    private void end(int bytes, @Nullable Throwable thrown) {
        hand(bytes);
        lock.lock();
        try {
            failure = thrown;
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** {@return false if nobody wants more} */
    private boolean awaitRoom() throws InterruptedException {
        lock.lock();
        try {
            while (!closed && decoded - Math.min(read, hashed) == CHUNKS) {
                if (!hashOne()) {
                    changed.await();
                }
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    private void hand(int bytes) {
        if (bytes == 0) {
            return;
        }
        lock.lock();
        try {
            lengths[(int) (decoded % CHUNKS)] = bytes;
            decoded++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** {@return whether there was a chunk to be hashed; the lock is held before and after, not meanwhile} */
    private boolean hashOne() {
        if (hashing || hashed == decoded) {
            return false;
        }
        int chunk = (int) (hashed % CHUNKS);
        hashing = true;
        lock.unlock();
        try {
            digester.update(chunks[chunk], 0, lengths[chunk]);
        } finally {
            lock.lock();
            hashing = false;
            hashed++;
            changed.signalAll();
        }
        return true;
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
        if (taken == 0 && !awaitChunk()) {
            return -1;
        }
        int chunk = (int) (read % CHUNKS);
        int n = Math.min(length, lengths[chunk] - taken);
        System.arraycopy(chunks[chunk], taken, target, offset, n);
        taken += n;
        if (taken == lengths[chunk]) {
            release();
        }
        return n;
    }

    private void release() {
        taken = 0;
        lock.lock();
        try {
            read++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** {@return false at the end, where all is hashed} */
    private boolean awaitChunk() throws IOException {
        try {
            lock.lockInterruptibly();
            try {
                while (read == decoded) {
                    if (ended && hashed == decoded) {
                        rethrow(failure);
                        return false;
                    }
                    if (!hashOne()) {
                        changed.await();
                    }
                }
                return true;
            } finally {
                lock.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClosedByInterruptException();
        }
    }

    private static void rethrow(@Nullable Throwable failure) throws IOException {
        if (failure instanceof IOException e) {
            throw e;
        }
        if (failure instanceof RuntimeException e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
        if (failure != null) {
            throw new IllegalStateException("the decoder was interrupted, and not by its reader", failure);
        }
    }

    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        decoder.interrupt();
        try {
            join(PATIENCE_MILLIS);
        } finally {
            in.close();
            join(0);
        }
    }

    /** Waits for the other thread, whatever interrupts this one. */
    private void join(long millis) {
        boolean interrupted = false;
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (decoder.isAlive()) {
            try {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (millis > 0 && left <= 0) {
                    break;
                }
                decoder.join(millis > 0 ? left : 0);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
