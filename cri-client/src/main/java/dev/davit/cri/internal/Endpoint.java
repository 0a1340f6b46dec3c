package dev.davit.cri.internal;

import dev.davit.oci.internal.Text;
import io.grpc.ManagedChannel;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where a CRI server listens: a unix socket or, rarely, a TCP port. Immutable. */
public final class Endpoint {
    private static final String FORMS = "unix:///path/of.sock, /path/of.sock or tcp://host:port";
    private static final int MAX_MESSAGE = 16 << 20;

    private final String text;
    private final @Nullable Path socket;
    private final String host;
    private final int port;

    private Endpoint(String text, @Nullable Path socket, String host, int port) {
        this.text = text;
        this.socket = socket;
        this.host = host;
        this.port = port;
    }

    /**
     * Reads an endpoint.
     *
     * @param text {@code unix:///path}, a bare absolute path, or {@code tcp://host:port}
     * @return the endpoint
     * @throws IllegalArgumentException if the text is none of these
     */
    public static Endpoint parse(String text) {
        if (text.startsWith("/")) {
            return ofSocket(text);
        }
        if (text.startsWith("unix:///")) {
            return ofSocket(text.substring("unix://".length()));
        }
        if (text.startsWith("tcp://")) {
            try {
                URI uri = URI.create(text);
                boolean bare = uri.getRawPath().isEmpty() && uri.getRawQuery() == null && uri.getRawUserInfo() == null;
                if (bare && uri.getHost() != null && uri.getPort() > 0) {
                    return new Endpoint(text, null, uri.getHost(), uri.getPort());
                }
            } catch (IllegalArgumentException e) {
                throw malformed(text, e);
            }
        }
        throw malformed(text, null);
    }

    private static Endpoint ofSocket(String path) {
        try {
            // gRPC wants some host and port; this one needs no look-up, and the socket factory does not look at it.
            return new Endpoint("unix://" + path, Path.of(path), "127.0.0.1", 1);
        } catch (IllegalArgumentException e) {
            throw malformed(path, e);
        }
    }

    private static IllegalArgumentException malformed(String text, @Nullable Throwable cause) {
        return new IllegalArgumentException("CRI endpoint: expected " + FORMS + ", got " + Text.quote(text), cause);
    }

    /**
     * Opens a channel. Nothing is connected before the first call.
     *
     * @return a new channel, which the caller shuts down
     */
    public ManagedChannel open() {
        OkHttpChannelBuilder builder =
                OkHttpChannelBuilder.forAddress(host, port).usePlaintext().maxInboundMessageSize(MAX_MESSAGE);
        if (socket != null) {
            // Servers that are strict about the authority refuse a path; a proxy has no business here.
            builder.socketFactory(new UnixSocketFactory(socket))
                    .overrideAuthority("localhost")
                    .proxyDetector(target -> null);
        }
        return builder.build();
    }

    /** {@return the host of a TCP port; that of this machine for a socket} */
    public String host() {
        return host;
    }

    /** {@return the socket file, or null for a TCP port} */
    public @Nullable Path socket() {
        return socket;
    }

    /** {@return owner, group and permissions of the socket file; nothing for a TCP port, or if it cannot be looked at} */
    public Optional<PosixFileAttributes> attributes() {
        try {
            return socket == null
                    ? Optional.empty()
                    : Optional.of(Files.readAttributes(socket, PosixFileAttributes.class));
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty();
        }
    }

    /** {@return whether somebody answers at the socket; for a TCP port, true} */
    boolean listens() {
        if (socket == null) {
            return true;
        }
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Explains why a call found nobody. Looks at the socket once more to find out.
     *
     * @param transport what the transport said
     * @return one line
     */
    public String explain(String transport) {
        if (socket == null) {
            return "no CRI server at " + text + ": " + transport;
        }
        try {
            BasicFileAttributes file = Files.readAttributes(socket, BasicFileAttributes.class);
            if (!file.isOther()) {
                return "no CRI socket at " + socket + ": it is a " + (file.isDirectory() ? "folder" : "file");
            }
            try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                channel.connect(UnixDomainSocketAddress.of(socket));
            }
            return "the server at the socket " + socket + " broke the connection: " + transport;
        } catch (NoSuchFileException e) {
            return "no CRI socket at " + socket + ": file does not exist; is containerd running?";
        } catch (IOException e) {
            String reason = e instanceof AccessDeniedException ? "Permission denied" : Text.plain(e.toString());
            if (reason.contains("Permission denied")) {
                return "no access to the CRI socket " + socket + ": permission denied; " + whose();
            }
            if (reason.contains("Connection refused")) {
                return "no CRI server at the socket " + socket + ": nobody listens; is containerd running?";
            }
            return "no CRI server at the socket " + socket + ": " + reason;
        }
    }

    private String whose() {
        return attributes()
                .map(file -> "it belongs to " + Text.plain(file.owner().getName()) + ":"
                        + Text.plain(file.group().getName()) + " with mode "
                        + PosixFilePermissions.toString(file.permissions()))
                .orElse("it usually takes root");
    }

    /** {@return the endpoint as a URI: {@code unix:///path} or {@code tcp://host:port}} */
    @Override
    public String toString() {
        return text;
    }
}
