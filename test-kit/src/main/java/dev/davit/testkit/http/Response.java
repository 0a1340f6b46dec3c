package dev.davit.testkit.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * What a handler wants sent: status, header fields and a body that is read while it is sent. Immutable.
 *
 * <p>The server adds {@code Date}, {@code Connection} and the framing ({@code Content-Length} or chunks). A
 * {@code Content-Length} among the headers is sent as it stands, whatever the body holds: a body that turns out shorter
 * or longer ends the connection, which is how a truncated answer is made.
 *
 * @param status the status code, 200 to 599
 * @param headers the header fields
 * @param body the body; not sent as the answer to {@code HEAD}
 */
public record Response(int status, Headers headers, Body body) {
    public Response {
        if (status < 200 || status > 599) {
            throw new IllegalArgumentException("not a final status: " + status);
        }
    }

    /** Returns a response without header fields and with an empty body. */
    public static Response of(int status) {
        return new Response(status, Headers.none(), Body.EMPTY);
    }

    /** Returns this response with a header field, in place of those of the same name. */
    public Response with(String header, String value) {
        return new Response(status, headers.with(header, value), body);
    }

    /** Returns this response with another body. */
    public Response with(Body newBody) {
        return new Response(status, headers, newBody);
    }

    /** Returns this response with the given bytes as its body; the array is not copied. */
    public Response with(String contentType, byte[] content) {
        return with("Content-Type", contentType).with(Body.of(content));
    }

    /** Bytes that are opened when they are sent. */
    public interface Body {
        /** No bytes at all. */
        Body EMPTY = of(new byte[0]);

        /** Returns the number of bytes, or -1 if only the end of the stream will tell. */
        long length();

        /**
         * Opens the bytes; the server closes the stream.
         *
         * @throws IOException if they cannot be opened; then, as when a read fails, the connection is dropped
         */
        InputStream open() throws IOException;

        /** Returns a body of the given bytes, which are not copied. */
        static Body of(byte[] content) {
            return new Body() {
                @Override
                public long length() {
                    return content.length;
                }

                @Override
                public InputStream open() {
                    return new ByteArrayInputStream(content);
                }
            };
        }
    }
}
