package dev.davit.cri;

import dev.davit.oci.DavitException;
import org.jspecify.annotations.Nullable;

/**
 * A container runtime refused or failed, or could not be reached.
 *
 * <p>What a caller may want to tell apart has a type of its own and this one as its cause: an unknown pod is a
 * {@link dev.davit.oci.NotFoundException}, a taken name an {@link dev.davit.oci.AlreadyExistsException}.
 */
public class CriException extends DavitException {
    private static final long serialVersionUID = 1L;

    private final Code code;

    /** The status codes of gRPC. Runtimes use few of them with care: most failures are {@link #UNKNOWN}. */
    public enum Code {
        /** The call was cancelled; by an interrupt of the calling thread, as a rule. */
        CANCELLED,
        /** Something failed in the runtime. */
        UNKNOWN,
        /** The request makes no sense to the runtime. */
        INVALID_ARGUMENT,
        /** The call did not end in its time. What it asked for may yet happen. */
        DEADLINE_EXCEEDED,
        /** No such pod, container or image. */
        NOT_FOUND,
        /** The thing exists already. */
        ALREADY_EXISTS,
        /** The runtime may not do this. */
        PERMISSION_DENIED,
        /** Something ran out: the size of a message, as a rule. */
        RESOURCE_EXHAUSTED,
        /** The thing is not in a state that allows this. */
        FAILED_PRECONDITION,
        /** The call was given up because of another one. */
        ABORTED,
        /** A value is beyond its range. */
        OUT_OF_RANGE,
        /** The runtime does not have this call. */
        UNIMPLEMENTED,
        /** The transport broke a rule, or the runtime broke down. */
        INTERNAL,
        /** The runtime cannot be reached. */
        UNAVAILABLE,
        /** Data were lost. */
        DATA_LOSS,
        /** The caller is not known. */
        UNAUTHENTICATED
    }

    /**
     * Creates the exception.
     *
     * @param code what kind of failure
     * @param message one readable line
     * @param cause what led to it, or null
     */
    public CriException(Code code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** {@return what kind of failure} */
    public Code code() {
        return code;
    }
}
