package dev.davit.oci;

import org.jspecify.annotations.Nullable;

/**
 * Content is more than the caller allows: a bomb, or an image for which a limit has to be raised. It is well formed as
 * far as it was read.
 */
public final class LimitExceededException extends MalformedContentException {
    private static final long serialVersionUID = 1L;

    private final String limit;
    private final long maximum;

    /**
     * Creates the exception.
     *
     * @param limit name of the method that sets the limit, such as {@code "maxBytes"}
     * @param maximum what is allowed
     * @param message what, where, and how much was expected at most
     * @param cause what led to it, or null
     */
    public LimitExceededException(String limit, long maximum, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.limit = limit;
        this.maximum = maximum;
    }

    /** {@return the name of the method that sets the limit, such as {@code "maxBytes"}} */
    public String limit() {
        return limit;
    }

    /** {@return what is allowed, in the unit of the limit} */
    public long maximum() {
        return maximum;
    }
}
