package dev.davit.cri;

import dev.davit.cri.internal.UnixSocket;
import io.grpc.BindableService;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.okhttp.OkHttpServerBuilder;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import javax.net.ServerSocketFactory;

/** A gRPC server on a unix socket in this JVM, with the services that a test gives it. */
final class FakeRuntime implements AutoCloseable {
    private final Path folder;
    private final Path socket;
    private Server server;

    private FakeRuntime(Path folder) {
        this.folder = folder;
        this.socket = folder.resolve("s");
    }

    static FakeRuntime serving(BindableService... services) throws IOException {
        FakeRuntime runtime = new FakeRuntime(Files.createTempDirectory(Path.of("/tmp"), "davit-fake-"));
        runtime.serve(services);
        return runtime;
    }

    /** Begins to listen, as a daemon does that was started again. */
    void serve(BindableService... services) throws IOException {
        OkHttpServerBuilder builder = OkHttpServerBuilder.forPort(
                        UnixDomainSocketAddress.of(socket), InsecureServerCredentials.create())
                .socketFactory(new UnixServerSocketFactory());
        for (BindableService service : services) {
            builder.addService(service);
        }
        server = builder.build().start();
    }

    String endpoint() {
        return "unix://" + socket;
    }

    Path socket() {
        return socket;
    }

    /** Ends all connections and stops listening. */
    void stop() throws IOException {
        server.shutdownNow();
        try {
            server.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Files.deleteIfExists(socket);
    }

    @Override
    public void close() throws IOException {
        stop();
        Files.delete(folder);
    }

    private static final class UnixServerSocketFactory extends ServerSocketFactory {
        @Override
        public ServerSocket createServerSocket() throws IOException {
            return new UnixServerSocket();
        }

        @Override
        public ServerSocket createServerSocket(int port) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ServerSocket createServerSocket(int port, int backlog) {
            throw new UnsupportedOperationException();
        }

        @Override
        public ServerSocket createServerSocket(int port, int backlog, java.net.InetAddress address) {
            throw new UnsupportedOperationException();
        }
    }

    private static final class UnixServerSocket extends ServerSocket {
        private final ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);

        UnixServerSocket() throws IOException {}

        @Override
        public void bind(SocketAddress address) throws IOException {
            channel.bind(address);
        }

        @Override
        public Socket accept() throws IOException {
            return new UnixSocket(channel.accept());
        }

        @Override
        public SocketAddress getLocalSocketAddress() {
            try {
                return channel.getLocalAddress();
            } catch (IOException e) {
                return null;
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
