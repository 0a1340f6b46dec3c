package dev.davit.cri.internal.stream;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Opens sessions and local ports, and ends those that are still open when it is closed. Thread-safe. */
public final class StreamOpener implements AutoCloseable {
    /** What those learn who use something when the opener is closed. */
    static final String CLOSED = "its client was closed";

    private final @Nullable SSLContext tls;
    private final Duration within;
    private final Set<StreamSession> sessions = ConcurrentHashMap.newKeySet();
    private final Set<LocalPort> ports = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

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

    /**
     * Begins to listen.
     *
     * @param port the port on the loopback interface; 0 for any that is free
     * @return the port, to be closed by the caller
     * @throws IOException if nobody can listen there
     */
    public LocalPort listen(int port) throws IOException {
        LocalPort local = new LocalPort(port, ports::remove);
        ports.add(local);
        if (closed) {
            local.close();
        }
        return local;
    }

    private interface Begin {
        StreamSession on(Connection connection, Upgrade upgrade) throws IOException;
    }

    private StreamSession open(StreamAddress address, String name, Begin begin) throws IOException {
        Connection connection = Connection.open(address, tls, within);
        try {
            StreamSession session = begin.on(connection, new Upgrade(connection, address));
            connection.waitForEver();
            sessions.add(session);
            session.start(name, () -> sessions.remove(session));
            if (closed) {
                session.close(CLOSED);
            }
            return session;
        } catch (IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Ends all sessions and stops listening. May be called again. */
    @Override
    public void close() {
        closed = true;
        sessions.forEach(session -> session.close(CLOSED));
        for (LocalPort port : ports) {
            try {
                port.close();
            } catch (IOException e) {
                // nobody can do anything about it
            }
        }
    }
}
