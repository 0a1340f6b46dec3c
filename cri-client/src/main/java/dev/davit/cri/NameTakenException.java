package dev.davit.cri;

import dev.davit.oci.AlreadyExistsException;
import org.jspecify.annotations.Nullable;

/** There is a pod or container of this name already. */
public class NameTakenException extends AlreadyExistsException {
    private static final long serialVersionUID = 1L;

    private final String otherId;

    /**
     * Creates the exception.
     *
     * @param otherId ID of what has the name
     * @param message one readable line
     * @param cause what led to it, or null
     */
    public NameTakenException(String otherId, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.otherId = otherId;
    }

    /** {@return the ID of what has the name} */
    public String otherId() {
        return otherId;
    }
}
