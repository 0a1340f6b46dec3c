package dev.davit.cri.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A connected unix socket in the shape of a {@link Socket}, for libraries that know no other.
 *
 * <p>The JDK has unix sockets only as channels and refuses to wrap them. Its general-purpose stream adapters do not help
 * either: until JDK 19 they take one lock for reading and writing, and a connection whose reader waits can never write.
 * The streams here call the channel directly, which has a lock for each direction.
 *
 * <p>Reading and writing may go on at the same time, in two threads. Closing from any thread ends both.
 */
@SuppressWarnings("UnsynchronizedOverridesSynchronized") // the channel does its own locking
public final class UnixSocket extends Socket {
    private final SocketChannel channel;
    private final InputStream in;
    private final OutputStream out;
    private volatile boolean inputShut;
    private volatile boolean outputShut;

    /**
     * Wraps a channel, which belongs to the socket from then on.
     *
     * @param channel a connected channel in blocking mode
     * @throws SocketException never
     */
    public UnixSocket(SocketChannel channel) throws SocketException {
        super((@Nullable SocketImpl) null);
        this.channel = Objects.requireNonNull(channel, "channel");
        this.in = new ChannelInput();
        this.out = new ChannelOutput();
    }

    @Override
    public InputStream getInputStream() {
        return in;
    }

    @Override
    public OutputStream getOutputStream() {
        return out;
    }

    @Override
    public SocketChannel getChannel() {
        return channel;
    }

    @Override
    public void connect(SocketAddress endpoint) throws IOException {
        throw new SocketException("already connected");
    }

    @Override
    public void connect(SocketAddress endpoint, int timeout) throws IOException {
        throw new SocketException("already connected");
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    @Override
    public void shutdownInput() throws IOException {
        inputShut = true;
        channel.shutdownInput();
    }

    @Override
    public void shutdownOutput() throws IOException {
        outputShut = true;
        channel.shutdownOutput();
    }

    @Override
    public boolean isConnected() {
        return true;
    }

    @Override
    public boolean isBound() {
        return true;
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    @Override
    public boolean isInputShutdown() {
        return inputShut;
    }

    @Override
    public boolean isOutputShutdown() {
        return outputShut;
    }

    @Override
    public @Nullable SocketAddress getRemoteSocketAddress() {
        try {
            return channel.getRemoteAddress();
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public @Nullable SocketAddress getLocalSocketAddress() {
        try {
            return channel.getLocalAddress();
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public @Nullable InetAddress getInetAddress() {
        return null;
    }

    @Override
    public InetAddress getLocalAddress() {
        return InetAddress.getLoopbackAddress();
    }

    @Override
    public int getPort() {
        return 0;
    }

    @Override
    public int getLocalPort() {
        return -1;
    }

    /** Has no meaning here: a unix socket never delays. */
    @Override
    public void setTcpNoDelay(boolean on) {}

    @Override
    public boolean getTcpNoDelay() {
        return true;
    }

    /** Has no meaning here: a unix socket knows when its other end is gone. */
    @Override
    public void setKeepAlive(boolean on) {}

    @Override
    public boolean getKeepAlive() {
        return false;
    }

    /** Zero, which is for ever, is the only timeout: a blocking channel has no other. */
    @Override
    public void setSoTimeout(int millis) throws SocketException {
        if (millis != 0) {
            throw new SocketException("a unix socket has no read timeout");
        }
    }

    @Override
    public int getSoTimeout() {
        return 0;
    }

    @Override
    public String toString() {
        return "UnixSocket[" + getRemoteSocketAddress() + "]";
    }

    /** What a closed channel throws has no message; sockets say what happened. */
    private static SocketException closed(ClosedChannelException cause) {
        SocketException e = new SocketException("socket closed");
        e.initCause(cause);
        return e;
    }

    private final class ChannelInput extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            if (length == 0) {
                return 0;
            }
            try {
                return channel.read(ByteBuffer.wrap(bytes, offset, length));
            } catch (ClosedChannelException e) {
                throw closed(e);
            }
        }

        @Override
        public void close() throws IOException {
            UnixSocket.this.close();
        }
    }

    private final class ChannelOutput extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            ByteBuffer rest = ByteBuffer.wrap(bytes, offset, length);
            try {
                while (rest.hasRemaining()) {
                    channel.write(rest);
                }
            } catch (ClosedChannelException e) {
                throw closed(e);
            }
        }

        @Override
        public void close() throws IOException {
            UnixSocket.this.close();
        }
    }
}
