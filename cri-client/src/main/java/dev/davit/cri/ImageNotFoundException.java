package dev.davit.cri;

import dev.davit.oci.NotFoundException;
import org.jspecify.annotations.Nullable;

/** An image is not on the node, or not in its registry. */
public class ImageNotFoundException extends NotFoundException {
    private static final long serialVersionUID = 1L;

    private final String image;

    /**
     * Creates the exception.
     *
     * @param image the image as it was asked for
     * @param message one readable line
     * @param cause what led to it, or null
     */
    public ImageNotFoundException(String image, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.image = image;
    }

    /** {@return the image as it was asked for} */
    public String image() {
        return image;
    }
}
