package dev.davit.cri;

import org.jspecify.annotations.Nullable;

/** The runtime has no handler of the name that a pod asks for. */
public class RuntimeHandlerUnknownException extends CriException {
    private static final long serialVersionUID = 1L;

    private final String handler;

    /**
     * Creates the exception.
     *
     * @param handler the name that was asked for
     * @param code what kind of failure it is to the runtime
     * @param message one readable line
     * @param cause what led to it, or null
     */
    public RuntimeHandlerUnknownException(String handler, Code code, String message, @Nullable Throwable cause) {
        super(code, message, cause);
        this.handler = handler;
    }

    /** {@return the name that was asked for} */
    public String handler() {
        return handler;
    }
}
