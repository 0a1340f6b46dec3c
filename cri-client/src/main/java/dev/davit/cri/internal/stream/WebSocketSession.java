package dev.davit.cri.internal.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connection of WebSocket (RFC 6455) whose messages begin with the number of their channel.
 *
 * <p>The servers do not put fragments together, so each message is one frame; they may send fragments. In version 4 of the
 * sub-protocol a channel cannot be ended in one direction, from version 5 on it can. A message is handed on in pieces, as it
 * arrives.
 */
final class WebSocketSession extends StreamSession {
    /** The sub-protocol that all servers have. */
    static final String V4 = "v4.channel.k8s.io";

    /** The sub-protocol in which channels can be ended. */
    static final String V5 = "v5.channel.k8s.io";

    private static final int FIN = 0x80;
    private static final int MASKED = 0x80;
    private static final int MASK_BYTES = 4;
    private static final int MAX_CONTROL = 125;
    private static final int TWO_BYTES = 126;
    private static final int MAX_HEAD = 14;
    private static final int NORMAL = 1000;

    private static final int CONTINUATION = 0;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;

    /** The number of no channel: what follows it is the channel that ends. */
    private static final int END = 255;

    private final String protocol;
    private final Map<Integer, Integer> prefixes = new HashMap<>();
    private final SecureRandom random = new SecureRandom();
    private final byte[] frame = new byte[MAX_HEAD + 1 + PIECE];

    /**
     * Takes over a connection.
     *
     * @param prefix how many bytes come first on each channel, and say nothing new
     */
    WebSocketSession(Connection connection, List<StreamChannel> channels, String protocol, int prefix) {
        super(connection, channels);
        this.protocol = protocol;
        channels.forEach(channel -> prefixes.put(channel.number(), prefix));
    }

    @Override
    public void send(int channel, byte[] bytes, int offset, int length) throws IOException {
        for (int sent = 0; sent < length; sent += PIECE) {
            int from = offset + sent;
            int piece = Math.min(PIECE, length - sent);
            write(out -> message(out, channel, bytes, from, piece));
        }
    }

    @Override
    public boolean canEnd() {
        return protocol.equals(V5);
    }

    @Override
    public void end(int channel) throws IOException {
        if (!canEnd()) {
            throw new IOException(protocol + " has no end of file");
        }
        write(out -> message(out, END, new byte[] {(byte) channel}, 0, 1));
    }

    private void message(OutputStream out, int channel, byte[] bytes, int offset, int length) throws IOException {
        int at = head(frame, BINARY, 1 + length);
        frame[at] = (byte) channel;
        System.arraycopy(bytes, offset, frame, at + 1, length);
        mask(frame, at, 1 + length);
        out.write(frame, 0, at + 1 + length);
    }

    /** Writes all of a frame that comes before what it carries, and says where that begins. */
    private int head(byte[] target, int type, int length) {
        int at = 0;
        target[at++] = (byte) (FIN | type);
        if (length <= MAX_CONTROL) {
            target[at++] = (byte) (MASKED | length);
        } else {
            target[at++] = (byte) (MASKED | TWO_BYTES);
            target[at++] = (byte) (length >> 8);
            target[at++] = (byte) length;
        }
        byte[] mask = new byte[MASK_BYTES];
        random.nextBytes(mask);
        System.arraycopy(mask, 0, target, at, MASK_BYTES);
        return at + MASK_BYTES;
    }

    private static void mask(byte[] target, int from, int length) {
        for (int i = 0; i < length; i++) {
            target[from + i] ^= target[from - MASK_BYTES + (i & 3)];
        }
    }

    private byte[] small(int type, byte[] content) {
        byte[] small = new byte[2 + MASK_BYTES + content.length];
        int at = head(small, type, content.length);
        System.arraycopy(content, 0, small, at, content.length);
        mask(small, at, content.length);
        return small;
    }

