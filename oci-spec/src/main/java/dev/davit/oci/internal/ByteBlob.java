package dev.davit.oci.internal;

import dev.davit.oci.Descriptor;
import dev.davit.oci.content.Blob;
import java.io.ByteArrayInputStream;
import java.io.InputStream;

/**
 * A small blob in memory.
 *
 * @param descriptor what it is
 * @param bytes the content, which nobody changes
 */
@SuppressWarnings("ArrayRecordComponent") // internal, and never compared
public record ByteBlob(Descriptor descriptor, byte[] bytes) implements Blob {
    @Override
    public InputStream open() {
        return VerifyingInputStream.of(new ByteArrayInputStream(bytes), descriptor, "memory");
    }

    @Override
    public InputStream openRange(long from, long length) {
        BoundedInputStream.requireRange(from, length);
        int start = (int) Math.min(from, bytes.length);
        return new ByteArrayInputStream(bytes, start, (int) Math.min(length, bytes.length - start));
    }
}
