package dev.davit.registry;

import dev.davit.oci.Descriptor;
import dev.davit.oci.StorageException;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/**
 * Sends content while it is read; a failure of where it comes from is none of the connection.
 */
final class BlobBody extends RequestBody {
    private static final int BUFFER = 64 * 1024;

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
        try (InputStream in = content.opener().get()) {
            byte[] buffer = new byte[BUFFER];
            for (int n = read(in, buffer); n >= 0; n = read(in, buffer)) {
                guard.rearm();
                send(sink, buffer, n);
            }
        } catch (StorageException e) {
            // an interrupt closes the file that is being read: that is no failure of the disk
            throw Thread.currentThread().isInterrupted() ? interrupted(e) : e;
        }
    }

    private static void send(BufferedSink sink, byte[] buffer, int n) throws IOException {
        try {
            sink.write(buffer, 0, n);
        } catch (SocketTimeoutException e) {
            throw new StandstillException(e);
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
