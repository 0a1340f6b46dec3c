package dev.davit.testkit.http;

import java.util.List;
import java.util.Locale;

/**
 * Reads the head of a request and finds out how its body is framed (RFC 9112), strictly: what two parties could read in
 * two ways is refused, because a test should learn of it.
 */
final class RequestReader {
    private static final int MAX_REQUEST_LINE = 16 * 1024;
    private static final int MAX_FIELD_LINE = 32 * 1024;
    private static final int MAX_FIELDS = 128;
    private static final int MAX_HEAD = 128 * 1024;

    private final HttpInput in;
    private final RequestBody.ContinueSignal continueSignal;

    RequestReader(HttpInput in, RequestBody.ContinueSignal continueSignal) {
        this.in = in;
        this.continueSignal = continueSignal;
    }

    /** A request together with what the connection has to know about it. */
    record Incoming(Request request, RequestBody body, boolean oldClient, boolean closeAfterwards) {}

    /** Reads one head. The body stays on the connection until it is read from the request. */
    Incoming read() throws HttpProtocolException {
        String[] line = requestLine().split(" ", -1);
        if (line.length != 3 || !HttpGrammar.isToken(line[0])) {
            throw new HttpProtocolException(400, "the request line is not 'METHOD target HTTP/1.1'");
        }
        boolean oldClient = line[2].equals("HTTP/1.0");
        if (!oldClient && !line[2].equals("HTTP/1.1")) {
            boolean otherVersion = line[2].matches("HTTP/[0-9](\\.[0-9])?");
            throw new HttpProtocolException(otherVersion ? 505 : 400, "the request is not HTTP/1.1");
        }
        RequestTarget target = RequestTarget.parse(line[1]);
        Headers headers = headers();
        if (headers.all("Host").size() != 1 && !oldClient) {
            throw new HttpProtocolException(400, "a request needs one Host header");
        }
        boolean clientWaits = expectsContinue(headers) && !oldClient;
        long length = contentLength(headers);
        RequestBody body = length < 0
                ? new RequestBody.Chunked(in, clientWaits, continueSignal)
                : new RequestBody.FixedLength(in, clientWaits, continueSignal, length);
        Request request = new Request(line[0], target.path(), target.parameters(), line[1], headers, length, body);
        return new Incoming(request, body, oldClient, oldClient || headers.lists("Connection", "close"));
    }

    private String requestLine() throws HttpProtocolException {
        String line = in.readLine(MAX_REQUEST_LINE, 414);
        return line.isEmpty() ? in.readLine(MAX_REQUEST_LINE, 414) : line; // RFC 9112 2.2: one stray CRLF is forgiven
    }

    private Headers headers() throws HttpProtocolException {
        Headers headers = Headers.none();
        int fields = 0;
        int bytes = 0;
        for (String line = field(bytes); !line.isEmpty(); line = field(bytes)) {
            if (++fields > MAX_FIELDS) {
                throw new HttpProtocolException(431, "more than " + MAX_FIELDS + " header fields");
            }
            bytes += line.length();
            int colon = line.indexOf(':');
            String name = colon < 0 ? "" : line.substring(0, colon);
            String value = trimBlanks(line.substring(colon + 1));
            if (!HttpGrammar.isToken(name) || !HttpGrammar.isFieldValue(value)) {
                throw new HttpProtocolException(400, "a malformed header field");
            }
            headers = headers.adding(name, value);
        }
        return headers;
    }

    private String field(int bytesBefore) throws HttpProtocolException {
        return in.readLine(Math.min(MAX_FIELD_LINE, MAX_HEAD - bytesBefore), 431);
    }

    private static String trimBlanks(String value) {
        int from = 0;
        int to = value.length();
        while (from < to && isBlank(value.charAt(from))) {
            from++;
        }
        while (to > from && isBlank(value.charAt(to - 1))) {
            to--;
        }
        return value.substring(from, to);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private static boolean expectsContinue(Headers headers) throws HttpProtocolException {
        List<String> expectations = headers.all("Expect");
        if (expectations.isEmpty()) {
            return false;
        }
        if (expectations.size() == 1 && expectations.get(0).equalsIgnoreCase("100-continue")) {
            return true;
        }
        throw new HttpProtocolException(417, "an expectation other than 100-continue");
    }

    /** Returns the length of the body, or -1 for chunks. */
    private static long contentLength(Headers headers) throws HttpProtocolException {
        List<String> lengths = headers.all("Content-Length");
        List<String> encodings = headers.all("Transfer-Encoding");
        if (!encodings.isEmpty()) {
            if (!lengths.isEmpty()) {
                throw new HttpProtocolException(400, "both Content-Length and Transfer-Encoding");
            }
            if (encodings.size() > 1
                    || !encodings.get(0).toLowerCase(Locale.ROOT).equals("chunked")) {
                throw new HttpProtocolException(501, "a transfer encoding other than chunked");
            }
            return -1;
        }
        if (lengths.isEmpty()) {
            return 0;
        }
        if (lengths.size() > 1 || !lengths.get(0).matches("[0-9]{1,18}")) {
            throw new HttpProtocolException(400, "a Content-Length that is not one number");
        }
        return Long.parseLong(lengths.get(0));
    }
}
