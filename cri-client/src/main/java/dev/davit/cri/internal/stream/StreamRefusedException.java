package dev.davit.cri.internal.stream;

import java.io.IOException;

/** The streaming server answered, and did not switch to what it was asked for. */
public final class StreamRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;

    StreamRefusedException(int status, String message) {
        super(message);
        this.status = status;
    }

    /** {@return the status code of HTTP} */
    public int status() {
        return status;
    }
}
