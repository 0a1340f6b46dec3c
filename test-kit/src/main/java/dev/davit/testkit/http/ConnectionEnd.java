package dev.davit.testkit.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/**
 * Thrown by a handler, or by the body of its response, to end the connection there and then, in a way of its choice.
 * What was sent before arrives.
 */
public final class ConnectionEnd extends IOException {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** How a connection ends. */
    public enum Kind {
        /** It is closed. */
        DROP,
        /** It is reset: the client may not even get what was sent. */
        RESET,
        /** Nothing happens any more until the client goes. */
        STALL
    }

    public ConnectionEnd(Kind kind) {
        super("the connection ends on purpose: " + kind);
        this.kind = kind;
    }

    /** Returns an exception that passes through handlers for a client that went away, with the same effect. */
    public HttpProtocolException asFailureOfClient() {
        return HttpProtocolException.gone(this);
    }

    /** Prepares the end of a connection if that is what the failure asks for. */
    static void prepare(IOException failure, Socket transport) throws IOException {
        ConnectionEnd end = in(failure);
        if (end == null) {
            return;
        }
        if (end.kind == Kind.RESET) {
            transport.setSoLinger(true, 0);
        } else if (end.kind == Kind.STALL) {
            transport.setSoTimeout(0);
            InputStream rest = transport.getInputStream();
            while (end.awaitsMore(rest)) {}
        }
    }

    private static @Nullable ConnectionEnd in(IOException failure) {
        return failure instanceof ConnectionEnd end
                ? end
                : failure.getCause() instanceof ConnectionEnd end ? end : null;
    }

    /** Reads slowly, so that a client that still sends soon cannot send any more. */
    @SuppressWarnings("BusyWait")
    private boolean awaitsMore(InputStream rest) throws IOException {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
        return rest.read() >= 0;
    }
}
