package dev.davit.cri.internal.stream;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connection of SPDY/3.1, as far as streaming servers speak it.
 *
 * <p>SPDY is what HTTP/2 was made of, and nobody would choose it today; but a stream of it can be ended in one direction,
 * which is how a process gets an end of file, and the WebSocket protocol of these servers has nothing like it. What they use
 * of SPDY is small. Each frame begins with eight bytes. If the first bit is 0, it carries data: 31 bits of stream, 8 of flags,
 * 24 of length. If it is 1, it controls something: 15 bits of version, 16 of type, 8 of flags, 24 of length. A client opens a
 * stream for each channel with SYN_STREAM, numbered 1, 3, 5, ..., whose headers say what it is for; the flag FIN on any frame
 * of a stream ends it in one direction, RST_STREAM in both.
 *
 * <p>Three things are not as they look:
 *
 * <ul>
 *   <li>Header blocks of one direction are a single compressed stream. A block that is skipped spoils all later ones, so the
 *       headers of answers are decompressed although nobody needs them, and those that we send are compressed in the order
 *       in which they leave.
 *   <li>The windows of version 3.1 are in no use: Go's servers neither grow them nor keep to them. So WINDOW_UPDATE and
 *       SETTINGS are read and forgotten, and what holds up a fast sender is TCP, for all streams at once.
 *   <li>At the end servers do not finish their streams: they send the status, then RST_STREAM for each, GOAWAY, and close. So
 *       to be reset is a failure only for those who miss something, and that a sink must know.
 * </ul>
 *
 * <p>Frames of data are handed on in pieces, as they arrive; only a control frame is ever held whole, and has a limit.
 */
final class SpdySession extends StreamSession {
    private static final int VERSION = 3;
    private static final int HEAD = 8;
    private static final int MAX_CONTROL = 64 << 10;
    private static final int CONTROL = 0x8000_0000;
    private static final int FIN = 1;

    private static final int SYN_STREAM = 1;
    private static final int SYN_REPLY = 2;
    private static final int RST_STREAM = 3;
    private static final int PING = 6;
    private static final int HEADERS = 8;

    /** Why a stream is reset: REFUSED_STREAM, because servers have no streams to open. */
    private static final int REFUSED = 3;

    private static final List<String> REASONS = List.of(
            "no reason",
            "PROTOCOL_ERROR",
            "INVALID_STREAM",
            "REFUSED_STREAM",
            "UNSUPPORTED_VERSION",
            "CANCEL",
            "INTERNAL_ERROR",
            "FLOW_CONTROL_ERROR");

    private final Map<Integer, StreamChannel> byStream = new HashMap<>();
    private final Map<Integer, Integer> streams = new HashMap<>();
    private final byte[] frame = new byte[HEAD + PIECE];

    SpdySession(Connection connection, List<StreamChannel> channels) throws IOException {
        super(connection, channels);
        try (SpdyHeaders.Encoder encoder = new SpdyHeaders.Encoder()) {
            for (StreamChannel channel : channels) {
                int stream = 2 * byStream.size() + 1;
                byStream.put(stream, channel);
                streams.put(channel.number(), stream);
                byte[] block = encoder.encode(channel.headers());
                write(out -> out.write(control(SYN_STREAM, 10 + block.length)
                        .putInt(stream)
                        .putInt(0)
                        .putShort((short) 0)
                        .put(block)
                        .array()));
            }
        }
    }

    private static ByteBuffer control(int type, int length) {
        return ByteBuffer.allocate(HEAD + length)
                .putInt(CONTROL | VERSION << 16 | type)
                .putInt(length);
    }

    @Override
    public void send(int channel, byte[] bytes, int offset, int length) throws IOException {
        int stream = stream(channel);
        for (int sent = 0; sent < length; sent += PIECE) {
            int from = offset + sent;
            int piece = Math.min(PIECE, length - sent);
            write(out -> data(out, stream, 0, bytes, from, piece));
        }
    }

    @Override
    public boolean canEnd() {
        return true;
    }

    @Override
    public void end(int channel) throws IOException {
        int stream = stream(channel);
        write(out -> data(out, stream, FIN, frame, HEAD, 0));
    }

