package dev.davit.cri.internal.stream;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** This side has closed the connection. */
public final class StreamClosedException extends IOException {
    private static final long serialVersionUID = 1L;

    StreamClosedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
