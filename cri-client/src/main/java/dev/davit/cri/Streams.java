package dev.davit.cri;

import dev.davit.cri.internal.Endpoint;
import dev.davit.cri.internal.stream.LocalPort;
import dev.davit.cri.internal.stream.StreamAddress;
import dev.davit.cri.internal.stream.StreamChannel;
import dev.davit.cri.internal.stream.StreamClosedException;
import dev.davit.cri.internal.stream.StreamOpener;
import dev.davit.cri.internal.stream.StreamOpener.Purpose;
import dev.davit.cri.internal.stream.StreamProtocolException;
import dev.davit.cri.internal.stream.StreamRefusedException;
import dev.davit.cri.internal.stream.StreamSession;
import dev.davit.oci.internal.Text;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Opens streams to a runtime. It is asked for an address, which is a ticket for one connection, and the connection is
 * upgraded to a protocol with channels. Thread-safe.
 */
final class Streams implements AutoCloseable {
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;

    private final Wire wire;
    private final StreamSettings settings;
    private final StreamOpener opener;

    /** What the server took the last time. */
    private volatile StreamTransport working = StreamTransport.SPDY;

    Streams(Wire wire, StreamSettings settings) {
        this.wire = wire;
        this.settings = settings;
        this.opener = new StreamOpener(settings.tls(), wire.timeout());
    }

    /**
     * Opens a stream.
     *
     * @param action what it is for: a verb and its object
     * @param name what it is, as the name of its thread
     * @param url asks the runtime for an address
     * @return the stream, to be closed by the caller
     */
    StreamSession open(
            String action, String name, Purpose purpose, List<StreamChannel> channels, Supplier<String> url) {
        CriException refusal = null;
        for (StreamTransport transport : candidates()) {
            try {
                StreamAddress address = address(url.get());
                StreamSession session = transport == StreamTransport.SPDY
                        ? opener.spdy(address, purpose, channels, name)
                        : opener.webSocket(address, purpose, channels, name);
                working = transport;
                return session;
            } catch (IOException e) {
                CriException failure = failure(action, e);
                if (refusal == null) {
                    refusal = failure;
                } else {
                    refusal.addSuppressed(failure);
                }
                if (!(e instanceof StreamRefusedException refused) || refused.status() == NOT_FOUND) {
                    break;
                }
            }
        }
        throw Objects.requireNonNull(refusal, "at least one transport is tried");
    }

    /** {@return what to try, each if the server refuses the one before} */
    private List<StreamTransport> candidates() {
        if (settings.transport() != StreamTransport.AUTO) {
            return List.of(settings.transport());
        }
        return working == StreamTransport.SPDY
                ? List.of(StreamTransport.SPDY, StreamTransport.WEBSOCKET)
                : List.of(StreamTransport.WEBSOCKET, StreamTransport.SPDY);
    }

    /** Listens at a port of this machine, until it or the client is closed. */
    LocalPort listen(int port) throws IOException {
        return opener.listen(port);
    }

    /** Ends all streams, whose users learn that the client was closed. May be called again. */
    @Override
    public void close() {
        opener.close();
    }

    /** A runtime that was taken over could have us connect to whatever this machine can reach. */
    private StreamAddress address(String url) throws IOException {
        StreamAddress address = StreamAddress.parse(url);
        Endpoint endpoint = wire.endpoint();
        boolean known = address.isLoopback()
                || (endpoint != null && address.host().equalsIgnoreCase(endpoint.host()))
                || settings.hosts().contains(address.host());
        if (!known) {
            throw new StreamHostException("the runtime wants the stream at " + address
                    + ", which is neither this machine nor the host of its endpoint; allow it with"
                    + " allowStreamHost(\"" + address.host() + "\") if that is right");
        }
        return address;
    }

    /** The runtime names a host that nobody has allowed. */
    private static final class StreamHostException extends IOException {
        private static final long serialVersionUID = 1L;

        StreamHostException(String message) {
            super(message);
        }
    }

    /** {@return what to throw if a stream has failed} */
    static CriException failure(String action, IOException cause) {
        if (cause instanceof ClosedByInterruptException
                || Thread.currentThread().isInterrupted()) {
            return Failures.interrupted(action, cause);
        }
        String reason =
                cause.getMessage() == null ? cause.getClass().getSimpleName() : Text.plain(cause.getMessage(), 600);
        return new CriException(code(cause), "cannot " + action + ": " + reason, cause);
    }

    private static CriException.Code code(IOException cause) {
        if (cause instanceof StreamRefusedException refusal) {
            return switch (refusal.status()) {
                case NOT_FOUND -> CriException.Code.NOT_FOUND;
                case UNAUTHORIZED, FORBIDDEN -> CriException.Code.PERMISSION_DENIED;
                default -> CriException.Code.UNIMPLEMENTED;
            };
        }
        if (cause instanceof StreamHostException) {
            return CriException.Code.PERMISSION_DENIED;
        }
        if (cause instanceof StreamProtocolException) {
            return CriException.Code.INTERNAL;
        }
        if (cause instanceof StreamClosedException) {
            return CriException.Code.CANCELLED;
        }
        return cause instanceof SocketTimeoutException
                ? CriException.Code.DEADLINE_EXCEEDED
                : CriException.Code.UNAVAILABLE;
    }
}
