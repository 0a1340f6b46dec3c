package dev.davit.cri;

import dev.davit.cri.internal.Endpoint;
import dev.davit.oci.DavitException;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.internal.Text;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns what gRPC throws into what we throw, and hides on the way that runtimes and their versions choose different
 * status codes for the same failure. The whole text of the runtime stays in the cause.
 */
final class Failures {
    /** Layers of a runtime that each put their name before the reason. The reason is what a reader wants. */
    private static final Pattern WRAPPING =
            Pattern.compile("^(?:(?:failed to|unable to)(?: [\\w/-]+)+(?: \"[^\"]*\"(?: \\w+)?)?"
                    + "|error executing command in container"
                    + "|an error occurred when try to find \\w+(?: \"[^\"]*\")?"
                    + "|OCI runtime [\\w ]+ failed|runc \\w+ failed|exec failed|error during container init"
                    + "|rpc error: code = \\w+ desc = (?:failed to [\\w ]+)?)(?:: (?=\\S)|$)");

    /** One container runtime says UNKNOWN, its next version FAILED_PRECONDITION; none says ALREADY_EXISTS. */
    private static final Pattern TAKEN = Pattern.compile("is reserved for \"?([0-9a-f]+)");

    /** What containerd and CRI-O say of a runtime handler that is not in their configuration. */
    private static final Pattern NO_HANDLER = Pattern.compile(
            "no runtime for \"([^\"]*)\" is configured|failed to find runtime handler (\\S+) from runtime list");

    /** What they say if a pod or container runs and should not, or does not and should; in many codes. */
    private static final Pattern WRONG_STATE = Pattern.compile(
            "is in CONTAINER_[A-Z]+ state|no running task found"
                    + "|(?:container|sandbox|pod)(?: [^ ]+)?(?: container)?(?: [^ ]+)? is (?:not running|not ready|already running|exited)"
                    + "|container is not (?:created or )?running|cannot exec in a (?:stopped|deleted) \\w+|container state improper");

    /** Nobody at the address of the registry; the kubelet's own word for it comes first. */
    private static final Pattern NO_REGISTRY = Pattern.compile(
            "RegistryUnavailable|failed to do request: .*(?:connection refused|no such host|i/o timeout|no route to host"
                    + "|network is unreachable|TLS handshake timeout)|pinging container registry .*"
                    + "(?:connection refused|no such host|i/o timeout)");

    /** Query and user information of a URL may be secrets of a registry. */
    private static final Pattern SECRETS = Pattern.compile("(https?://)([^\\s\"/@]*@)?([^\\s\"?]*)(\\?[^\\s\"]*)?");

    private Failures() {}

    /**
     * Explains a failed call.
     *
     * @param action what it should have done: a verb and its object
     * @param endpoint where, or null if the channel is not ours
     * @param expired whether our own deadline ended it
     */
    static DavitException of(
            String action, @Nullable Endpoint endpoint, boolean expired, StatusRuntimeException failure) {
        Status status = failure.getStatus();
        CriException.Code code = CriException.Code.valueOf(status.getCode().name());
        String reason = reason(status);
        if (code == CriException.Code.UNAVAILABLE) {
            return unreachable(endpoint, reason, failure);
        }
        if (code == CriException.Code.CANCELLED && Thread.currentThread().isInterrupted()) {
            return interrupted(action, failure);
        }
        if (code == CriException.Code.DEADLINE_EXCEEDED && expired) {
            return new CriException(code, "cannot " + action + ": no answer in time", failure);
        }
        if (code == CriException.Code.UNIMPLEMENTED) {
            return new CriException(
                    code, "cannot " + action + ": this runtime does not know how (" + reason + ")", failure);
        }
        String message = "cannot " + action + ": " + reason;
        CriException general = new CriException(code, message, failure);
        Matcher taken = TAKEN.matcher(String.valueOf(status.getDescription()));
        if (taken.find()) {
            return new NameTakenException(
                    taken.group(1),
                    "cannot " + action + ": there is one with the same name, its ID is " + taken.group(1),
                    general);
        }
        CriException narrowed = narrowed(general, status);
        // What is not found may be the process of a pod or container that is there, but was stopped.
        return code == CriException.Code.NOT_FOUND && !(narrowed instanceof WrongStateException)
                ? new NotFoundException(message, general)
                : narrowed;
    }

    /** Explains what a runtime has said in a stream, where there are no codes. */
    static DavitException said(String action, String text) {
        return of(action, null, false, Status.UNKNOWN.withDescription(text).asRuntimeException());
    }

    /** Finds in its words what most runtimes have no code for. */
    private static CriException narrowed(CriException general, Status status) {
        String text = String.valueOf(status.getDescription());
        String message = String.valueOf(general.getMessage());
        Matcher handler = NO_HANDLER.matcher(text);
        if (handler.find()) {
            String name = handler.group(1) == null ? handler.group(2) : handler.group(1);
            return new RuntimeHandlerUnknownException(name, general.code(), message, general.getCause());
        }
        if (WRONG_STATE.matcher(text).find()) {
            return new WrongStateException(general.code(), message, general.getCause());
        }
        return NO_REGISTRY.matcher(text).find()
                ? new RegistryUnavailableException(general.code(), message, general.getCause())
                : general;
    }

    /** Explains that the thread was interrupted: before, during or between calls. */
    static CriException interrupted(String action, @Nullable Exception cause) {
        return new CriException(CriException.Code.CANCELLED, "interrupted while it should " + action, cause);
    }

    private static CriException unreachable(
            @Nullable Endpoint endpoint, String reason, StatusRuntimeException failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String transport = root == failure || root.getMessage() == null ? reason : Text.plain(root.getMessage());
        return new CriException(
                CriException.Code.UNAVAILABLE,
                endpoint == null ? "no CRI server on the given channel: " + transport : endpoint.explain(transport),
                failure);
    }

    /** {@return what the runtime said, without its wrappings and without what may be secret, in one line} */
    static String reason(Status status) {
        String text =
                status.getDescription() == null ? "" : status.getDescription().strip();
        if (text.endsWith(": unknown")) {
            text = text.substring(0, text.length() - ": unknown".length());
        }
        String rest = text;
        for (Matcher wrapping = WRAPPING.matcher(rest); wrapping.find() && wrapping.end() < rest.length(); ) {
            rest = rest.substring(wrapping.end());
            wrapping = WRAPPING.matcher(rest);
        }
        return rest.isEmpty() ? status.getCode().name() : Text.plain(withoutSecrets(rest));
    }

    private static String withoutSecrets(String text) {
        return SECRETS.matcher(text)
                .replaceAll(url ->
                        Matcher.quoteReplacement(url.group(1) + url.group(3) + (url.group(4) == null ? "" : "?...")));
    }
}
