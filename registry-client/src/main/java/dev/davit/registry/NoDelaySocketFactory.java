package dev.davit.registry;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/**
 * Makes sockets that send at once. With Nagle's algorithm the body of a small upload waits for the acknowledgement of
 * its header, which the other side delays: 40 ms for each blob.
 */
final class NoDelaySocketFactory extends SocketFactory {
    private final SocketFactory behind;

    NoDelaySocketFactory(SocketFactory behind) {
        this.behind = behind;
    }

    @Override
    public Socket createSocket() throws IOException {
        return noDelay(behind == SocketFactory.getDefault() ? new WideSocket() : behind.createSocket());
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return noDelay(behind.createSocket(host, port));
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return noDelay(behind.createSocket(host, port, localHost, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return noDelay(behind.createSocket(host, port));
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) throws IOException {
        return noDelay(behind.createSocket(host, port, localHost, localPort));
    }

    private static Socket noDelay(Socket socket) throws IOException {
        socket.setTcpNoDelay(true);
        return socket;
    }
}
