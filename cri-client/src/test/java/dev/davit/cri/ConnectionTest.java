package dev.davit.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.cri.internal.Endpoint;
import dev.davit.cri.raw.RuntimeServiceGrpc;
import dev.davit.cri.raw.VersionRequest;
import dev.davit.cri.raw.VersionResponse;
import io.grpc.BindableService;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCalls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What can go well and wrong between the client and whatever listens at the endpoint. */
@Timeout(60)
class ConnectionTest {
    private final FakeServices services = new FakeServices();

    @Test
    void greets_a_runtime_over_a_unix_socket() throws IOException {
        try (FakeRuntime runtime = FakeRuntime.serving(services.all());
                CriClient cri = CriClient.connect(runtime.endpoint())) {
            assertThat(cri.runtime().version()).isEqualTo(new RuntimeVersion("fake", "1.2.3", "v1"));
            assertThat(cri.runtime().version()).hasToString("fake 1.2.3");
            assertThat(cri).hasToString("CRI client of " + runtime.endpoint());
        }
    }

    @Test
    void takes_a_bare_path() throws IOException {
        try (FakeRuntime runtime = FakeRuntime.serving(services.all());
                CriClient cri = CriClient.connect(runtime.socket().toString())) {
            assertThat(cri.runtime().version().name()).isEqualTo("fake");
        }
    }

    @Test
    void says_that_there_is_no_socket() {
        assertThatThrownBy(() -> CriClient.connect("unix:///nowhere/containerd.sock"))
                .isInstanceOf(CriException.class)
                .hasMessage("no CRI socket at /nowhere/containerd.sock: file does not exist; is containerd running?")
                .extracting(e -> ((CriException) e).code())
                .isEqualTo(CriException.Code.UNAVAILABLE);
    }

