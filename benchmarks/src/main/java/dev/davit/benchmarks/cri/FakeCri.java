package dev.davit.benchmarks.cri;

import dev.davit.cri.internal.UnixSocket;
import dev.davit.cri.raw.Container;
import dev.davit.cri.raw.ContainerState;
import dev.davit.cri.raw.ListContainersRequest;
import dev.davit.cri.raw.ListContainersResponse;
import dev.davit.cri.raw.RuntimeServiceGrpc;
import dev.davit.cri.raw.VersionRequest;
import dev.davit.cri.raw.VersionResponse;
import io.grpc.InsecureServerCredentials;
import io.grpc.okhttp.OkHttpServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
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

/** A runtime that answers from memory, in a process of its own, so that what it allocates is not counted as the client's. */
final class FakeCri {
    private static final int CONTAINERS = 100;

    private FakeCri() {}

    /** Serves until it is killed. The argument is the path of the socket. */
    public static void main(String[] args) throws Exception {
        OkHttpServerBuilder.forPort(
                        UnixDomainSocketAddress.of(args[0] + ".starting"), InsecureServerCredentials.create())
                .socketFactory(new UnixServerSockets())
                .addService(new Answers())
                .build()
                .start();
        Files.move(Path.of(args[0] + ".starting"), Path.of(args[0]));
        TimeUnit.DAYS.sleep(1);
    }

    /** Starts it in another JVM; who starts it destroys it. */
    static Process start(Path socket) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        FakeCri.class.getName(),
                        socket.toString())
                .inheritIO()
                .start();
        while (!Files.exists(socket)) {
            if (!process.isAlive()) {
                throw new IOException("the server does not start");
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
        return process;
    }

    private static final class Answers extends RuntimeServiceGrpc.RuntimeServiceImplBase {
        private static final VersionResponse VERSION = VersionResponse.newBuilder()
                .setVersion("0.1.0")
                .setRuntimeName("fake")
                .setRuntimeVersion("1.0.0")
                .setRuntimeApiVersion("v1")
                .build();
        private static final ListContainersResponse LIST = list();

        /** As the kubelet names and labels containers. */
        private static ListContainersResponse list() {
            ListContainersResponse.Builder list = ListContainersResponse.newBuilder();
            for (int i = 0; i < CONTAINERS; i++) {
                Container.Builder container = list.addContainersBuilder()
                        .setId(String.format("%064x", 0xabcdefL * (i + 1)))
                        .setPodSandboxId(String.format("%064x", 0xfedcbaL * (i + 1)))
                        .setImageRef("sha256:" + String.format("%064x", 0x123456L))
                        .setState(ContainerState.CONTAINER_RUNNING)
                        .setCreatedAt(1_795_394_382_150_168_103L + i)
                        .putLabels("io.kubernetes.container.name", "server")
                        .putLabels("io.kubernetes.pod.name", "server-6d4cf56db6-" + i)
                        .putLabels("io.kubernetes.pod.namespace", "default")
                        .putLabels("io.kubernetes.pod.uid", "a1c6a2fc-5c7c-4ee4-a1b7-00000000" + i)
                        .putAnnotations("io.kubernetes.container.hash", "f1a2b3c4")
                        .putAnnotations("io.kubernetes.container.restartCount", "0")
                        .putAnnotations("io.kubernetes.container.terminationMessagePath", "/dev/termination-log")
                        .putAnnotations("io.kubernetes.container.terminationMessagePolicy", "File")
                        .putAnnotations("io.kubernetes.pod.terminationGracePeriod", "30");
                container.getMetadataBuilder().setName("server");
                container.getImageBuilder().setImage("registry.example/acme/server:1.4.0");
            }
            return list.build();
        }

        @Override
        public void version(VersionRequest request, StreamObserver<VersionResponse> out) {
            out.onNext(VERSION);
            out.onCompleted();
        }

        @Override
        public void listContainers(ListContainersRequest request, StreamObserver<ListContainersResponse> out) {
            out.onNext(LIST);
            out.onCompleted();
        }
    }

    private static final class UnixServerSockets extends ServerSocketFactory {
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
        public ServerSocket createServerSocket(int port, int backlog, InetAddress address) {
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
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
