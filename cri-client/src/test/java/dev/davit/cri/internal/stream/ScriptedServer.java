package dev.davit.cri.internal.stream;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A streaming server that does with each connection what the next script says, good or bad. */
public final class ScriptedServer implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    private final List<CompletableFuture<Void>> done = new ArrayList<>();
    private final List<Socket> sockets = new ArrayList<>();

    /** What happens on a connection. */
    public interface Script {
        /** Plays the server. */
        void play(Peer peer) throws Exception;
    }

    /** The server's side of a connection. */
    public static final class Peer {
        public final DataInputStream in;
        public final OutputStream out;
        private final SpdyHeaders.Decoder decoder = new SpdyHeaders.Decoder();
        private final SpdyHeaders.Encoder encoder = new SpdyHeaders.Encoder();

        private Peer(Socket socket) throws IOException {
            this.in = new DataInputStream(socket.getInputStream());
            this.out = socket.getOutputStream();
        }

        /** Reads a request. */
        public String request() throws IOException {
            StringBuilder head = new StringBuilder();
            while (!head.toString().endsWith("\r\n\r\n")) {
                head.append((char) in.readUnsignedByte());
            }
            return head.toString();
        }

        /** Writes lines of a header. */
        public void answer(String... lines) throws IOException {
            out.write((String.join("\r\n", lines) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
        }

        /** Reads a request and switches to SPDY. */
        public String spdy(String protocol) throws IOException {
            String request = request();
            answer(
                    "HTTP/1.1 101 Switching Protocols",
                    "Connection: Upgrade",
                    "Upgrade: SPDY/3.1",
                    "X-Stream-Protocol-Version: " + protocol);
            return request;
        }

        /** Reads a request and switches to WebSocket. */
        public String webSocket(String protocol) throws Exception {
            String request = request();
            String key = request.lines()
                    .filter(line -> line.startsWith("Sec-WebSocket-Key: "))
                    .findFirst()
                    .orElseThrow()
                    .substring("Sec-WebSocket-Key: ".length());
            byte[] hash = MessageDigest.getInstance("SHA-1")
                    .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII));
            answer(
                    "HTTP/1.1 101 Switching Protocols",
                    "connection: upgrade",
                    "upgrade: WebSocket",
                    "sec-websocket-accept: " + Base64.getEncoder().encodeToString(hash),
                    "sec-websocket-protocol: " + protocol);
            return request;
        }

        /** Reads a frame of SPDY: {@code syn 1 {streamtype=error}}, {@code data 3 fin=0 abc}, {@code control 6}. */
        public String frame() throws IOException {
            int first = in.readInt();
            int second = in.readInt();
            byte[] content = in.readNBytes(second & 0xffffff);
            if (first >= 0) {
                return "data " + first + " fin=" + (second >>> 24) + " " + new String(content, StandardCharsets.UTF_8);
            }
            if ((first & 0xffff) == 1) {
                byte[] block = java.util.Arrays.copyOfRange(content, 10, content.length);
                return "syn " + java.nio.ByteBuffer.wrap(content).getInt() + " " + decoder.decode(block);
            }
            return "control " + (first & 0xffff) + " "
                    + java.util.HexFormat.of().formatHex(content);
        }

        /** Answers a stream, with a header block. */
        public void reply(int stream) throws IOException {
            byte[] block = encoder.encode(java.util.Map.of());
            control(
                    2,
                    java.nio.ByteBuffer.allocate(4 + block.length)
                            .putInt(stream)
                            .put(block)
                            .array());
        }

        /** Sends a frame that controls something. */
        public void control(int type, byte[] content) throws IOException {
            out.write(java.nio.ByteBuffer.allocate(8 + content.length)
                    .putInt(0x80030000 | type)
                    .putInt(content.length)
                    .put(content)
                    .array());
        }

        /** Sends data. */
        public void data(int stream, int flags, byte[] content) throws IOException {
            out.write(java.nio.ByteBuffer.allocate(8 + content.length)
                    .putInt(stream)
                    .putInt(flags << 24 | content.length)
                    .put(content)
                    .array());
        }

        /** Reads a message of WebSocket, which must be one masked frame. */
        public byte[] message() throws IOException {
            int first = in.readUnsignedByte();
            int second = in.readUnsignedByte();
            if ((first & 0x70) != 0 || first < 0x80 || second < 0x80) {
                throw new IOException("not a whole masked frame");
            }
            int length = second & 0x7f;
            if (length == 126) {
                length = in.readUnsignedShort();
            }
            byte[] mask = in.readNBytes(4);
            byte[] content = in.readNBytes(length);
            for (int i = 0; i < length; i++) {
                content[i] ^= mask[i % 4];
            }
            return content;
        }

        /** Sends a frame of WebSocket. */
        public void ws(int first, byte[] content) throws IOException {
            java.nio.ByteBuffer frame =
                    java.nio.ByteBuffer.allocate(10 + content.length).put((byte) first);
            if (content.length < 126) {
                frame.put((byte) content.length);
            } else {
                frame.put((byte) 127).putLong(content.length);
            }
            frame.put(content);
            out.write(frame.array(), 0, frame.position());
        }
    }

    /** Creates a server. */
    public ScriptedServer() throws IOException {}

    /** Takes the connections that come, one for each script. */
    public ScriptedServer plays(Script... scripts) {
        CompletableFuture<Void> all = new CompletableFuture<>();
        done.add(all);
        Thread thread = new Thread(() -> {
            try {
                for (Script script : scripts) {
                    try (Socket socket = server.accept()) {
                        sockets.add(socket);
                        script.play(new Peer(socket));
                    }
                }
                all.complete(null);
            } catch (Throwable e) {
                all.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return this;
    }

    /** {@return where it is, with a ticket} */
    public String url() {
        return "http://127.0.0.1:" + server.getLocalPort() + "/exec/ticket";
    }

    /** Waits for the scripts and fails as they do. */
    public void finish() throws Exception {
        for (CompletableFuture<Void> one : done) {
            one.get(10, TimeUnit.SECONDS);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
