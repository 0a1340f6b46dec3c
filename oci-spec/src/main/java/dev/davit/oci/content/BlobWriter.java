package dev.davit.oci.content;

import dev.davit.oci.Descriptor;
import dev.davit.oci.MediaType;
import java.io.OutputStream;

/**
 * Content on its way into a {@link LocalStore}: hashed while it is written, visible only once it is committed. For one
 * thread. Writes throw {@link dev.davit.oci.StorageException} where the file system refuses.
 */
public abstract class BlobWriter extends OutputStream {
    /** For stores. */
    protected BlobWriter() {}

    @Override
    public abstract void write(byte[] bytes, int offset, int length);

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void flush() {}

    /**
     * Makes the content part of the store, durably. The writer takes no more bytes then.
     *
     * @param mediaType type of the content
     * @return descriptor of the content
     * @throws dev.davit.oci.StorageException if that fails; nothing is visible then
     */
    public abstract Descriptor commit(MediaType mediaType);

    /** Ends the writer; what was not committed is deleted. */
    @Override
    public abstract void close();
}
