package dev.davit.cri.internal.stream;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Opens sessions. Immutable. */
public final class StreamOpener {
    private final @Nullable SSLContext tls;
    private final Duration within;

    /**
     * Creates an opener.
     *
     * @param tls what to trust and to show; null means what the JDK does by default
     * @param within how long to wait for a connection and its answer
     */
    public StreamOpener(@Nullable SSLContext tls, Duration within) {
        this.tls = tls;
        this.within = within;
    }

    /** What a session is for. */
    public enum Purpose {
        /** The streams of a process. */
        PROCESS(WebSocketSession.V4, WebSocketSession.V5 + "," + WebSocketSession.V4, 0),
        /** A connection to a port. */
        PORT("portforward.k8s.io", WebSocketSession.V4, Short.BYTES);

        private final String spdy;
        private final String webSocket;
        /** Over WebSocket, the number of the port comes first on each channel. */
        private final int prefix;

        Purpose(String spdy, String webSocket, int prefix) {
            this.prefix = prefix;
            this.spdy = spdy;
            this.webSocket = webSocket;
        }
    }

    /**
     * Opens a session of SPDY.
     *
     * @param name what it is, as the name of its thread
     * @return the session, whose sinks get what arrives from now on; to be closed by the caller
     * @throws StreamRefusedException if the server does not want to
     * @throws IOException if there is no server, or no answer of it
     */
    public StreamSession spdy(StreamAddress address, Purpose purpose, List<StreamChannel> channels, String name)
            throws IOException {
        return open(address, name, (connection, upgrade) -> {
            upgrade.toSpdy(purpose.spdy);
            return new SpdySession(connection, channels);
        });
    }

    /** Opens a session of WebSocket; the same as with SPDY otherwise. */
    public StreamSession webSocket(StreamAddress address, Purpose purpose, List<StreamChannel> channels, String name)
            throws IOException {
        return open(
                address,
                name,
                (connection, upgrade) -> new WebSocketSession(
                        connection,
                        channels,
                        upgrade.toWebSocket(List.of(purpose.webSocket.split(","))),
                        purpose.prefix));
    }

    private interface Begin {
        StreamSession on(Connection connection, Upgrade upgrade) throws IOException;
    }

    private StreamSession open(StreamAddress address, String name, Begin begin) throws IOException {
        Connection connection = Connection.open(address, tls, within);
        try {
            StreamSession session = begin.on(connection, new Upgrade(connection, address));
            session.start(name);
            return session;
        } catch (IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }
}