    @Override
    void read() throws IOException {
        DataInputStream in = in();
        Message message = new Message();
        for (int first = in.read(); first >= 0; first = in.read()) {
            int second = in.readUnsignedByte();
            if ((first & 0x70) != 0 || (second & MASKED) != 0) {
                throw new StreamProtocolException(
                        "WebSocket: expected a frame without extensions and mask, got one that" + " begins with "
                                + String.format("%02x %02x", first, second));
            }
            int type = first & 0x0f;
            if (type >= CLOSE) {
                if (control(type, second, (first & FIN) != 0)) {
                    return;
                }
            } else {
                message.frame(type, length(second), (first & FIN) != 0);
            }
        }
    }

    private long length(int second) throws IOException {
        if (second < TWO_BYTES) {
            return second;
        }
        long length = second == TWO_BYTES ? in().readUnsignedShort() : in().readLong();
        if (length < 0) {
            throw new StreamProtocolException("WebSocket: expected a length of at most 63 bits, got a larger one");
        }
        return length;
    }

    /** {@return whether it was the last frame} */
    private boolean control(int type, int length, boolean fin) throws IOException {
        if (length > MAX_CONTROL || !fin) {
            throw new StreamProtocolException("WebSocket: expected a whole control frame of at most " + MAX_CONTROL
                    + " bytes, got a larger one or a part of one");
        }
        byte[] content = in().readNBytes(length);
        if (content.length < length) {
            throw cut(length - content.length);
        }
        switch (type) {
            case CLOSE -> {
                closed(content);
                return true;
            }
            case PING -> reply(small(PONG, content));
            case PONG -> {
                // nobody has asked, and that is allowed
            }
            default -> throw new StreamProtocolException("WebSocket: expected a known type of frame, got " + type);
        }
        return false;
    }

    /** A server that says that all is over, or nothing at all, has ended all channels as it should. */
    private void closed(byte[] content) throws IOException {
        int code = content.length < 2 ? NORMAL : ((content[0] & 0xff) << 8) | (content[1] & 0xff);
        String text = content.length <= 2 ? "" : ": " + new String(content, 2, content.length - 2, UTF_8);
        IOException failure =
                code == NORMAL ? null : new IOException("the server closed the WebSocket with code " + code + text);
        channels().forEach(channel -> ended(channel, failure));
    }

    private static StreamProtocolException cut(long left) {
        return new StreamProtocolException(
                "WebSocket: expected " + left + " more bytes of a frame, got the end of the connection");
    }

    /** The message that arrives, over all its frames. */
    private final class Message {
        private final byte[] piece = new byte[PIECE];
        private boolean begun;
        private boolean numbered;
        private boolean ending;
        private @Nullable StreamChannel channel;

        void frame(int type, long length, boolean fin) throws IOException {
            if (type > BINARY || (type == CONTINUATION) != begun) {
                throw new StreamProtocolException("WebSocket: expected " + (begun ? "the rest of a" : "a new")
                        + " message, got a frame of type " + type);
            }
            if (type == TEXT) {
                throw new StreamProtocolException("WebSocket: expected binary messages, got text");
            }
            if (!begun) {
                begun = true;
                numbered = false;
                ending = false;
            }
            for (long left = length; left > 0; ) {
                int read = in().read(piece, 0, (int) Math.min(piece.length, left));
                if (read < 0) {
                    throw cut(left);
                }
                take(read);
                left -= read;
            }
            begun = !fin;
        }

        private void take(int length) throws IOException {
            int from = 0;
            if (!numbered) {
                numbered = true;
                int number = piece[from++] & 0xff;
                ending = number == END && canEnd();
                channel = channel(number);
            }
            if (ending && from < length) {
                ended(channel(piece[from] & 0xff), null);
            } else if (channel != null) {
                int skipped = Math.min(length - from, prefixes.getOrDefault(channel.number(), 0));
                prefixes.merge(channel.number(), -skipped, Integer::sum);
                from += skipped;
            }
            if (!ending && from < length) {
                arrived(channel, piece, from, length - from);
            }
        }
    }
}
