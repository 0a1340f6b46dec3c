package dev.davit.registry;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;

/** The body of a reply: an interrupt of the reading thread ends it, and what goes wrong is a readable exception. */
final class ReplyBody extends FilterInputStream {
    private final Reply reply;
    private final InterruptGuard guard;

    ReplyBody(Reply reply, InputStream in, InterruptGuard guard) {
        super(in);
        this.reply = reply;
        this.guard = guard;
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        if (length == 0) {
            return 0; // the stream behind waits for a byte even then
        }
        try {
            return guard.during(() -> in.read(target, offset, length));
        } catch (SocketTimeoutException e) {
            throw Failures.io(reply.request(), reply.url(), new StandstillException(e));
        } catch (IOException e) {
            throw Failures.io(reply.request(), reply.url(), e);
        }
    }

    @Override
    public long skip(long n) {
        byte[] scratch = new byte[(int) Math.max(1, Math.min(n, 8192))];
        long skipped = 0;
        while (skipped < n) {
            int got = read(scratch, 0, (int) Math.min(scratch.length, n - skipped));
            if (got < 0) {
                break;
            }
            skipped += got;
        }
        return skipped;
    }

    @Override
    public int available() {
        try {
            return in.available();
        } catch (IOException e) {
            throw Failures.io(reply.request(), reply.url(), e);
        }
    }

    @Override
    public void close() {
        reply.close();
    }
}
