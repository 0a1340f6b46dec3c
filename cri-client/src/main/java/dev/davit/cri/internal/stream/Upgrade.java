package dev.davit.cri.internal.stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.davit.oci.internal.Text;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Asks a server of HTTP/1.1 to go on with another protocol on the same connection (RFC 9110, section 7.8). */
final class Upgrade {
    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int MAX_HEAD = 32 << 10;
    private static final int MAX_TEXT = 1 << 10;
    private static final int KEY_BYTES = 16;

    /** RFC 6455, section 1.3: by this suffix a server shows that it means WebSocket. */
    private static final String WEBSOCKET_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private final Connection connection;
    private final StreamAddress address;

    Upgrade(Connection connection, StreamAddress address) {
        this.connection = connection;
        this.address = address;
    }

    /**
     * Goes on with SPDY/3.1.
     *
     * @param protocol how its streams are to be used
     * @throws StreamRefusedException if the server does not do that
     */
    void toSpdy(String protocol) throws IOException {
        Map<String, String> answer =
                ask("POST", "SPDY/3.1", List.of("X-Stream-Protocol-Version: " + protocol, "Content-Length: 0"));
        agreed(List.of(protocol), answer.getOrDefault("x-stream-protocol-version", ""));
    }

    /**
     * Goes on with WebSocket, version 13.
     *
     * @param protocols how its messages may be used
     * @return how they are used
     * @throws StreamRefusedException if the server does not do that
     */
    String toWebSocket(List<String> protocols) throws IOException {
        byte[] random = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(random);
        String key = Base64.getEncoder().encodeToString(random);
        Map<String, String> answer = ask(
                "GET",
                "websocket",
                List.of(
                        "Sec-WebSocket-Version: 13",
                        "Sec-WebSocket-Key: " + key,
                        "Sec-WebSocket-Protocol: " + String.join(", ", protocols)));
        if (!accept(key).equals(answer.get("sec-websocket-accept"))) {
            throw new StreamProtocolException("the answer of " + address + " does not belong to the question:"
                    + " expected its Sec-WebSocket-Accept to be made of our key");
        }
        return agreed(protocols, answer.getOrDefault("sec-websocket-protocol", ""));
    }

    private String agreed(List<String> offered, String chosen) throws StreamRefusedException {
        if (!offered.contains(chosen)) {
            throw new StreamRefusedException(
                    SWITCHING_PROTOCOLS,
                    address + " chose the protocol " + Text.quote(chosen) + ", expected "
                            + String.join(" or ", offered));
        }
        return chosen;
    }

    private static String accept(String key) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            return Base64.getEncoder().encodeToString(sha1.digest((key + WEBSOCKET_SUFFIX).getBytes(ISO_8859_1)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }

    private Map<String, String> ask(String method, String protocol, List<String> headers) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(method + " " + address.target() + " HTTP/1.1");
        lines.add("Host: " + address.authority());
        lines.add("Connection: Upgrade");
        lines.add("Upgrade: " + protocol);
        lines.addAll(headers);
        connection.out().write((String.join("\r\n", lines) + "\r\n\r\n").getBytes(ISO_8859_1));
        Head head = new Head(connection.in());
        String[] status = head.line().split(" ", 3);
        if (status.length < 2 || !status[0].startsWith("HTTP/1.") || !status[1].matches("[1-5]\\d\\d")) {
            throw new StreamProtocolException(address + " does not speak HTTP/1.1: its answer begins with "
                    + Text.quote(String.join(" ", status)));
        }
        Map<String, String> answer = head.headers();
        int code = Integer.parseInt(status[1]);
        if (code != SWITCHING_PROTOCOLS) {
            throw new StreamRefusedException(code, refusal(protocol, code, answer));
        }
        if (!protocol.equalsIgnoreCase(answer.get("upgrade"))) {
            throw new StreamRefusedException(
                    code,
                    address + " switched to " + Text.quote(answer.getOrDefault("upgrade", "")) + ", expected "
                            + protocol);
        }
        return answer;
    }

    private String refusal(String protocol, int code, Map<String, String> answer) throws IOException {
        int length = 0;
        try {
            length = Integer.parseInt(answer.getOrDefault("content-length", "0"));
        } catch (NumberFormatException e) {
            // then its text stays unread
        }
        String text =
                new String(connection.in().readNBytes(Math.min(Math.max(0, length), MAX_TEXT)), ISO_8859_1).strip();
        String others = answer.getOrDefault("x-accepted-stream-protocol-versions", "");
        return address + " refused " + protocol + " with status " + code
                + (text.isEmpty() ? "" : ": " + Text.plain(text))
                + (others.isEmpty() ? "" : "; it takes " + Text.plain(others));
    }

    /** Reads the lines before the first byte of the other protocol, and not a byte more. */
    private static final class Head {
        private final DataInputStream in;
        private int left = MAX_HEAD;

        Head(DataInputStream in) {
            this.in = in;
        }

        String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int b = in.read(); b != '\n'; b = in.read()) {
                if (b < 0) {
                    throw new EOFException("the server closed the connection instead of an answer");
                }
                if (--left < 0) {
                    throw new StreamProtocolException("expected at most " + MAX_HEAD + " bytes of headers, got more");
                }
                line.append((char) b);
            }
            int end = line.length();
            return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
        }

        /** {@return the headers, names in lower case; of those that come twice the last one} */
        Map<String, String> headers() throws IOException {
            Map<String, String> headers = new HashMap<>();
            for (String line = line(); !line.isEmpty(); line = line()) {
                int colon = line.indexOf(':');
                if (colon <= 0) {
                    throw new StreamProtocolException("expected a header, got " + Text.quote(line));
                }
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
            return headers;
        }
    }
}
