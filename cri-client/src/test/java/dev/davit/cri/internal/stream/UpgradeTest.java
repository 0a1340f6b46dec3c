package dev.davit.cri.internal.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.cri.internal.stream.StreamOpener.Purpose;
import java.io.EOFException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UpgradeTest {
    private ScriptedServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ScriptedServer();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private StreamSession spdy() throws Exception {
        return opener(Duration.ofSeconds(10))
                .spdy(StreamAddress.parse(server.url()), Purpose.PROCESS, List.of(), "test-spdy");
    }

    private StreamSession webSocket() throws Exception {
        return opener(Duration.ofSeconds(10))
                .webSocket(StreamAddress.parse(server.url()), Purpose.PROCESS, List.of(), "test-ws");
    }

    private static StreamOpener opener(Duration within) {
        return new StreamOpener(null, within);
    }

    private void assertRefused(int status, String message) {
        assertThatThrownBy(this::spdy)
                .isInstanceOfSatisfying(
                        StreamRefusedException.class,
                        e -> assertThat(e.status()).isEqualTo(status))
                .hasMessageContaining(message);
    }

    @Test
    void asks_as_servers_expect() throws Exception {
        String[] requests = new String[2];
        server.plays(
                peer -> requests[0] = peer.spdy("v4.channel.k8s.io"),
                peer -> requests[1] = peer.webSocket("v4.channel.k8s.io"));
        spdy().close();
        webSocket().close();
        server.finish();
        assertThat(requests[0])
                .startsWith("POST /exec/ticket HTTP/1.1\r\nHost: 127.0.0.1:")
                .contains("\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n")
                .contains("\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n");
        assertThat(requests[1])
                .startsWith("GET /exec/ticket HTTP/1.1\r\n")
                .contains("\r\nUpgrade: websocket\r\n")
                .contains("\r\nSec-WebSocket-Version: 13\r\n")
                .contains("\r\nSec-WebSocket-Protocol: v5.channel.k8s.io, v4.channel.k8s.io\r\n");
    }

    @Test
    void a_refusal_says_why() {
        server.plays(peer -> {
            peer.request();
            peer.answer("HTTP/1.1 404 Not Found", "Content-Length: 9");
            peer.out.write("no\nticket".getBytes(StandardCharsets.US_ASCII));
        });
        assertRefused(404, "refused SPDY/3.1 with status 404: no\\u000aticket");
    }

    @Test
    void a_refusal_of_the_protocol_names_those_that_are_taken() {
        server.plays(peer -> {
            peer.request();
            peer.answer("HTTP/1.1 403 Forbidden", "X-Accepted-Stream-Protocol-Versions: v9.example");
        });
        assertRefused(403, "with status 403; it takes v9.example");
    }

    @Test
    void another_protocol_than_the_one_asked_for_is_refused() {
        server.plays(peer -> peer.spdy("v1.example"));
        assertRefused(101, "chose the protocol \"v1.example\", expected v4.channel.k8s.io");
    }

    @Test
    void what_does_not_speak_http_is_said_so() {
        server.plays(peer -> {
            peer.request();
            peer.answer("SSH-2.0-OpenSSH");
        });
        assertThatThrownBy(this::spdy)
                .isInstanceOf(StreamProtocolException.class)
                .hasMessageContaining("does not speak HTTP/1.1: its answer begins with \"SSH-2.0-OpenSSH\"");
    }

    @Test
    void headers_without_end_are_cut() {
        server.plays(peer -> {
            peer.request();
            peer.out.write("HTTP/1.1 101 x\r\n".getBytes(StandardCharsets.US_ASCII));
            while (true) {
                peer.out.write(
                        "a: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\r\n".getBytes(StandardCharsets.US_ASCII));
            }
        });
        assertThatThrownBy(this::spdy)
                .isInstanceOf(StreamProtocolException.class)
                .hasMessageContaining("expected at most 32768 bytes of headers, got more");
    }

    @Test
    void a_server_that_closes_instead_of_an_answer_is_said_so() {
        server.plays(ScriptedServer.Peer::request);
        assertThatThrownBy(this::spdy).isInstanceOf(EOFException.class).hasMessageContaining("instead of an answer");
    }

    @Test
    void a_server_that_says_nothing_is_not_awaited_for_ever() {
        server.plays(peer -> {
            peer.request();
            peer.in.read();
        });
        assertThatThrownBy(() -> opener(Duration.ofMillis(100))
                        .spdy(StreamAddress.parse(server.url()), Purpose.PROCESS, List.of(), "test"))
                .isInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void a_web_socket_that_is_an_answer_to_somebody_else_is_refused() {
        server.plays(peer -> {
            peer.request();
            peer.answer(
                    "HTTP/1.1 101 Switching Protocols",
                    "Upgrade: websocket",
                    "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                    "Sec-WebSocket-Protocol: v4.channel.k8s.io");
        });
        assertThatThrownBy(this::webSocket)
                .isInstanceOf(StreamProtocolException.class)
                .hasMessageContaining("Sec-WebSocket-Accept");
    }
}
