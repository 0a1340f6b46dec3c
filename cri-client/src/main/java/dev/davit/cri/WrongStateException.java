package dev.davit.cri;

import org.jspecify.annotations.Nullable;

/** A pod or container is not in the state that this takes: it does not run, or it runs already. */
public class WrongStateException extends CriException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param code what kind of failure it is to the runtime
     * @param message one readable line
     * @param cause what led to it, or null
     */
    public WrongStateException(Code code, String message, @Nullable Throwable cause) {
        super(code, message, cause);
    }
}
