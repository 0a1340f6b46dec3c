package dev.davit.registry;

import dev.davit.oci.DavitException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A registry answered, but with something else than the protocol promises or than was asked for. Also the cause of the
 * more general exceptions that an answer leads to, such as {@link dev.davit.oci.NotFoundException}.
 */
public class RegistryException extends DavitException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final ArrayList<String> codes;
    private final @Nullable Duration retryAfter;

    /**
     * Creates the exception.
     *
     * @param message one readable line
     * @param status the HTTP status of the answer, or 0 if the answer led to a place that is not asked at all
     * @param codes the error codes in the answer, such as {@code MANIFEST_UNKNOWN}; at most a few
     * @param retryAfter how long the registry asks to wait, or null if it does not
     */
    public RegistryException(String message, int status, List<String> codes, @Nullable Duration retryAfter) {
        super(message, null);
        this.status = status;
        this.codes = new ArrayList<>(codes);
        this.retryAfter = retryAfter;
    }

    /** {@return the HTTP status of the answer, or 0 if the answer led to a place that is not asked at all} */
    public int status() {
        return status;
    }

    /**
     * The error codes of the distribution specification that the answer carried, as the registry wrote them: {@code
     * MANIFEST_UNKNOWN}, {@code DENIED}. Text from outside.
     *
     * @return the codes, in their order
     */
    public List<String> codes() {
        return List.copyOf(codes);
    }

    /** {@return how long the registry asks to wait before the next attempt, if it does} */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
