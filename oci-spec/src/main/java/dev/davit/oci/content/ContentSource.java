package dev.davit.oci.content;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Document;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.internal.VerifyingInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Anything content can be read from by its descriptor. Safe to share between threads unless it says otherwise. */
public interface ContentSource {
    /**
     * Finds content. Whether it exists may show only when it is opened.
     *
     * @param descriptor what to find
     * @return the content
     * @throws NotFoundException if the source knows that it does not have it
     */
    Blob blob(Descriptor descriptor);

    /**
     * Reads a document of at most {@link Document#MAX_SIZE} whole and verified: a manifest, an index, a configuration.
     *
     * @param descriptor what to read
     * @return its bytes
     * @throws NotFoundException if there is none
     * @throws dev.davit.oci.IntegrityException if the bytes are not the described ones
     * @throws MalformedContentException if it is larger than a document may be
     */
    default byte[] fetch(Descriptor descriptor) {
        return fetch(descriptor, Document.MAX_SIZE);
    }

    /**
     * Reads a document whole and verified. If the descriptor has the content in itself, the source is not asked.
     *
     * @param descriptor what to read
     * @param maxSize how long it may be, in bytes
     * @return its bytes
     * @throws NotFoundException if there is none
     * @throws dev.davit.oci.IntegrityException if the bytes are not the described ones
     * @throws MalformedContentException if it is larger than that
     */
    default byte[] fetch(Descriptor descriptor, int maxSize) {
        if (descriptor.size() > maxSize) {
            throw new MalformedContentException("document " + descriptor + ": expected at most " + maxSize + " bytes");
        }
        Optional<byte[]> embedded = descriptor.data();
        if (embedded.isPresent()) {
            return embedded.get();
        }
        try (InputStream in = VerifyingInputStream.of(blob(descriptor).open(), descriptor, "its source")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new TransferException(
                    Side.SOURCE, descriptor, "cannot read " + descriptor + ": " + e.getMessage(), e);
        }
    }
}
