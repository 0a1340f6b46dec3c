package dev.davit.registry;

import dev.davit.oci.Descriptor;
import dev.davit.oci.StorageException;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;
import okio.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Sends content while it is read; a failure of where it comes from is none of the connection.
 */
final class BlobBody extends RequestBody {
    private static final int BUFFER = 64 * 1024;
    /** What may not take longer than the time-out. */
    private static final int STEP = 16 * 1024;

    private final RequestContent content;
    private final InterruptGuard guard;

    BlobBody(RequestContent content, InterruptGuard guard) {
        this.content = content;
        this.guard = guard;
    }

    /** The header is set with the other headers of the request. */
    @Override
    public @Nullable MediaType contentType() {
        return null;
    }

    @Override
    public long contentLength() {
        return content.length();
    }

    @Override
    public boolean isOneShot() {
        return !content.replayable();
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
        Timeout timeout = sink.timeout();
        long limit = timeout.timeoutNanos();
        try (StandstillWatch watch = new StandstillWatch(limit, guard::cancel);
                InputStream in = content.opener().get()) {
            timeout.clearTimeout();
            byte[] buffer = new byte[BUFFER];
            for (int n = read(in, buffer); n >= 0; n = read(in, buffer)) {
                guard.rearm();
                for (int from = 0; from < n; from += STEP) {
                    send(watch, sink, buffer, from, Math.min(STEP, n - from));
                }
            }
            send(watch, sink, buffer, 0, 0);
        } catch (StorageException e) {
            // an interrupt closes the file that is being read: that is no failure of the disk
            throw Thread.currentThread().isInterrupted() ? interrupted(e) : e;
        } finally {
            timeout.timeout(limit, TimeUnit.NANOSECONDS);
        }
    }

    /** Sends bytes, or what is left of those before. */
    private static void send(StandstillWatch watch, BufferedSink sink, byte[] buffer, int from, int length)
            throws IOException {
        watch.begins();
        try {
            if (length == 0) {
                sink.flush();
            } else {
                sink.write(buffer, from, length);
            }
        } catch (IOException e) {
            throw watch.hasFired() ? new StandstillException(e) : e;
        } finally {
            watch.ended();
        }
    }

    private TransferException interrupted(StorageException e) {
        Descriptor descriptor = content.descriptor();
        return new TransferException(Side.CALLER, descriptor, descriptor + ": the transfer was interrupted", e);
    }

    /** A failure of the source must not look like one of the connection that is written to. */
    private int read(InputStream in, byte[] buffer) {
        try {
            return in.read(buffer);
        } catch (IOException e) {
            Descriptor descriptor = content.descriptor();
            throw new TransferException(
                    Side.SOURCE, descriptor, "cannot read " + descriptor + " from its source: " + e.getMessage(), e);
        }
    }
}
