package dev.davit.cri;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.davit.cri.internal.stream.ScriptedServer;
import dev.davit.cri.internal.stream.ScriptedServer.Peer;
import dev.davit.cri.internal.stream.ScriptedServer.Script;
import dev.davit.oci.DavitException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Commands whose runtime or whose streaming server does not do what it should. */
@Timeout(20)
class StreamFailuresTest {
    private static final String V4 = "v4.channel.k8s.io";
    private static final String SUCCESS = "{\"metadata\":{},\"status\":\"Success\"}";
    private static final ExecResult DONE = new ExecResult("", "", 0);
    private static final ExecSpec COMMAND = ExecSpec.of("true");

    private final FakeServices services = new FakeServices();
    private FakeRuntime runtime;
    private ScriptedServer server;

    @BeforeEach
    void start() throws Exception {
        runtime = FakeRuntime.serving(services.all());
        server = new ScriptedServer();
        services.streamUrl = server.url();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        runtime.close();
    }

    private CriClient.Builder client() {
        return CriClient.builder().endpoint(runtime.endpoint()).timeout(Duration.ofSeconds(10));
    }

    private static ExecResult run(CriClient client) {
        return client.containers().exec("c1", COMMAND);
    }

    private CriException failure(CriClient.Builder settings) {
        try (CriClient client = settings.connect()) {
            return catchThrowableOfType(CriException.class, () -> run(client));
        }
    }

    private static Script refuse(int status, String... headers) {
        return peer -> {
            peer.request();
            String[] lines = new String[headers.length + 1];
            lines[0] = "HTTP/1.1 " + status + " No";
            System.arraycopy(headers, 0, lines, 1, headers.length);
            peer.answer(lines);
        };
    }

    /** Takes the streams of a command without input: status 1, output 3, error messages 5. */
    private static void spdy(Peer peer) throws IOException {
        peer.spdy(V4);
        for (int i = 0; i < 3; i++) {
            peer.frame();
        }
    }

    private static void endSpdy(Peer peer) throws IOException {
        spdy(peer);
        peer.data(3, 1, new byte[0]);
        peer.data(5, 1, new byte[0]);
        peer.data(1, 1, SUCCESS.getBytes(UTF_8));
    }

    private static void endWebSocket(Peer peer) throws Exception {
        peer.webSocket(V4);
        peer.ws(0x82, ((char) 3 + SUCCESS).getBytes(UTF_8));
        peer.ws(0x88, new byte[] {3, (byte) 0xe8});
    }

    @Test
    void what_one_transport_is_refused_the_other_gets_with_a_ticket_of_its_own_and_the_next_time_first()
            throws Exception {
        server.plays(
                refuse(403),
                StreamFailuresTest::endWebSocket,
                StreamFailuresTest::endWebSocket,
                refuse(403),
                StreamFailuresTest::endSpdy,
                StreamFailuresTest::endSpdy);
        try (CriClient client = client().connect()) {
            for (int i = 0; i < 4; i++) {
                assertThat(run(client)).isEqualTo(DONE);
            }
        }
        server.finish();
        assertThat(services.count("ticket")).isEqualTo(6);
    }

    @Test
    void a_transport_that_was_asked_for_is_the_only_one() throws Exception {
        server.plays(refuse(403, "X-Accepted-Stream-Protocol-Versions: v9"), refuse(501));
        assertThat(failure(client().streamTransport(StreamTransport.SPDY)))
                .hasMessage("cannot run true in container c1: " + address()
                        + " refused SPDY/3.1 with status 403; it takes v9")
                .returns(CriException.Code.PERMISSION_DENIED, CriException::code);
        assertThat(failure(client().streamTransport(StreamTransport.WEBSOCKET)))
                .hasMessage("cannot run true in container c1: " + address() + " refused websocket with status 501")
                .returns(CriException.Code.UNIMPLEMENTED, CriException::code);
        server.finish();
    }

    private String address() {
        return services.streamUrl.substring(0, services.streamUrl.indexOf('/', 8));
    }

    @Test
    void a_server_that_takes_neither_says_why_twice() throws Exception {
        server.plays(refuse(403), peer -> peer.webSocket("v1.example"));
        CriException failure = failure(client());
        assertThat(failure).hasMessageContaining("refused SPDY/3.1 with status 403");
        assertThat(failure.getSuppressed()[0]).hasMessageContaining("chose the protocol \"v1.example\"");
    }

