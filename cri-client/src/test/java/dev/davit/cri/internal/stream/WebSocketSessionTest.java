package dev.davit.cri.internal.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.cri.internal.stream.ScriptedServer.Script;
import dev.davit.cri.internal.stream.StreamOpener.Purpose;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebSocketSessionTest {
    private static final int WHOLE = 0x82;

    private ScriptedServer server;
    private final Heard status = new Heard();
    private final Heard stdout = new Heard();

    @BeforeEach
    void start() throws Exception {
        server = new ScriptedServer();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private StreamSession open(Script script) throws Exception {
        return open("v4.channel.k8s.io", Purpose.PROCESS, script);
    }

    private StreamSession open(String protocol, Purpose purpose, Script script) throws Exception {
        server.plays(peer -> {
            peer.webSocket(protocol);
            script.play(peer);
        });
        return new StreamOpener(null, Duration.ofSeconds(10))
                .webSocket(
                        StreamAddress.parse(server.url()),
                        purpose,
                        List.of(
                                StreamChannel.of(StreamChannel.STATUS, "error", status),
                                StreamChannel.of(StreamChannel.STDIN, "stdin", null),
                                StreamChannel.of(StreamChannel.STDOUT, "stdout", stdout)),
                        "test-ws");
    }

    private static byte[] message(int channel, String text) {
        return ((char) channel + text).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    @Test
    void hears_each_channel_and_the_end() throws Exception {
        open(peer -> {
            peer.ws(WHOLE, message(1, ""));
            peer.ws(WHOLE, message(1, "one "));
            peer.ws(WHOLE, message(9, "nobody"));
            peer.ws(WHOLE, new byte[0]);
            peer.ws(WHOLE, message(1, "x".repeat(40_000)));
            peer.ws(WHOLE, message(3, "{}"));
            peer.ws(0x88, hex("03e8"));
            peer.in.read();
        });
        assertThat(status.all()).isEqualTo("{}");
        assertThat(stdout.all()).isEqualTo("one " + "x".repeat(40_000));
    }

    @Test
    void puts_fragments_together_with_control_frames_between_them() throws Exception {
        byte[][] pong = new byte[1][];
        StreamSession session = open(peer -> {
            peer.ws(0x02, message(1, "on"));
            peer.ws(0x89, hex("aabb"));
            pong[0] = peer.message();
            peer.ws(0x00, "e t".getBytes(StandardCharsets.US_ASCII));
            peer.ws(0x80, "wo".getBytes(StandardCharsets.US_ASCII));
            peer.ws(0x02, new byte[0]);
            peer.ws(0x80, message(1, "!"));
            peer.ws(0x88, new byte[0]);
        });
        assertThat(stdout.all()).isEqualTo("one two!");
        server.finish();
        session.close();
        assertThat(pong[0]).isEqualTo(hex("aabb"));
    }

    @Test
    void sends_each_message_as_one_masked_frame() throws Exception {
        ByteArrayOutputStream arrived = new ByteArrayOutputStream();
        StreamSession session = open(peer -> {
            while (arrived.size() < 100_000) {
                byte[] message = peer.message();
                assertThat(message[0]).isZero();
                arrived.write(message, 1, message.length - 1);
            }
        });
        byte[] sent = new byte[100_000];
        new java.util.Random(1).nextBytes(sent);
        session.send(StreamChannel.STDIN, sent, 0, sent.length);
        server.finish();
        assertThat(arrived.toByteArray()).isEqualTo(sent);
    }

    @Test
    void version_four_has_no_end_of_input() throws Exception {
        StreamSession session = open(peer -> peer.in.read());
        assertThat(session.canEnd()).isFalse();
        assertThatThrownBy(() -> session.end(StreamChannel.STDIN)).hasMessageContaining("has no end of file");
        session.close();
    }

    @Test
    void version_five_ends_channels_in_both_directions() throws Exception {
        byte[][] end = new byte[1][];
        StreamSession session = open("v5.channel.k8s.io", Purpose.PROCESS, peer -> {
            end[0] = peer.message();
            peer.ws(WHOLE, hex("ff01"));
            peer.in.read();
        });
        assertThat(session.canEnd()).isTrue();
        session.end(StreamChannel.STDIN);
        assertThat(stdout.all()).isEmpty();
        session.close();
        assertThat(end[0]).isEqualTo(hex("ff00"));
    }

    @Test
    void the_number_of_a_port_is_no_data() throws Exception {
        open("v4.channel.k8s.io", Purpose.PORT, peer -> {
            peer.ws(0x02, hex("0190"));
            peer.ws(0x80, hex("1f6f"));
            peer.ws(WHOLE, message(1, "k"));
            peer.ws(0x88, hex("03e8"));
        });
        assertThat(stdout.all()).isEqualTo("ok");
    }

    @ParameterizedTest
    @CsvSource({
        "C2 00, expected a frame without extensions and mask",
        "82 81 00000000 01, expected a frame without extensions and mask",
        "81 02 0131, expected binary messages",
        "80 01 01, expected a new message",
        "02 01 01 82 01 01, expected the rest of a message",
        "83 01 01, expected a new message",
        "8B 00, expected a known type of frame",
        "09 00, expected a whole control frame",
        "88 7E 0080, expected a whole control frame",
        "82 7F FFFFFFFFFFFFFFFF, expected a length of at most 63 bits",
        "82 05 0161, expected 3 more bytes of a frame",
        "89 05 01, expected 4 more bytes of a frame",
        "88 04 03F36162, closed the WebSocket with code 1011: ab",
    })
    void hostile(String frames, String message) throws Exception {
        open(peer -> peer.out.write(hex(frames.replace(" ", ""))));
        assertThat(stdout.failure()).isInstanceOf(IOException.class).hasMessageContaining(message);
    }

    @Test
    void a_connection_that_only_ends_is_a_failure() throws Exception {
        open(peer -> peer.ws(WHOLE, message(1, "one")));
        assertThat(stdout.all()).isEqualTo("one|the server ended the connection");
    }
}
