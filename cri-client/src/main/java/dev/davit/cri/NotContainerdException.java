package dev.davit.cri;

import org.jspecify.annotations.Nullable;

/** The runtime is not containerd, and what it was asked for only containerd can do. */
public class NotContainerdException extends CriException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the exception.
     *
     * @param message one readable line
     * @param cause what led to it, or null
     */
    public NotContainerdException(String message, @Nullable Throwable cause) {
        super(Code.UNIMPLEMENTED, message, cause);
    }
}
