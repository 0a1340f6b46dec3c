package dev.davit.image;

import dev.davit.image.UnpackReport.Difference;
import dev.davit.oci.StorageException;
import dev.davit.oci.internal.Text;
import java.nio.file.Path;

/** An image cannot be unpacked exactly here, and {@link Unpacker#strict} says that nothing else will do. */
public final class InexactUnpackException extends StorageException {
    private static final long serialVersionUID = 1L;

    private final transient Difference difference;

    /**
     * Creates the exception.
     *
     * @param folder where the image was to go
     * @param difference what is not as the image says
     */
    public InexactUnpackException(Path folder, Difference difference) {
        super(
                "unpack exactly to",
                folder,
                "layer " + difference.layer() + ", " + Text.quote(difference.path()) + ": " + difference.kind() + " "
                        + difference.detail() + " cannot be as the image says",
                null);
        this.difference = difference;
    }

    /** {@return what is not as the image says} */
    public Difference difference() {
        return difference;
    }
}
