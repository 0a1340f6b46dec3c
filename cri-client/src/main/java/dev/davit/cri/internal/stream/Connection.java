package dev.davit.cri.internal.stream;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a streaming server. It is that of a channel, which an interrupt of a thread that reads or writes closes
 * at once; so does {@link #close}, from any thread.
 */
final class Connection implements Closeable {
    private static final int BUFFER = 64 << 10;

    private final Closeable channel;
    private final @Nullable Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    /**
     * Takes over a connection that is there.
     *
     * @param channel ends it
     * @param socket knows how long to wait; null if reads wait for ever
     */
    Connection(Closeable channel, @Nullable Socket socket, InputStream in, OutputStream out) {
        this.channel = channel;
        this.socket = socket;
        this.in = new DataInputStream(new BufferedInputStream(in, BUFFER));
        this.out = out;
    }

    /**
     * Connects.
     *
     * @param tls what to trust and to show; null means what the JDK does by default
     * @param within how long to wait for the connection, and then for each piece of what is read
     */
    static Connection open(StreamAddress address, @Nullable SSLContext tls, Duration within) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            InetAddress host = InetAddress.getByName(address.host());
            if (address.isLoopback() && !host.isLoopbackAddress()) {
                throw new IOException(address.host() + " is not on this machine");
            }
            int millis = (int) Math.max(1, Math.min(Integer.MAX_VALUE, within.toMillis()));
            Socket plain = channel.socket();
            plain.connect(new InetSocketAddress(host, address.port()), millis);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            plain.setSoTimeout(millis);
            Socket socket = address.tls() ? secured(plain, address, tls) : plain;
            return new Connection(channel, plain, socket.getInputStream(), socket.getOutputStream());
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static Socket secured(Socket socket, StreamAddress address, @Nullable SSLContext tls) throws IOException {
        SSLSocket secured = (SSLSocket) (tls == null ? byDefault() : tls)
                .getSocketFactory()
                .createSocket(socket, address.host(), address.port(), true);
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(parameters);
        try {
            secured.startHandshake();
        } catch (SSLException e) {
            throw new IOException(
                    "no TLS with " + address + ": " + e.getMessage() + "; streamTls sets what to trust and to show", e);
        }
        return secured;
    }

    private static SSLContext byDefault() throws IOException {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IOException("no TLS in this JVM", e);
        }
    }

    /** {@return what arrives; for one thread} */
    DataInputStream in() {
        return in;
    }

    /** {@return where to write; each write leaves at once; for one thread at a time} */
    OutputStream out() {
        return out;
    }

    /** From here on reads wait for ever. */
    void waitForEver() throws IOException {
        if (socket != null) {
            socket.setSoTimeout(0);
        }
    }

    /** Closes at once, without the farewells of TLS, which could have to wait for the other side. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
