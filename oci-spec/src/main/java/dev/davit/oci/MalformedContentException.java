package dev.davit.oci;

import org.jspecify.annotations.Nullable;

/**
 * Content breaks the rules of its format: a JSON document, a tar archive, a compressed stream, a digest, a reference.
 * Content that is well formed but not what was asked for is an {@link IntegrityException}.
 */
public class MalformedContentException extends DavitException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message the document, the place in it, what was expected and what was found
     */
    public MalformedContentException(String message) {
        this(message, null);
    }

    /**
     * Creates the exception with its cause.
     *
     * @param message the document, the place in it, what was expected and what was found
     * @param cause what led to it, or null
     */
    public MalformedContentException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
