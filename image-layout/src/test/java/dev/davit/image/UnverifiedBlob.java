package dev.davit.image;

import dev.davit.oci.Descriptor;
import dev.davit.oci.content.Blob;
import java.io.ByteArrayInputStream;
import java.io.InputStream;

/** A blob as a user may write one: it promises one thing and hands out another, and nobody has verified it. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record UnverifiedBlob(Descriptor descriptor, byte[] bytes) implements Blob {
    @Override
    public InputStream open() {
        return new ByteArrayInputStream(bytes);
    }

    @Override
    public InputStream openRange(long from, long length) {
        throw new UnsupportedOperationException();
    }
}
