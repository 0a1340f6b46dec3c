package dev.davit.oci.content;

import dev.davit.oci.Descriptor;
import dev.davit.oci.internal.VerifyingInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Tells a listener how far the reading of a blob is. */
record WatchedBlob(Blob blob, TransferListener listener) implements Blob {
    @Override
    public Descriptor descriptor() {
        return blob.descriptor();
    }

    @Override
    public InputStream open() {
        return VerifyingInputStream.of(blob.open(), descriptor(), "its source")
                .onProgress(bytes -> listener.progressed(descriptor(), bytes));
    }

    @Override
    public InputStream openRange(long from, long length) {
        return new FilterInputStream(blob.openRange(from, length)) {
            private long at = from;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] target, int offset, int count) throws IOException {
                int n = in.read(target, offset, count);
                at += Math.max(n, 0);
                listener.progressed(descriptor(), at);
                return n;
            }
        };
    }

    @Override
    public Optional<String> origin() {
        return blob.origin();
    }
}
