package dev.davit.oci;

import org.jspecify.annotations.Nullable;

/** The other side wants credentials, or refuses the ones it got. */
public class UnauthorizedException extends DavitException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message one readable line
     */
    public UnauthorizedException(String message) {
        this(message, null);
    }

    /**
     * Creates the exception with its cause.
     *
     * @param message one readable line
     * @param cause what led to it, or null
     */
    public UnauthorizedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
