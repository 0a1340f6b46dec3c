package dev.davit.testkit.http;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;

/** Puts responses on one connection. */
final class ResponseWriter {
    private static final Map<Integer, String> REASONS = Map.ofEntries(
            Map.entry(200, "OK"),
            Map.entry(201, "Created"),
            Map.entry(202, "Accepted"),
            Map.entry(204, "No Content"),
            Map.entry(206, "Partial Content"),
            Map.entry(301, "Moved Permanently"),
            Map.entry(302, "Found"),
            Map.entry(303, "See Other"),
            Map.entry(304, "Not Modified"),
            Map.entry(307, "Temporary Redirect"),
            Map.entry(308, "Permanent Redirect"),
            Map.entry(400, "Bad Request"),
            Map.entry(401, "Unauthorized"),
            Map.entry(403, "Forbidden"),
            Map.entry(404, "Not Found"),
            Map.entry(405, "Method Not Allowed"),
            Map.entry(408, "Request Timeout"),
            Map.entry(412, "Precondition Failed"),
            Map.entry(413, "Content Too Large"),
            Map.entry(414, "URI Too Long"),
            Map.entry(416, "Range Not Satisfiable"),
            Map.entry(417, "Expectation Failed"),
            Map.entry(429, "Too Many Requests"),
            Map.entry(431, "Request Header Fields Too Large"),
            Map.entry(500, "Internal Server Error"),
            Map.entry(501, "Not Implemented"),
            Map.entry(502, "Bad Gateway"),
            Map.entry(503, "Service Unavailable"),
            Map.entry(504, "Gateway Timeout"),
            Map.entry(505, "HTTP Version Not Supported"));

    private static final int COPY_BYTES = 64 * 1024;

    private final OutputStream out;

    ResponseWriter(OutputStream socket) {
        this.out = new BufferedOutputStream(socket, 16 * 1024);
    }

    void writeContinue() throws IOException {
        out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    /**
     * Sends a response to the end.
     *
     * @param toHead whether the request was {@code HEAD}: the header fields of the body are sent without it
     * @param chunksUnderstood whether the client knows chunks; a body of unknown length ends with the connection if not
     * @param closing whether the client shall be told that the connection ends
     * @return whether the client can find the end of this response and so the beginning of the next one
     * @throws IOException if the connection or the body broke; then part of the response may have been sent
     */
    boolean write(Response response, boolean toHead, boolean chunksUnderstood, boolean closing) throws IOException {
        boolean neverHasBody = response.status() == 204 || response.status() == 304;
        boolean framedByHandler = response.headers().first("Content-Length").isPresent();
        long length = response.body().length();
        boolean chunked = !neverHasBody && !framedByHandler && length < 0 && chunksUnderstood;
        boolean endsWithConnection = !neverHasBody && !framedByHandler && length < 0 && !chunksUnderstood && !toHead;

        StringBuilder head = new StringBuilder(256)
                .append("HTTP/1.1 ")
                .append(response.status())
                .append(' ')
                .append(REASONS.getOrDefault(response.status(), ""))
                .append("\r\n");
        response.headers().forEach((name, value) -> field(head, name, value));
        field(head, "Date", DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC)));
        if (chunked) {
            field(head, "Transfer-Encoding", "chunked");
        } else if (!neverHasBody && !framedByHandler && length >= 0) {
            field(head, "Content-Length", Long.toString(length));
        }
        if (closing || endsWithConnection) {
            field(head, "Connection", "close");
        }
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));

        boolean wellFramed = true;
        if (!neverHasBody && !toHead) {
            try {
                long sent = chunked ? sendChunks(response.body()) : sendPlain(response.body());
                wellFramed = chunked || (!endsWithConnection && sent == announcedLength(response.headers(), length));
            } catch (IOException e) {
                flushWhatThereIs(e);
                throw e;
            }
        }
        out.flush();
        return wellFramed;
    }

    /** A body that breaks after some bytes breaks for the client after the same bytes. */
    private void flushWhatThereIs(IOException cause) {
        try {
            out.flush();
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private static void field(StringBuilder head, String name, String value) {
        head.append(name).append(": ").append(value).append("\r\n");
    }

    private static long announcedLength(Headers headers, long bodyLength) {
        String announced = headers.first("Content-Length").orElse(Long.toString(bodyLength));
        return announced.matches("[0-9]{1,18}") ? Long.parseLong(announced) : -1;
    }

    private long sendPlain(Response.Body body) throws IOException {
        byte[] some = new byte[COPY_BYTES];
        long sent = 0;
        try (InputStream in = body.open()) {
            for (int count = in.read(some); count >= 0; count = in.read(some)) {
                out.write(some, 0, count);
                sent += count;
            }
        }
        return sent;
    }

    private long sendChunks(Response.Body body) throws IOException {
        byte[] chunk = new byte[COPY_BYTES];
        long sent = 0;
        try (InputStream in = body.open()) {
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                if (count > 0) { // a chunk of size 0 would end the body
                    out.write((Integer.toHexString(count) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                    out.write(chunk, 0, count);
                    out.write('\r');
                    out.write('\n');
                    sent += count;
                }
            }
        }
        out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        return sent;
    }
}
