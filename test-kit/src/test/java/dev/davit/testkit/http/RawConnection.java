package dev.davit.testkit.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A client that sends exactly the bytes it is told to, and reads what comes back without help from a library. */
public final class RawConnection implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 20_000;

    private final Socket socket;

    public RawConnection(InetSocketAddress server) throws IOException {
        this.socket = new Socket(server.getAddress(), server.getPort());
        socket.setSoTimeout(TIMEOUT_MILLIS);
    }

    /** Opens a connection to a server on the loopback interface; only the port of the URL counts. */
    public static RawConnection to(URI server) throws IOException {
        return new RawConnection(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort()));
    }

    /** What the server answered; header names are in lower case. */
    public record Answer(int status, Map<String, String> headers, String body) {}

    /** Sends text; a line feed stands for CRLF, characters above 0x7f for their low byte. */
    public RawConnection send(String text) throws IOException {
        return sendBytes(text.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    public RawConnection sendBytes(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    public Answer read() throws IOException {
        return read(true);
    }

    /** Reads the answer to HEAD, which has the header fields of a body and no body. */
    public Answer readHead() throws IOException {
        return read(false);
    }

    private Answer read(boolean withBody) throws IOException {
        String statusLine = readLine();
        if (!statusLine.startsWith("HTTP/1.1 ")) {
            throw new IOException("not the beginning of an answer: " + statusLine);
        }
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = readLine(); !line.isEmpty(); line = readLine()) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        int code = Integer.parseInt(statusLine.substring(9, 12));
        return new Answer(code, headers, withBody && code >= 200 ? readBody(headers) : "");
    }

    private String readBody(Map<String, String> headers) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if ("chunked".equals(headers.get("transfer-encoding"))) {
            for (int size = chunkSize(); size > 0; size = chunkSize()) {
                body.write(readExactly(size));
                readLine();
            }
            readLine();
        } else if (headers.containsKey("content-length")) {
            body.write(readExactly(Integer.parseInt(headers.get("content-length"))));
        } else if ("close".equals(headers.get("connection"))) {
            body.write(socket.getInputStream().readAllBytes());
        }
        return body.toString(StandardCharsets.ISO_8859_1);
    }

    private int chunkSize() throws IOException {
        return Integer.parseInt(readLine(), 16);
    }

    private byte[] readExactly(int count) throws IOException {
        byte[] bytes = socket.getInputStream().readNBytes(count);
        if (bytes.length < count) {
            throw new IOException("expected " + count + " bytes, got " + bytes.length);
        }
        return bytes;
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        InputStream in = socket.getInputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("the connection ended after \"" + line + "\"");
            }
            line.append((char) c);
        }
        return line.substring(0, line.length() - 1);
    }

    /** Waits for the server to end the connection, and tells whether it did so without sending anything more. */
    public boolean isEndedByServer() throws IOException {
        return socket.getInputStream().read() < 0;
    }

    /** Tells the server that nothing more will come, and keeps listening. */
    public RawConnection endSending() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** Cuts the connection with a reset, as a client that is killed does. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
