package dev.davit.testkit.http;

import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;

/**
 * The bytes that arrive on one connection, read as lines and as counted runs.
 *
 * <p>Reads ahead into one buffer that lives as long as the connection, so that pipelined requests are not lost. Every
 * failure of the socket becomes an {@link HttpProtocolException}: code that stores a body can tell the client's
 * failures from those of its own disk.
 */
final class HttpInput {
    private final InputStream in;
    private final byte[] buffer = new byte[16 * 1024];
    private int position;
    private int limit;

    HttpInput(InputStream in) {
        this.in = in;
    }

    /**
     * Tells whether no further request will come, waiting for a byte if none is there yet. Between two requests the
     * peer may end, break or forget a connection: none of this is a failure.
     */
    boolean atEnd() {
        if (position < limit) {
            return false;
        }
        try {
            return fill() < 0;
        } catch (HttpProtocolException e) {
            return true;
        }
    }

    /**
     * Reads up to the next CRLF and returns what is before it, a byte for a character.
     *
     * @param maxBytes how many bytes the line may have without its end
     * @param statusIfLonger what to answer to a longer one
     */
    String readLine(int maxBytes, int statusIfLonger) throws HttpProtocolException {
        StringBuilder line = new StringBuilder();
        while (true) {
            int c = readByte();
            if (c == '\r') {
                if (readByte() != '\n') {
                    throw new HttpProtocolException(400, "a carriage return that ends no line");
                }
                return line.toString();
            }
            if (c == '\n') {
                throw new HttpProtocolException(400, "a line that ends without a carriage return");
            }
            if (line.length() == maxBytes) {
                throw new HttpProtocolException(statusIfLonger, "a line of more than " + maxBytes + " bytes");
            }
            line.append((char) c);
        }
    }

    /** Reads at least one and at most {@code length} bytes; the end of the connection is a failure. */
    int readSome(byte[] into, int offset, int length) throws HttpProtocolException {
        if (position == limit) {
            if (length >= buffer.length) {
                return expectMore(readSocket(into, offset, length)); // large bodies skip the buffer
            }
            expectMore(fill());
        }
        int count = Math.min(length, limit - position);
        System.arraycopy(buffer, position, into, offset, count);
        position += count;
        return count;
    }

    private int readByte() throws HttpProtocolException {
        if (position == limit) {
            expectMore(fill());
        }
        return buffer[position++] & 0xff;
    }

    private int fill() throws HttpProtocolException {
        int count = readSocket(buffer, 0, buffer.length);
        position = 0;
        limit = Math.max(count, 0);
        return count;
    }

    private int readSocket(byte[] into, int offset, int length) throws HttpProtocolException {
        try {
            return in.read(into, offset, length);
        } catch (SocketTimeoutException e) {
            throw new HttpProtocolException(408, "the rest of the request did not arrive in time");
        } catch (IOException e) {
            throw HttpProtocolException.gone(e);
        }
    }

    private static int expectMore(int count) throws HttpProtocolException {
        if (count < 0) {
            throw new HttpProtocolException(400, "the connection ended in the middle of a request");
        }
        return count;
    }
}
