package dev.davit.testkit.http;

import java.io.IOException;

/**
 * Thrown where what arrives on a connection is not HTTP/1.1 as the server accepts it, or stops arriving.
 *
 * <p>It ends the connection: what follows on it cannot be told apart from the rest of the broken message.
 */
public final class HttpProtocolException extends IOException {
    private static final long serialVersionUID = 1L;

    private static final int NO_ANSWER = 0;

    private final int status;

    HttpProtocolException(int status, String message) {
        super(message);
        this.status = status;
    }

    /** The connection is gone: nobody is left who could read an answer. */
    static HttpProtocolException gone(IOException cause) {
        HttpProtocolException gone =
                new HttpProtocolException(NO_ANSWER, "the connection broke: " + cause.getMessage());
        gone.initCause(cause);
        return gone;
    }

    /** Returns the status to answer with before the connection is closed, or 0 if there is nobody to answer. */
    int status() {
        return status;
    }

    boolean answerable() {
        return status != NO_ANSWER;
    }
}
