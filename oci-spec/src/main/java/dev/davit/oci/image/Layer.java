package dev.davit.oci.image;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.content.Blob;
import dev.davit.oci.internal.VerifyingInputStream;
import java.io.InputStream;

/**
 * One layer of an image.
 *
 * @param blob the layer as it is stored, perhaps compressed
 * @param diffId digest of the uncompressed tar archive
 */
public record Layer(Blob blob, Digest diffId) {
    /** {@return the descriptor of the layer as it is stored} */
    public Descriptor descriptor() {
        return blob.descriptor();
    }

    /**
     * Opens the layer as it is stored, perhaps compressed: the only I/O that a layer does. The read that would hand out
     * the last byte verifies size and digest first, whoever made the blob.
     *
     * @return a stream, which the caller closes
     * @throws dev.davit.oci.DavitException as {@link Blob#open}
     */
    public InputStream open() {
        return VerifyingInputStream.of(blob.open(), descriptor(), "its source");
    }
}
