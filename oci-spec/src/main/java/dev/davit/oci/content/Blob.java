package dev.davit.oci.content;

import dev.davit.oci.Descriptor;
import java.io.InputStream;
import java.util.Optional;

/**
 * Some content that can be read again and again: a descriptor and a way to its bytes. Holds no resource itself; safe
 * to share between threads.
 */
public interface Blob {
    /** {@return what the content is: media type, digest, size} */
    Descriptor descriptor();

    /**
     * Opens the content at byte 0. The stream verifies itself: the read that would hand out the last byte checks size
     * and digest first, so wrong content is never delivered whole. A reader that stops early has verified nothing.
     *
     * @return a stream, which the caller closes
     * @throws dev.davit.oci.DavitException if the content cannot be opened; reads throw it too, an {@link
     *     dev.davit.oci.IntegrityException} where the bytes are the wrong ones
     */
    InputStream open();

    /**
     * Opens a part of the content, <em>unverified</em>: for resuming and indexes, where the caller verifies.
     *
     * @param from index of the first byte
     * @param length how many bytes; the stream ends after them, or at the end of the content
     * @return a stream, which the caller closes
     * @throws IllegalArgumentException if a number is negative
     * @throws dev.davit.oci.DavitException if the content cannot be opened
     */
    InputStream openRange(long from, long length);

    /**
     * Where the content comes from, if that is a repository of a registry: another repository of the same registry can
     * mount it instead of receiving the bytes.
     *
     * @return the repository as {@code host[:port]/name}
     */
    default Optional<String> origin() {
        return Optional.empty();
    }
}
