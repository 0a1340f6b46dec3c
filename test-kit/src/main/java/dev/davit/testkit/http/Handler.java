package dev.davit.testkit.http;

import java.io.IOException;

/**
 * Turns a request into a response; the whole of what a server does, apart from the socket.
 *
 * <p>A handler is called by many threads at once. The body of the request belongs to the call: it cannot be read after
 * {@link #handle} has returned. The body of the response is opened, read and closed by the server afterwards.
 */
@FunctionalInterface
public interface Handler {
    /**
     * Answers one request.
     *
     * @throws IOException if no answer can or shall be given: the connection is then dropped without one, unless the
     *     exception is an {@link HttpProtocolException} that names a status
     */
    Response handle(Request request) throws IOException;
}
