package dev.davit.cri;

import org.jspecify.annotations.Nullable;

/** The node cannot reach the registry that an image is to come from. */
public class RegistryUnavailableException extends CriException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param code what kind of failure it is to the runtime
     * @param message one readable line
     * @param cause what led to it, or null
     */
    public RegistryUnavailableException(Code code, String message, @Nullable Throwable cause) {
        super(code, message, cause);
    }
}
