package dev.davit.testkit.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * The body of one request, read from the connection as the handler asks for it.
 *
 * <p>A client that sent {@code Expect: 100-continue} is told to go on by the first read, so that a handler which
 * refuses a request never makes the client send the body.
 */
abstract class RequestBody extends InputStream {
    private final HttpInput in;
    private boolean clientWaits;
    private final ContinueSignal continueSignal;
    private boolean over;

    RequestBody(HttpInput in, boolean clientWaits, ContinueSignal continueSignal) {
        this.in = in;
        this.clientWaits = clientWaits;
        this.continueSignal = continueSignal;
    }

    /** Sends the interim response that lets the client send its body. */
    interface ContinueSignal {
        void send() throws IOException;
    }

    /** Returns how many bytes may be read before the framing has to be looked at again; 0 at the end of the body. */
    abstract long available(HttpInput from) throws HttpProtocolException;

    /** Takes note of bytes that were read. */
    abstract void consumed(int count);

    @Override
    public final int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (over) {
            throw new IOException("the request of this body has been answered already");
        }
        return length == 0 ? 0 : readBody(into, offset, length);
    }

    @Override
    public final int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    private int readBody(byte[] into, int offset, int length) throws HttpProtocolException {
        letTheClientSend();
        long available = available(in);
        if (available == 0) {
            return -1;
        }
        int count = in.readSome(into, offset, (int) Math.min(length, available));
        consumed(count);
        return count;
    }

    private void letTheClientSend() throws HttpProtocolException {
        if (clientWaits) {
            clientWaits = false;
            try {
                continueSignal.send();
            } catch (IOException e) {
                throw HttpProtocolException.gone(e);
            }
        }
    }

    /**
     * Reads what the handler left unread, so that the next request on the connection can be found, and ends the body.
     *
     * @return false if there is more than the given number of bytes, or a client that still waits to be told to send:
     *     then the connection cannot be used again
     */
    final boolean skipRest(long maxBytes) throws HttpProtocolException {
        over = true;
        if (clientWaits) {
            return false;
        }
        byte[] scratch = new byte[8 * 1024];
        long skipped = 0;
        while (skipped <= maxBytes) {
            int count = readBody(scratch, 0, scratch.length);
            if (count < 0) {
                return true;
            }
            skipped += count;
        }
        return false;
    }

    /** A body of a length that the head announced. */
    static final class FixedLength extends RequestBody {
        private long remaining;

        FixedLength(HttpInput in, boolean clientWaits, ContinueSignal continueSignal, long length) {
            super(in, clientWaits && length > 0, continueSignal);
            this.remaining = length;
        }

        @Override
        long available(HttpInput from) {
            return remaining;
        }

        @Override
        void consumed(int count) {
            remaining -= count;
        }
    }

    /** A body in chunks (RFC 9112 section 7.1); chunk extensions and trailer fields are read and dropped. */
    static final class Chunked extends RequestBody {
        private static final int MAX_CHUNK_LINE = 4 * 1024;
        private static final int MAX_SIZE_DIGITS = 15; // stays far below an overflow of a long
        private static final long MAX_OVERHEAD = 1024 * 1024;

        private long remainingInChunk;
        private boolean first = true;
        private boolean last;
        private long overhead;

        Chunked(HttpInput in, boolean clientWaits, ContinueSignal continueSignal) {
            super(in, clientWaits, continueSignal);
        }

        @Override
        long available(HttpInput from) throws HttpProtocolException {
            if (remainingInChunk == 0 && !last) {
                if (!first && !from.readLine(0, 400).isEmpty()) {
                    throw new HttpProtocolException(400, "a chunk that is longer than its size");
                }
                first = false;
                remainingInChunk = chunkSize(from);
                if (remainingInChunk == 0) {
                    last = true;
                    skipTrailers(from);
                }
            }
            return remainingInChunk;
        }

        @Override
        void consumed(int count) {
            remainingInChunk -= count;
        }

        private long chunkSize(HttpInput from) throws HttpProtocolException {
            String line = from.readLine(MAX_CHUNK_LINE, 400);
            int semicolon = line.indexOf(';');
            String digits = (semicolon < 0 ? line : line.substring(0, semicolon)).stripTrailing();
            countOverhead(line.length() - digits.length());
            if (!digits.matches("[0-9a-fA-F]{1," + MAX_SIZE_DIGITS + "}")) {
                throw new HttpProtocolException(400, "a chunk size that is no hexadecimal number in range");
            }
            return Long.parseLong(digits, 16);
        }

        private void skipTrailers(HttpInput from) throws HttpProtocolException {
            String line;
            do {
                line = from.readLine(MAX_CHUNK_LINE, 400);
                countOverhead(line.length());
            } while (!line.isEmpty());
        }

        /** Extensions and trailers carry nothing here: a client may not keep the server busy with them alone. */
        private void countOverhead(int bytes) throws HttpProtocolException {
            overhead += bytes;
            if (overhead > MAX_OVERHEAD) {
                throw new HttpProtocolException(400, "chunk extensions and trailers of more than 1 MiB");
            }
        }
    }
}
