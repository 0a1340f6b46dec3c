package dev.davit.oci;

import dev.davit.oci.internal.Text;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The local file system refused an operation: missing rights, a full disk, a path that is not what it should be. */
public class StorageException extends DavitException {
    private static final long serialVersionUID = 1L;

    private static final int MAX_TEXT = 1000;

    private final transient Path path;
    private final String operation;

    /**
     * Creates the exception. Its message names operation, path and reason.
     *
     * @param operation what was tried, as a verb: {@code "create"}, {@code "read"}
     * @param path where it was tried
     * @param cause what the system said
     */
    public StorageException(String operation, Path path, Throwable cause) {
        this(operation, path, reason(cause), cause);
    }

    /**
     * Creates the exception with a reason of its own.
     *
     * @param operation what was tried, as a verb
     * @param path where it was tried
     * @param reason why it failed
     * @param cause what led to it, or null
     */
    public StorageException(String operation, Path path, String reason, @Nullable Throwable cause) {
        super(
                "cannot " + operation + " " + Text.plain(path.toString(), MAX_TEXT) + ": "
                        + Text.plain(reason, MAX_TEXT),
                cause);
        this.path = path;
        this.operation = operation;
    }

    /** {@return where it was tried} */
    public Path path() {
        return path;
    }

    /** {@return what was tried, as a verb} */
    public String operation() {
        return operation;
    }

    /** NIO's own messages are often only the path again; the kind of exception is then the reason. */
    private static String reason(Throwable cause) {
        if (cause instanceof ClosedByInterruptException || cause instanceof FileLockInterruptionException) {
            return "the thread was interrupted";
        }
        if (cause instanceof FileSystemException e) {
            if (e.getReason() != null) {
                return e.getReason();
            }
            String kind = e.getClass().getSimpleName().replace("Exception", "");
            return kind.equals("FileSystem")
                    ? "file system error"
                    : kind.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
