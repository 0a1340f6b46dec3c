package dev.davit.cri.internal.stream;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * What a streaming server may send after its connection was upgraded, and header blocks of SPDY: it is refused with the one
 * exception there is or understood, never as more than was sent, and no matter in which pieces it arrives.
 */
public final class StreamFuzz {
    private static final int SPDY = 0;
    private static final int WEB_SOCKET = 1;
    private static final int PORT = 2;
    private static final int HEADERS = 3;

    private StreamFuzz() {}

    /** {@return inputs to start from} */
    public static List<byte[]> seeds() {
        byte[] block;
        try (SpdyHeaders.Encoder encoder = new SpdyHeaders.Encoder()) {
            block = encoder.encode(Map.of("streamtype", "data", "port", "80"));
        }
        String hex = HexFormat.of().formatHex(block);
        String length = String.format("%06x", 4 + block.length);
        return List.of(
                seed(
                        SPDY,
                        "80030002 00" + length + "00000001" + hex
                                + "00000005 00000003 616263" // data
                                + "80030006 00000004 00000007" // ping
                                + "00000001 01000002 7b7d" // the last data of a stream
                                + "80030003 00000008 00000005 00000005"), // reset
                seed(SPDY, "80030001 00" + String.format("%06x", 10 + block.length) + "00000002 00000000 0000" + hex),
                seed(WEB_SOCKET, "8201 01  0202 0161 8900 8001 62  8203 037b7d  8802 03e8"),
                seed(WEB_SOCKET, "827e 0003 016162  827f 0000000000000002 0161  8202 ff01"),
                seed(PORT, "0202 0050 8001 00 8203 0061 62 8802 03f3"),
                seed(HEADERS, hex));
    }

    private static byte[] seed(int kind, String hex) {
        byte[] sent = HexFormat.of().parseHex(hex.replace(" ", ""));
        byte[] seed = new byte[1 + sent.length];
        seed[0] = (byte) kind;
        System.arraycopy(sent, 0, seed, 1, sent.length);
        return seed;
    }

    /** Called by the fuzzer: the first byte says what the others are. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        int kind = input[0] & 3;
        byte[] sent = Arrays.copyOfRange(input, 1, input.length);
        if (kind == HEADERS) {
            headers(sent);
            return;
        }
        String atOnce = received(kind, sent, new ByteArrayInputStream(sent));
        require(atOnce.equals(received(kind, sent, new OneByOne(sent))), "pieces do not matter");
    }

    private static void headers(byte[] block) {
        Map<String, String> headers;
        try (SpdyHeaders.Decoder decoder = new SpdyHeaders.Decoder()) {
            headers = decoder.decode(block);
        } catch (StreamProtocolException e) {
            return;
        }
        try (SpdyHeaders.Encoder encoder = new SpdyHeaders.Encoder();
                SpdyHeaders.Decoder decoder = new SpdyHeaders.Decoder()) {
            Map<String, String> valid = new HashMap<>(headers);
            require(decoder.decode(encoder.encode(valid)).equals(valid), "headers read back");
        } catch (StreamProtocolException e) {
            // names that were no UTF-8 may have become longer than a block can be
            require(e.getMessage().contains("at most"), "headers are written so that they can be read");
        }
    }

    private static String received(int kind, byte[] sent, InputStream in) {
        Heard[] sinks = {new Heard(), new Heard(), new Heard()};
        List<StreamChannel> channels = List.of(
                StreamChannel.of(StreamChannel.STATUS, "error", sinks[0]),
                StreamChannel.of(StreamChannel.STDIN, "stdin", sinks[1]),
                StreamChannel.of(StreamChannel.STDOUT, "stdout", sinks[2]));
        Connection connection = new Connection(() -> {}, null, in, OutputStream.nullOutputStream());
        String end = "end";
        try (StreamSession session = session(kind, connection, channels)) {
            session.read();
        } catch (IOException e) {
            end = String.valueOf(e.getMessage());
        }
        int count = Arrays.stream(sinks).mapToInt(sink -> sink.bytes.size()).sum();
        require(count <= sent.length, "no more than was sent");
        return Arrays.toString(sinks) + end;
    }

    /** Ends the fuzzing if something does not hold. In this package nothing of other tests may be used. */
    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError("does not hold: " + what);
        }
    }

    private static StreamSession session(int kind, Connection connection, List<StreamChannel> channels)
            throws IOException {
        return switch (kind) {
            case SPDY -> new SpdySession(connection, channels);
            case WEB_SOCKET -> new WebSocketSession(connection, channels, WebSocketSession.V5, 0);
            default -> new WebSocketSession(connection, channels, WebSocketSession.V4, Short.BYTES);
        };
    }

    /** What has arrived on a channel. */
    private static final class Heard implements Sink {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private String end = "open";

        @Override
        public void data(byte[] source, int offset, int length) {
            require(end.equals("open"), "nothing comes behind the end");
            bytes.write(source, offset, length);
        }

        @Override
        public void end(IOException why) {
            require(end.equals("open"), "one end");
            end = String.valueOf(why);
        }

        @Override
        public String toString() {
            return HexFormat.of().formatHex(bytes.toByteArray()) + " " + end;
        }
    }

    /** Gives each byte alone. */
    private static final class OneByOne extends ByteArrayInputStream {
        OneByOne(byte[] bytes) {
            super(bytes);
        }

        @Override
        public synchronized int read(byte[] bytes, int offset, int length) {
            return super.read(bytes, offset, Math.min(1, length));
        }
    }
}