    private int stream(int channel) {
        Integer stream = streams.get(channel);
        if (stream == null) {
            throw new IllegalArgumentException("no channel " + channel);
        }
        return stream;
    }

    private void data(OutputStream out, int stream, int flags, byte[] bytes, int offset, int length)
            throws IOException {
        ByteBuffer.wrap(frame).putInt(stream).putInt(flags << 24 | length).put(bytes, offset, length);
        out.write(frame, 0, HEAD + length);
    }

    @Override
    void read() throws IOException {
        try (SpdyHeaders.Decoder decoder = new SpdyHeaders.Decoder()) {
            DataInputStream in = in();
            for (int first = in.read(); first >= 0; first = in.read()) {
                int word = first << 24 | in.readUnsignedByte() << 16 | in.readUnsignedShort();
                int flags = in.readUnsignedByte();
                int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
                if ((word & CONTROL) == 0) {
                    readData(byStream.get(word), length);
                    endIf(flags, word);
                } else {
                    readControl(decoder, word & ~CONTROL, flags, length);
                }
            }
        }
    }

    private void readData(@Nullable StreamChannel channel, int length) throws IOException {
        byte[] piece = new byte[Math.min(PIECE, length)];
        for (int left = length; left > 0; ) {
            int read = in().read(piece, 0, Math.min(piece.length, left));
            if (read < 0) {
                throw new StreamProtocolException(
                        "SPDY: expected " + left + " more bytes of a frame, got the end of the connection");
            }
            arrived(channel, piece, 0, read);
            left -= read;
        }
    }

    private void endIf(int flags, int stream) {
        if ((flags & FIN) != 0) {
            ended(byStream.get(stream), null);
        }
    }

    private void readControl(SpdyHeaders.Decoder decoder, int versionAndType, int flags, int length)
            throws IOException {
        if (versionAndType >>> 16 != VERSION) {
            throw new StreamProtocolException("SPDY: expected version " + VERSION + ", got " + (versionAndType >>> 16));
        }
        if (length > MAX_CONTROL) {
            throw new StreamProtocolException(
                    "SPDY: expected a control frame of at most " + MAX_CONTROL + " bytes, got one of " + length);
        }
        byte[] content = in().readNBytes(length);
        if (content.length < length) {
            throw new StreamProtocolException("SPDY: expected " + (length - content.length)
                    + " more bytes of a frame, got the end of the connection");
        }
        control(decoder, versionAndType & 0xffff, flags, ByteBuffer.wrap(content));
    }

    private void control(SpdyHeaders.Decoder decoder, int type, int flags, ByteBuffer content) throws IOException {
        switch (type) {
            case SYN_REPLY, HEADERS -> {
                int stream = number(type, content);
                decoder.decode(rest(content));
                endIf(flags, stream);
            }
            case SYN_STREAM -> {
                int stream = number(type, content);
                number(type, content);
                require(type, content, 2).getShort();
                decoder.decode(rest(content));
                reply(control(RST_STREAM, 8).putInt(stream).putInt(REFUSED).array());
            }
            case RST_STREAM -> {
                int stream = number(type, content);
                int reason = require(type, content, 4).getInt();
                String name = reason > 0 && reason < REASONS.size() ? REASONS.get(reason) : "reason " + reason;
                ended(byStream.get(stream), new IOException("the server reset the stream: " + name));
            }
            case PING -> {
                int id = require(type, content, 4).getInt();
                reply(control(PING, 4).putInt(id).array());
            }
            default -> {
                // SETTINGS and WINDOW_UPDATE change nothing, GOAWAY only announces the end, others are to be ignored
            }
        }
    }

    private static int number(int type, ByteBuffer content) throws StreamProtocolException {
        return require(type, content, 4).getInt() & ~CONTROL;
    }

    private static ByteBuffer require(int type, ByteBuffer content, int bytes) throws StreamProtocolException {
        if (content.remaining() < bytes) {
            throw new StreamProtocolException("SPDY: expected at least " + bytes + " more bytes in a frame of type "
                    + type + ", got " + content.remaining());
        }
        return content;
    }

    private static byte[] rest(ByteBuffer content) {
        byte[] rest = new byte[content.remaining()];
        content.get(rest);
        return rest;
    }
}
