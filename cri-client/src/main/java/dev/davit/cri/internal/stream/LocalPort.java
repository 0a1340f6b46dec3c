package dev.davit.cri.internal.stream;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.Consumer;

/** A port of this machine that listens on the loopback interface. Thread-safe. */
public final class LocalPort implements AutoCloseable {
    private static final int BACKLOG = 128;

    private final ServerSocket server;
    private final Consumer<LocalPort> afterwards;

    /**
     * Begins to listen.
     *
     * @param port the port; 0 for any that is free
     * @param afterwards learns that it is closed
     * @throws IOException if that is not possible
     */
    LocalPort(int port, Consumer<LocalPort> afterwards) throws IOException {
        this.afterwards = afterwards;
        this.server = new ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress());
    }

    /** {@return the number of the port} */
    public int number() {
        return server.getLocalPort();
    }

    /**
     * Waits for somebody to connect.
     *
     * @return the connection, to be closed by the caller
     * @throws StreamClosedException if it is closed
     * @throws IOException if nobody can connect for another reason
     */
    public Peer accept() throws IOException {
        try {
            return new Peer(server.accept());
        } catch (IOException e) {
            throw server.isClosed() ? new StreamClosedException(StreamOpener.CLOSED, e) : e;
        }
    }

    /** Stops listening. Connections stay. */
    @Override
    public void close() throws IOException {
        afterwards.accept(this);
        server.close();
    }

    /** Somebody who has connected. */
    public static final class Peer implements AutoCloseable {
        private final Socket socket;

        private Peer(Socket socket) throws IOException {
            this.socket = socket;
            socket.setTcpNoDelay(true);
        }

        /** {@return what it sends} */
        public InputStream in() throws IOException {
            return socket.getInputStream();
        }

        /** {@return where to send it something} */
        public OutputStream out() throws IOException {
            return socket.getOutputStream();
        }

        /** Says that nothing more is sent. */
        public void end() throws IOException {
            socket.shutdownOutput();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
