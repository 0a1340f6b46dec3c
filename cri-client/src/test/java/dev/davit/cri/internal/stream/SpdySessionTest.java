package dev.davit.cri.internal.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.cri.internal.stream.ScriptedServer.Script;
import dev.davit.cri.internal.stream.StreamOpener.Purpose;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SpdySessionTest {
    private ScriptedServer server;
    private final Heard status = new Heard();
    private final Heard stdout = new Heard();
    private final BlockingQueue<String> frames = new LinkedBlockingQueue<>();

    @BeforeEach
    void start() throws Exception {
        server = new ScriptedServer();
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private StreamSession open(Script script) throws Exception {
        server.plays(peer -> {
            peer.spdy("v4.channel.k8s.io");
            for (int i = 0; i < 3; i++) {
                frames.add(peer.frame());
            }
            script.play(peer);
        });
        return new StreamOpener(null, Duration.ofSeconds(10))
                .spdy(
                        StreamAddress.parse(server.url()),
                        Purpose.PROCESS,
                        List.of(
                                StreamChannel.of(StreamChannel.STATUS, "error", status),
                                StreamChannel.of(StreamChannel.STDIN, "stdin", null),
                                StreamChannel.of(StreamChannel.STDOUT, "stdout", stdout)),
                        "test-spdy");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] ints(int... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * numbers.length);
        for (int number : numbers) {
            bytes.putInt(number);
        }
        return bytes.array();
    }

    @Test
    void opens_a_stream_for_each_channel_in_their_order() throws Exception {
        open(peer -> {}).close();
        server.finish();
        assertThat(frames)
                .containsExactly("syn 1 {streamtype=error}", "syn 3 {streamtype=stdin}", "syn 5 {streamtype=stdout}");
    }

    @Test
    void ends_as_servers_do_it() throws Exception {
        open(peer -> {
            peer.reply(5);
            peer.reply(1);
            peer.reply(3);
            peer.data(5, 0, bytes("one "));
            peer.control(4, ints(1, 7, 100)); // SETTINGS
            peer.control(9, ints(5, 1000)); // WINDOW_UPDATE
            peer.data(5, 0, bytes("two"));
            peer.data(1, 1, bytes("{}"));
            peer.control(3, ints(5, 5)); // RST_STREAM
            peer.control(7, ints(0, 0)); // GOAWAY
        });
        assertThat(status.all()).isEqualTo("{}");
        assertThat(stdout.all()).isEqualTo("one two|the server reset the stream: CANCEL");
    }

    @Test
    void a_connection_that_only_ends_is_a_failure_of_all_channels() throws Exception {
        open(peer -> peer.data(5, 1, bytes("all")));
        assertThat(stdout.all()).isEqualTo("all");
        assertThat(status.all()).isEqualTo("|the server ended the connection");
    }

    @Test
    void sends_in_pieces_and_ends_one_direction() throws Exception {
        int[] length = {0};
        StreamSession session = open(peer -> {
            String frame;
            do {
                frame = peer.frame();
                length[0] += frame.length() - frame.lastIndexOf(' ') - 1;
            } while (frame.startsWith("data 3 fin=0"));
            frames.add(frame);
            peer.data(5, 1, bytes("still here"));
            peer.in.read();
        });
        session.send(StreamChannel.STDIN, new byte[100_000], 0, 100_000);
        session.end(StreamChannel.STDIN);
        assertThat(stdout.all()).isEqualTo("still here");
        session.close();
        server.finish();
        assertThat(length[0]).isEqualTo(100_000);
        assertThat(frames).contains("data 3 fin=1 ");
    }

    @Test
    void answers_pings_and_refuses_streams_of_the_server() throws Exception {
        StreamSession session = open(peer -> {
            peer.control(6, ints(42));
            frames.add(peer.frame());
            byte[] block = new SpdyHeaders.Encoder().encode(java.util.Map.of());
            peer.control(
                    1,
                    ByteBuffer.allocate(10 + block.length)
                            .putInt(2)
                            .putInt(0)
                            .putShort((short) 0)
                            .put(block)
                            .array());
            frames.add(peer.frame());
        });
        server.finish();
        session.close();
        assertThat(frames).contains("control 6 0000002a", "control 3 0000000200000003");
    }

    @Test
    void data_of_unknown_and_of_ended_streams_is_dropped() throws Exception {
        open(peer -> {
            peer.data(99, 0, bytes("nobody"));
            peer.data(3, 0, bytes("input"));
            peer.data(5, 1, bytes("all"));
            peer.data(5, 1, bytes("too late"));
            peer.data(1, 1, bytes("{}"));
        });
        assertThat(stdout.all()).isEqualTo("all");
        assertThat(status.all()).isEqualTo("{}");
    }

    @Test
    void after_the_end_nothing_can_be_sent() throws Exception {
        StreamSession session = open(peer -> {});
        status.all();
        assertThatThrownBy(() -> session.send(StreamChannel.STDIN, new byte[1], 0, 1))
                .isInstanceOf(IOException.class);
    }

    @Test
    void a_closed_session_frees_its_thread() throws Exception {
        StreamSession session = open(peer -> peer.in.read());
        session.close();
        session.close();
        assertThat(stdout.failure()).hasMessage("the connection was closed");
        server.finish();
    }

    @Test
    void a_flood_of_pings_ends_the_connection() throws Exception {
        open(peer -> {
            try {
                while (true) {
                    peer.control(6, ints(1));
                }
            } catch (IOException e) {
                // as it should
            }
        });
        assertThat(stdout.failure()).isNotNull();
    }

    record Hostile(String name, Script script, String message) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Hostile> hostile() {
        return List.of(
                new Hostile("version", peer -> peer.out.write(ints(0x80020001, 0)), "expected version 3, got 2"),
                new Hostile(
                        "long control frame",
                        peer -> peer.out.write(ints(0x80030002, 0xffffff)),
                        "expected a control frame of at most 65536 bytes, got one of 16777215"),
                new Hostile(
                        "cut control frame",
                        peer -> peer.out.write(ints(0x80030006, 4)),
                        "expected 4 more bytes of a frame, got the end of the connection"),
                new Hostile(
                        "cut data",
                        peer -> peer.out.write(ints(5, 100, 1)),
                        "expected 96 more bytes of a frame, got the end of the connection"),
                new Hostile("cut head", peer -> peer.out.write(new byte[] {0, 0}), ""),
                new Hostile("no block", peer -> peer.control(2, ints(1, 77)), "expected zlib data"),
                new Hostile("empty reply", peer -> peer.control(2, new byte[0]), "expected at least 4 more bytes"),
                new Hostile("short reset", peer -> peer.control(3, ints(5)), "expected at least 4 more bytes"),
                new Hostile("empty ping", peer -> peer.control(6, new byte[0]), "expected at least 4 more bytes"),
                new Hostile("short stream", peer -> peer.control(1, ints(2, 0)), "expected at least 2 more bytes"));
    }

    @ParameterizedTest
    @MethodSource
    void hostile(Hostile hostile) throws Exception {
        open(hostile.script);
        assertThat(stdout.failure()).isInstanceOf(IOException.class);
        if (!hostile.message.isEmpty()) {
            assertThat(stdout.failure())
                    .isInstanceOf(StreamProtocolException.class)
                    .hasMessageContaining(hostile.message);
        }
    }
}
