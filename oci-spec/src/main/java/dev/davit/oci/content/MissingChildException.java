package dev.davit.oci.content;

import dev.davit.oci.NotFoundException;

/**
 * A target refuses a manifest or index because it does not have everything that it consists of, whatever it said before.
 * To put that once more helps; a {@link Copier} does so by itself.
 */
public class MissingChildException extends NotFoundException {
    private static final long serialVersionUID = 1L;

    /**
     * For targets.
     *
     * @param message what, and where
     * @param cause what the target said
     */
    public MissingChildException(String message, Throwable cause) {
        super(message, cause);
    }
}
