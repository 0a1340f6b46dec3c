package dev.davit.image.internal.convert;

import dev.davit.oci.Descriptor;
import dev.davit.oci.MediaType;
import dev.davit.oci.content.Blob;
import java.io.InputStream;
import java.util.Optional;

/** The same bytes under another descriptor. */
record RetypedBlob(Descriptor descriptor, Blob blob) implements Blob {
    static Blob of(Blob blob, Descriptor before, MediaType type) {
        Descriptor after = before.mediaType().equals(type)
                ? before
                : before.toBuilder().mediaType(type).build();
        return after.equals(blob.descriptor()) ? blob : new RetypedBlob(after, blob);
    }

    @Override
    public InputStream open() {
        return blob.open();
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
