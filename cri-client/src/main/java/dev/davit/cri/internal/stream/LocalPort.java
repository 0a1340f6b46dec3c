package dev.davit.cri.internal.stream;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A port of this machine that listens on the loopback interface. Thread-safe. */
public final class LocalPort implements AutoCloseable {
    private static final int BACKLOG = 128;

    private final ServerSocket server;

    /**
     * Begins to listen.
     *
     * @param port the port; 0 for any that is free
     * @throws IOException if that is not possible
     */
    public LocalPort(int port) throws IOException {
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
     * @throws IOException if it is closed
     */
    public Peer accept() throws IOException {
        return new Peer(server.accept());
    }

    /** Stops listening. Connections stay. */
    @Override
    public void close() throws IOException {
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
