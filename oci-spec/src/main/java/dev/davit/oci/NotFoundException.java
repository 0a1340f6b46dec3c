package dev.davit.oci;

import org.jspecify.annotations.Nullable;

/** What was asked for does not exist: a tag, a manifest, a blob, an image, a pod. */
public class NotFoundException extends DavitException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message one readable line
     */
    public NotFoundException(String message) {
        this(message, null);
    }

    /**
     * Creates the exception with its cause.
     *
     * @param message one readable line
     * @param cause what led to it, or null
     */
    public NotFoundException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
