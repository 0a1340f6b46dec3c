package dev.davit.oci;

import org.jspecify.annotations.Nullable;

/** What was to be created exists already, and is something else. */
public class AlreadyExistsException extends DavitException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message one readable line
     */
    public AlreadyExistsException(String message) {
        this(message, null);
    }

    /**
     * Creates the exception with its cause.
     *
     * @param message one readable line
     * @param cause what led to it, or null
     */
    public AlreadyExistsException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
