package dev.davit.registry;

import dev.davit.oci.Descriptor;
import dev.davit.oci.content.Blob;
import dev.davit.oci.internal.VerifyingInputStream;
import java.io.InputStream;
import java.util.function.Supplier;

/**
 * What the body of a request is.
 *
 * @param descriptor what is being sent, or a part of it
 * @param length how many bytes
 * @param replayable whether HTTP may send it again by itself, on another connection
 * @param opener opens it at its beginning, any number of times
 */
record RequestContent(Descriptor descriptor, long length, boolean replayable, Supplier<InputStream> opener) {
    /** {@return all of a blob, verified on the way: of wrong content the end is never sent} */
    static RequestContent of(Blob blob) {
        Descriptor descriptor = blob.descriptor();
        return new RequestContent(
                descriptor,
                descriptor.size(),
                true,
                () -> VerifyingInputStream.of(blob.open(), descriptor, "its source"));
    }
}
