package dev.davit.oci;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Content could not be moved: the connection failed, a side refused, or the transfer was interrupted. */
public class TransferException extends DavitException {
    private static final long serialVersionUID = 1L;

    private final Side side;
    private final transient @Nullable Descriptor descriptor;

    /** The side of a transfer on which something failed. */
    public enum Side {
        /** Where content comes from. */
        SOURCE,
        /** Where content goes to. */
        TARGET,
        /** Neither: the transfer was interrupted. */
        CALLER
    }

    /**
     * Creates the exception.
     *
     * @param side which side failed
     * @param descriptor what was being moved, or null if nothing in particular
     * @param message one readable line
     * @param cause what led to it, or null
     */
    public TransferException(Side side, @Nullable Descriptor descriptor, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.side = side;
        this.descriptor = descriptor;
    }

    /** {@return which side failed} */
    public Side side() {
        return side;
    }

    /** {@return what was being moved, if it was one particular thing} */
    public Optional<Descriptor> descriptor() {
        return Optional.ofNullable(descriptor);
    }
}
