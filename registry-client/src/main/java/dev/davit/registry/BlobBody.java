package dev.davit.registry;

import dev.davit.oci.Descriptor;
import dev.davit.oci.StorageException;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.content.Blob;
import dev.davit.oci.internal.VerifyingInputStream;
import java.io.IOException;
import java.io.InputStream;
import okhttp3.MediaType;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/**
 * Sends a blob, verified on the way: of wrong content the end is never sent, so no registry can take it for whole. Can
 * be sent several times, because a blob can be opened several times.
 */
final class BlobBody extends RequestBody {
    private static final int BUFFER = 64 * 1024;

    private final Blob blob;
    private final InterruptGuard guard;

    BlobBody(Blob blob, InterruptGuard guard) {
        this.blob = blob;
        this.guard = guard;
    }

    /** The header is set with the other headers of the request. */
    @Override
    public @Nullable MediaType contentType() {
        return null;
    }

    @Override
    public long contentLength() {
        return blob.descriptor().size();
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
        try (InputStream in = open()) {
            byte[] buffer = new byte[BUFFER];
            for (int n = read(in, buffer); n >= 0; n = read(in, buffer)) {
                guard.rearm();
                sink.write(buffer, 0, n);
            }
        } catch (StorageException e) {
            // an interrupt closes the file that is being read: that is no failure of the disk
            throw Thread.currentThread().isInterrupted() ? interrupted(e) : e;
        }
    }

    private TransferException interrupted(StorageException e) {
        Descriptor descriptor = blob.descriptor();
        return new TransferException(Side.CALLER, descriptor, descriptor + ": the transfer was interrupted", e);
    }

    private InputStream open() {
        return VerifyingInputStream.of(blob.open(), blob.descriptor(), "its source");
    }

    /** A failure of the source must not look like one of the connection that is written to. */
    private int read(InputStream in, byte[] buffer) {
        try {
            return in.read(buffer);
        } catch (IOException e) {
            Descriptor descriptor = blob.descriptor();
            throw new TransferException(
                    Side.SOURCE, descriptor, "cannot read " + descriptor + " from its source: " + e.getMessage(), e);
        }
    }
}
