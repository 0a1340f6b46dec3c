package dev.davit.oci.image;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.content.Blob;

/**
 * One layer of an image.
 *
 * @param blob the layer as it is stored, perhaps compressed; only opening it does any I/O
 * @param diffId digest of the uncompressed tar archive
 */
public record Layer(Blob blob, Digest diffId) {
    /** {@return the descriptor of the layer as it is stored} */
    public Descriptor descriptor() {
        return blob.descriptor();
    }
}
