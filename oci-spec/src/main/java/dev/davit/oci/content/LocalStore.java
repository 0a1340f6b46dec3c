package dev.davit.oci.content;

import dev.davit.oci.Descriptor;
import dev.davit.oci.MediaType;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import java.io.IOException;
import java.io.InputStream;

/** A store on this machine: the only kind that takes bytes whose digest is not known yet. */
public interface LocalStore extends ContentStore {
    /**
     * Starts to write content whose digest is not known yet.
     *
     * @return a writer, which the caller closes; what is not committed by then is gone
     * @throws dev.davit.oci.StorageException if the store cannot be written
     */
    BlobWriter newBlob();

    /**
     * Takes in a stream that can be read only once.
     *
     * @param mediaType type of the content
     * @param content the bytes; read to the end, not closed
     * @return descriptor of the content, which is now in the store
     * @throws dev.davit.oci.StorageException if the store cannot be written
     */
    default Descriptor ingest(MediaType mediaType, InputStream content) {
        try (BlobWriter writer = newBlob()) {
            content.transferTo(writer);
            return writer.commit(mediaType);
        } catch (IOException e) {
            throw new TransferException(Side.SOURCE, null, "cannot read the content to take in: " + e.getMessage(), e);
        }
    }

    /**
     * A store that lives as long as the caller needs it: a private folder below {@code java.io.tmpdir}.
     *
     * @return the store, which the caller closes; closing deletes everything in it
     * @throws dev.davit.oci.StorageException if the folder cannot be made
     */
    static TemporaryStore temporary() {
        return new TemporaryStore();
    }

    /**
     * A store on the heap.
     *
     * @param maxBytes how many bytes it may have, all content together
     * @return the store, which is gone when nobody refers to it any more
     * @throws IllegalArgumentException if the number is negative
     */
    static MemoryStore inMemory(long maxBytes) {
        return new MemoryStore(maxBytes);
    }
}
