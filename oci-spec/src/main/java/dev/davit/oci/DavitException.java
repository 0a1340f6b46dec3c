package dev.davit.oci;

import org.jspecify.annotations.Nullable;

/**
 * Anything that went wrong inside Davit. Its subclasses say what kind of thing it was; its message says what, where,
 * what was expected and what was found, in one line without secrets.
 *
 * <p>Mistakes of the caller are {@link IllegalArgumentException} and {@link IllegalStateException} instead.
 */
public abstract class DavitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * For subclasses.
     *
     * @param message one readable line
     * @param cause what led to it, or null
     */
    protected DavitException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
