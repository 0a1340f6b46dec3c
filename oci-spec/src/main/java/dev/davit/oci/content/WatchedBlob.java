package dev.davit.oci.content;

import dev.davit.oci.Descriptor;
import dev.davit.oci.internal.VerifyingInputStream;
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
        return blob.openRange(from, length);
    }

    @Override
    public Optional<String> origin() {
        return blob.origin();
    }
}
