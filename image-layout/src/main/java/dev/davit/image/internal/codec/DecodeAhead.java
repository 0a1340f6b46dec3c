package dev.davit.image.internal.codec;

import dev.davit.image.internal.ViewStream;
import dev.davit.oci.Digester;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedByInterruptException;
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
final class DecodeAhead extends ViewStream {
    private static final int CHUNK = 128 * 1024;
    private static final int CHUNKS = 8;
    /** How long a source may take to notice an interrupt, before it is closed while it is read. */
    private static final long PATIENCE_MILLIS = 1000;

    private final InputStream in;
    private final Digester digester;
    private final LongConsumer check;
    private final byte[][] chunks = new byte[CHUNKS][ChunkDecoder.START + CHUNK + ChunkDecoder.SLACK];
    /** Where the data of each chunk ends. */
    private final int[] ends = new int[CHUNKS];

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

    // the chunk that the reader sees, of the reader alone

    private byte[] seen = new byte[0];
    private int from;
    private int to;

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
        int end = ChunkDecoder.START;
        try {
            ChunkDecoder decoder = ChunkDecoder.of(in);
            long bytes = 0;
            for (boolean more = true; more && awaitRoom(); ) {
                byte[] chunk = chunks[(int) (decoded % CHUNKS)];
                end = ChunkDecoder.START;
                while (more && end < chunk.length - ChunkDecoder.SLACK) {
                    int next = decoder.decode(chunk, end);
                    more = next >= 0;
                    end = Math.max(end, next);
                }
                int whole = end;
                end = ChunkDecoder.START;
                bytes += whole - ChunkDecoder.START;
                check.accept(bytes);
                hand(whole);
            }
        } catch (Throwable t) {
            thrown = t;
        }
        end(end, thrown);
    }

    /** What came before a failure is handed over, too. */
    private void end(int end, @Nullable Throwable thrown) {
        hand(end);
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

    private void hand(int end) {
        if (end == ChunkDecoder.START) {
            return;
        }
        lock.lock();
        try {
            ends[(int) (decoded % CHUNKS)] = end;
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
            digester.update(chunks[chunk], ChunkDecoder.START, ends[chunk] - ChunkDecoder.START);
        } finally {
            lock.lock();
            hashing = false;
            hashed++;
            changed.signalAll();
        }
        return true;
    }

    @Override
    public boolean fill() throws IOException {
        if (from < to) {
            return true;
        }
        if (to > 0) {
            to = 0;
            from = 0;
            release();
        }
        if (!awaitChunk()) {
            return false;
        }
        int chunk = (int) (read % CHUNKS);
        seen = chunks[chunk];
        from = ChunkDecoder.START;
        to = ends[chunk];
        return true;
    }

    @Override
    public byte[] bytes() {
        return seen;
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

    private void release() {
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