    @Test
    void a_ticket_that_is_not_known_is_said_so_and_not_tried_again() throws Exception {
        server.plays(refuse(404));
        assertThat(failure(client()))
                .hasMessageContaining("with status 404")
                .returns(CriException.Code.NOT_FOUND, CriException::code);
        server.finish();
        assertThat(services.count("ticket")).isEqualTo(1);
    }

    @Test
    void another_machine_gets_no_stream_unless_it_was_allowed() throws Exception {
        services.streamUrl = server.url().replace("127.0.0.1", "0.0.0.0");
        assertThat(failure(client()))
                .hasMessageContaining("the runtime wants the stream at http://0.0.0.0:")
                .hasMessageContaining("allow it with allowStreamHost(\"0.0.0.0\") if that is right")
                .returns(CriException.Code.PERMISSION_DENIED, CriException::code);

        server.plays(StreamFailuresTest::endSpdy);
        try (CriClient client = client().allowStreamHost("0.0.0.0").connect()) {
            assertThat(run(client)).isEqualTo(DONE);
        }
    }

    @Test
    void an_address_that_is_none_is_said_so_without_its_ticket() {
        services.streamUrl = "ftp://127.0.0.1/exec/secret";
        assertThat(failure(client()))
                .hasMessageContaining("expected an address as http://host:port/...")
                .hasMessageNotContaining("secret")
                .returns(CriException.Code.INTERNAL, CriException::code);
    }

    @Test
    void a_server_that_ends_within_a_frame_or_before_it_has_said_all_is_said_so() throws Exception {
        server.plays(
                peer -> {
                    spdy(peer);
                    peer.out.write(ByteBuffer.allocate(9).putInt(3).putInt(100).array());
                },
                StreamFailuresTest::spdy);
        assertThat(failure(client()))
                .hasMessage("cannot run true in container c1: SPDY: expected 99 more bytes of a frame,"
                        + " got the end of the connection")
                .returns(CriException.Code.INTERNAL, CriException::code);
        assertThat(failure(client()))
                .hasMessage("cannot run true in container c1: the server ended the connection")
                .returns(CriException.Code.UNAVAILABLE, CriException::code);
    }

    @Test
    void an_end_that_makes_no_sense_is_said_so() throws Exception {
        server.plays(status("{"), status("[]"), status("{\"a\":\"" + "b".repeat(70_000) + "\"}"));
        for (String message : new String[] {"status of the command", "status of the command", "at most 65536 bytes"}) {
            assertThat(failure(client()))
                    .hasMessageStartingWith("cannot run true in container c1: ")
                    .hasMessageContaining(message);
        }
    }

    private static Script status(String json) {
        return peer -> {
            spdy(peer);
            peer.data(3, 1, new byte[0]);
            peer.data(5, 1, new byte[0]);
            peer.data(1, 1, json.getBytes(UTF_8));
        };
    }

    @Test
    void a_port_of_this_machine_is_closed_with_the_client() throws Exception {
        BlockingQueue<DavitException> failures = new LinkedBlockingQueue<>();
        PortForward forward;
        try (CriClient client = client().connect()) {
            forward = client.pods().forward("p1", 0, 80, failures::add);
        }
        assertThat(failures.take()).hasMessage("cannot connect to port 80 of pod p1: its client was closed");
        assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), forward.localPort()))
                .isInstanceOf(IOException.class);
    }

    @Test
    void an_interrupt_ends_the_wait_and_the_connection() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        server.plays(peer -> {
            spdy(peer);
            running.countDown();
            assertThat(peer.in.read()).isEqualTo(-1);
        });
        try (CriClient client = client().connect()) {
            Thread main = Thread.currentThread();
            Thread interrupter = new Thread(() -> {
                try {
                    running.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                main.interrupt();
            });
            interrupter.start();
            CriException failure = catchThrowableOfType(CriException.class, () -> run(client));
            assertThat(Thread.interrupted()).isTrue();
            assertThat(failure.code()).isEqualTo(CriException.Code.CANCELLED);
            interrupter.join();
            server.finish();
        }
    }
}
