package dev.davit.registry;

import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A large blob in pieces that are asked for at the same time, over a connection each, and handed out in their order. At most as
 * many pieces as connections are in memory. For one thread; closing it ends all requests.
 */
final class RangedStream extends InputStream {
    /** What is not longer than two of these is fetched in one go. */
    static final int PIECE = 4 * 1024 * 1024;

    private static final Executor THREADS =
            new ThreadPoolExecutor(0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                Thread thread = new Thread(task, "davit-range");
                thread.setDaemon(true);
                thread.setContextClassLoader(null);
                return thread;
            });

    private final RemoteBlob blob;
    private final Registry registry;
    private final long end;
    private final Queue<FutureTask<byte[]>> ahead = new ArrayDeque<>();
    private long asked;
    private byte[] piece = new byte[0];
    private int at;
    private boolean closed;

    private RangedStream(RemoteBlob blob, Registry registry, long from, long end) {
        this.blob = blob;
        this.registry = registry;
        this.end = end;
        this.asked = from;
    }

    /**
     * Asks for the first piece, and if the registry knows such requests for others, too.
     *
     * @param from the first byte
     * @param end the byte after the last
     * @return the bytes, from however many connections
     */
    static InputStream open(RemoteBlob blob, Registry registry, long from, long end) {
        if (end - from <= 2L * PIECE || registry.connections() == 1) {
            return new ResumingStream(blob, registry, from, end);
        }
        ResumingStream head = new ResumingStream(blob, registry, from, from + PIECE);
        if (!head.isPart()) {
            head.close();
            return new ResumingStream(blob, registry, from, end);
        }
        RangedStream all = new RangedStream(blob, registry, from + PIECE, end);
        all.ask(new FutureTask<>(() -> fetch(head, PIECE)));
        for (int i = 1; i < registry.connections(); i++) {
            all.askForNext();
        }
        return all;
    }

    private void askForNext() {
        if (asked == end) {
            return;
        }
        long first = asked;
        long last = Math.min(end, first + PIECE);
        asked = last;
        ask(new FutureTask<>(() -> fetch(new ResumingStream(blob, registry, first, last), (int) (last - first))));
    }

    private void ask(FutureTask<byte[]> next) {
        ahead.add(next);
        THREADS.execute(next);
    }

    private static byte[] fetch(InputStream part, int length) throws IOException {
        try (part) {
            return part.readNBytes(length);
        }
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (closed) {
            throw new IllegalStateException("the stream is closed");
        }
        if (length == 0) {
            return 0;
        }
        while (at == piece.length) {
            FutureTask<byte[]> next = ahead.poll();
            if (next == null) {
                return -1;
            }
            piece = await(next);
            at = 0;
            askForNext();
        }
        int n = Math.min(length, piece.length - at);
        System.arraycopy(piece, at, target, offset, n);
        at += n;
        return n;
    }

    private byte[] await(FutureTask<byte[]> next) {
        try {
            return next.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            next.cancel(true);
            close();
            throw Failures.interrupted(blob.request(), e);
        } catch (ExecutionException e) {
            close();
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new TransferException(
                    Side.SOURCE, blob.descriptor(), blob.request().subject() + ": " + e.getCause(), e);
        }
    }

    @Override
    public int available() {
        return piece.length - at;
    }

    @Override
    public void close() {
        closed = true;
        ahead.forEach(each -> each.cancel(true));
        ahead.clear();
    }
}