    @Test
    void says_that_nobody_listens_at_a_port() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        assertThatThrownBy(() -> CriClient.connect("tcp://127.0.0.1:" + port))
                .isInstanceOf(CriException.class)
                .hasMessage("no CRI server at tcp://127.0.0.1:" + port + ": Connection refused");
    }

    @Test
    void says_that_a_server_is_too_old() throws IOException {
        try (FakeRuntime runtime = FakeRuntime.serving(versionService("runtime.v1alpha2.RuntimeService"))) {
            assertThatThrownBy(() -> CriClient.connect(runtime.endpoint()))
                    .isInstanceOf(CriException.class)
                    .hasMessage("the server at " + runtime.endpoint() + " speaks CRI v1alpha2 only: expected v1, which"
                            + " runtimes have since Kubernetes 1.23");
        }
    }

    @Test
    void says_that_a_server_is_no_containerd() throws IOException {
        try (FakeRuntime runtime = FakeRuntime.serving(services.all());
                CriClient cri = CriClient.connect(runtime.endpoint())) {
            assertThatThrownBy(() -> cri.containerd().list()).isInstanceOf(NotContainerdException.class);
            assertThatThrownBy(() -> cri.containerd().open()).isInstanceOf(NotContainerdException.class);
        }
    }

    @Test
    void says_that_a_server_has_no_cri() throws IOException {
        try (FakeRuntime runtime = FakeRuntime.serving()) {
            assertThatThrownBy(() -> CriClient.connect(runtime.endpoint()))
                    .isInstanceOf(CriException.class)
                    .hasMessage("the server at " + runtime.endpoint()
                            + " has no CRI service: is it switched off in the configuration of the runtime?");
        }
    }

    @Test
    void says_that_a_server_speaks_something_else() throws Exception {
        try (RawServer server = RawServer.saying("HTTP/1.1 400 Bad Request\r\n\r\n")) {
            assertThatThrownBy(() -> CriClient.connect(server.endpoint()))
                    .isInstanceOf(CriException.class)
                    .hasMessageStartingWith("the server at unix://" + server.path + " does not speak CRI: ");
        }
    }

    @Test
    void says_that_a_server_hangs_up() throws Exception {
        try (RawServer server = RawServer.hangingUp()) {
            assertThatThrownBy(() -> CriClient.connect(server.endpoint()))
                    .isInstanceOf(CriException.class)
                    .hasMessageStartingWith("the server at the socket " + server.path + " broke the connection: ");
        }
    }

    @Test
    void gives_up_on_a_server_that_says_nothing() throws Exception {
        try (RawServer server = RawServer.saying("")) {
            assertThatThrownBy(() -> CriClient.builder()
                            .endpoint(server.endpoint())
                            .timeout(Duration.ofMillis(300))
                            .connect())
                    .isInstanceOf(CriException.class)
                    .hasMessage("cannot ask for the version: no answer in time");
        }
    }

    @Test
    void carries_many_calls_at_once() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try (FakeRuntime runtime = FakeRuntime.serving(services.all());
                CriClient cri = CriClient.connect(runtime.endpoint())) {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                answers.add(threads.submit(() -> cri.runtime().version().version()));
            }
            for (Future<String> answer : answers) {
                assertThat(answer.get()).isEqualTo("1.2.3");
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void takes_answers_of_almost_sixteen_mebibytes() throws IOException {
        services.images.add("x".repeat(15 << 20));
        try (FakeRuntime runtime = FakeRuntime.serving(services.all());
                CriClient cri = CriClient.connect(runtime.endpoint())) {
            assertThat(cri.images().list().get(0).tags().get(0)).hasSize(15 << 20);
            services.images.add("x".repeat(2 << 20));
            assertThatThrownBy(() -> cri.images().list())
                    .isInstanceOf(CriException.class)
                    .extracting(e -> ((CriException) e).code())
                    .isEqualTo(CriException.Code.RESOURCE_EXHAUSTED);
        }
    }

    @Test
    void finds_a_server_again_that_was_away() throws Exception {
        try (FakeRuntime runtime = FakeRuntime.serving(services.all());
                CriClient cri = CriClient.connect(runtime.endpoint())) {
            runtime.stop();
            assertThatThrownBy(() -> cri.runtime().version())
                    .isInstanceOf(CriException.class)
                    .hasMessageContaining(runtime.socket().toString());
            runtime.serve(services.all());
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
            while (true) {
                try {
                    assertThat(cri.runtime().version().name()).isEqualTo("fake");
                    return;
                } catch (CriException e) {
                    assertThat(System.nanoTime()).as(e.getMessage()).isLessThan(deadline);
                    Thread.sleep(20);
                }
            }
        }
    }

    @Test
    void each_call_tries_to_connect_again_without_a_pause_that_grows() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Wire wire =
                        Wire.to(Endpoint.parse("tcp://127.0.0.1:" + server.getLocalPort()), Duration.ofSeconds(5))) {
            CountDownLatch connections = new CountDownLatch(10); // with pauses they would take minutes
            Thread thread = new Thread(() -> {
                try {
                    while (true) {
                        server.accept().close();
                        connections.countDown();
                    }
                } catch (IOException e) {
                    // the test is over
                }
            });
            thread.start();
            while (connections.getCount() > 0) {
                assertThatThrownBy(() -> wire.call(
                                "ask", RuntimeServiceGrpc.getVersionMethod(), VersionRequest.getDefaultInstance()))
                        .isInstanceOf(CriException.class);
            }
        }
    }

    @Test
    void an_interrupt_ends_a_call() throws Exception {
        try (FakeRuntime runtime = FakeRuntime.serving(services.all());
                CriClient cri = CriClient.connect(runtime.endpoint())) {
            CountDownLatch reached = services.hangIn("listPods");
            Thread caller = Thread.currentThread();
            Thread interrupter = new Thread(() -> {
                try {
                    reached.await();
                } catch (InterruptedException e) {
                    return;
                }
                caller.interrupt();
            });
            interrupter.start();
            assertThatThrownBy(() -> cri.pods().list())
                    .isInstanceOf(CriException.class)
                    .hasMessage("interrupted while it should list pods")
                    .extracting(e -> ((CriException) e).code())
                    .isEqualTo(CriException.Code.CANCELLED);
            assertThat(Thread.interrupted()).isTrue();
            interrupter.join();
        }
    }

    @Test
    void a_call_ends_after_its_time() throws IOException {
        try (FakeRuntime runtime = FakeRuntime.serving(services.all());
                CriClient cri = CriClient.builder()
                        .endpoint(runtime.endpoint())
                        .timeout(Duration.ofMillis(300))
                        .connect()) {
            services.hangIn("listPods");
            assertThatThrownBy(() -> cri.pods().list())
                    .isInstanceOf(CriException.class)
                    .hasMessage("cannot list pods: no answer in time");
        }
    }

    @Test
    void leaves_a_channel_open_that_it_was_given() throws IOException {
        try (FakeRuntime runtime = FakeRuntime.serving(services.all())) {
            ManagedChannel channel = Endpoint.parse(runtime.endpoint()).open();
            try (CriClient cri = CriClient.builder().channel(channel).connect()) {
                assertThat(cri.runtime().version().name()).isEqualTo("fake");
            }
            assertThat(channel.isShutdown()).isFalse();
            channel.shutdownNow();
            assertThatThrownBy(() -> CriClient.builder().channel(channel).connect())
                    .isInstanceOf(CriException.class)
                    .hasMessage("cannot ask for the version: the given channel was shut down");
        }
    }

    @Test
    void a_closed_client_makes_no_calls() throws IOException {
        try (FakeRuntime runtime = FakeRuntime.serving(services.all())) {
            CriClient cri = CriClient.connect(runtime.endpoint());
            cri.close();
            cri.close();
            assertThatThrownBy(() -> cri.runtime().version())
                    .isInstanceOfSatisfying(
                            CriException.class, e -> assertThat(e.code()).isEqualTo(CriException.Code.CANCELLED))
                    .hasMessage("cannot ask for the version: its client was closed");
        }
    }

    @Test
    void wants_an_endpoint_or_a_channel() throws IOException {
        try (FakeRuntime runtime = FakeRuntime.serving(services.all())) {
            ManagedChannel channel = Endpoint.parse(runtime.endpoint()).open();
            assertThatThrownBy(() -> CriClient.builder().connect()).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> CriClient.builder()
                            .endpoint(runtime.endpoint())
                            .channel(channel)
                            .connect())
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> CriClient.builder().timeout(Duration.ZERO))
                    .isInstanceOf(IllegalArgumentException.class);
            channel.shutdownNow();
        }
    }

    private static BindableService versionService(String name) {
        MethodDescriptor<VersionRequest, VersionResponse> method =
                MethodDescriptor.<VersionRequest, VersionResponse>newBuilder()
                        .setType(MethodDescriptor.MethodType.UNARY)
                        .setFullMethodName(MethodDescriptor.generateFullMethodName(name, "Version"))
                        .setRequestMarshaller(ProtoUtils.marshaller(VersionRequest.getDefaultInstance()))
                        .setResponseMarshaller(ProtoUtils.marshaller(VersionResponse.getDefaultInstance()))
                        .build();
        return () -> ServerServiceDefinition.builder(name)
                .addMethod(method, ServerCalls.asyncUnaryCall((request, out) -> {
                    out.onNext(VersionResponse.getDefaultInstance());
                    out.onCompleted();
                }))
                .build();
    }

    /** Listens at a unix socket and answers each connection with the same bytes. */
    private static final class RawServer implements AutoCloseable {
        private final Path path;
        private final ServerSocketChannel listener;
        private final List<SocketChannel> connections = new ArrayList<>();

        private RawServer(Path path, Optional<String> answer) throws IOException {
            this.path = path;
            this.listener =
                    ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path));
            Thread thread = new Thread(() -> serve(answer), "raw-server");
            thread.setDaemon(true);
            thread.start();
        }

        /** Says something and then nothing more. */
        static RawServer saying(String answer) throws IOException {
            return new RawServer(folder().resolve("s"), Optional.of(answer));
        }

        static RawServer hangingUp() throws IOException {
            return new RawServer(folder().resolve("s"), Optional.empty());
        }

        private static Path folder() throws IOException {
            return Files.createTempDirectory(Path.of("/tmp"), "davit-raw-");
        }

        private void serve(Optional<String> answer) {
            try {
                while (true) {
                    SocketChannel connection = listener.accept();
                    connections.add(connection);
                    if (answer.isPresent()) {
                        connection.write(ByteBuffer.wrap(answer.get().getBytes(StandardCharsets.US_ASCII)));
                    } else {
                        connection.close();
                    }
                }
            } catch (IOException e) {
                // closed
            }
        }

        String endpoint() {
            return path.toString();
        }

        @Override
        public void close() throws IOException {
            listener.close();
            for (SocketChannel connection : connections) {
                connection.close();
            }
            Files.delete(path);
            Files.delete(path.getParent());
        }
    }

    @Test
    void tells_who_may_write_to_the_socket() throws IOException {
        try (FakeRuntime runtime = FakeRuntime.serving(new FakeServices().all())) {
            Files.setPosixFilePermissions(runtime.socket(), PosixFilePermissions.fromString("rw-rw--w-"));
            try (CriClient cri = CriClient.connect(runtime.endpoint())) {
                CriSocket socket = cri.socket().orElseThrow();
                assertThat(socket.path()).isEqualTo(runtime.socket());
                assertThat(socket.owner())
                        .isEqualTo(Files.getOwner(runtime.socket()).getName());
                assertThat(socket.isOpenToAll()).isTrue();
                assertThat(socket).asString().endsWith(" rw-rw--w-)");
                assertThat(cri.endpoint()).contains(runtime.endpoint());
            }
        }
    }

    @Test
    void images_may_be_served_elsewhere() throws IOException {
        FakeServices images = new FakeServices();
        try (FakeRuntime runtime = FakeRuntime.serving(new FakeServices().all()[0]);
                FakeRuntime other = FakeRuntime.serving(images.all()[1]);
                CriClient cri = CriClient.builder()
                        .endpoint(runtime.endpoint())
                        .imageEndpoint(other.endpoint())
                        .connect()) {
            assertThat(cri.images().list()).isEmpty();
            assertThat(cri.pods().list()).isEmpty();
        }
    }
}
