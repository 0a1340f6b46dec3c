package dev.davit.testkit.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpServerTest {
    private final AnswerByPath answers = new AnswerByPath();
    private HttpServer server;
    private RawConnection client;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null, answers);
        client = new RawConnection(server.address());
    }

    @AfterEach
    void stop() throws IOException {
        answers.release();
        client.close();
        server.close();
    }

    @Test
    void answers_several_requests_on_one_connection() throws IOException {
        for (int i = 0; i < 3; i++) {
            RawConnection.Answer answer =
                    client.send("GET /r" + i + " HTTP/1.1\nHost: x\n\n").read();

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("/r" + i);
            assertThat(answer.headers()).containsKey("date").doesNotContainKey("connection");
        }
    }

    @Test
    void answers_pipelined_requests_in_order() throws IOException {
        client.send("""
                POST /echo HTTP/1.1
                Host: x
                Content-Length: 3

                oneGET /two HTTP/1.1
                Host: x

                POST /echo HTTP/1.1
                Host: x
                Transfer-Encoding: chunked

                5
                three
                0

                """);

        assertThat(client.read().body()).isEqualTo("one");
        assertThat(client.read().body()).isEqualTo("/two");
        assertThat(client.read().body()).isEqualTo("three");
    }

    @Test
    void decodes_path_and_query_once() throws IOException {
        RawConnection.Answer answer = client.send("GET /%74arget?a=1%262&b=x+y&a=%25&c HTTP/1.1\nHost: x\n\n")
                .read();

        assertThat(answer.body()).isEqualTo("/target {a=[1&2, %], b=[x y], c=[]} /%74arget?a=1%262&b=x+y&a=%25&c");
    }

    @Test
    void accepts_the_absolute_form_of_a_target() throws IOException {
        assertThat(client.send("GET http://registry.example:5000/v2/?n=1 HTTP/1.1\nHost: x\n\n")
                        .read()
                        .body())
                .isEqualTo("/v2/");
    }

    @Test
    void reads_chunks_with_extensions_and_trailers() throws IOException {
        client.send("""
                POST /echo HTTP/1.1
                Host: x
                Transfer-Encoding: Chunked

                4;name=value;quoted="a b"
                wiki
                05\s
                pedia
                0;last
                Trailer: dropped
                Another: too

                """);

        assertThat(client.read().body()).isEqualTo("wikipedia");
        assertThat(client.send("GET /next HTTP/1.1\nHost: x\n\n").read().body()).isEqualTo("/next");
    }

    @Test
    void sends_a_body_of_unknown_length_in_chunks() throws IOException {
        RawConnection.Answer answer =
                client.send("GET /stream HTTP/1.1\nHost: x\n\n").read();

        assertThat(answer.headers()).containsEntry("transfer-encoding", "chunked");
        assertThat(answer.body()).isEqualTo("streamed");
    }

    @Test
    void ends_the_connection_after_a_body_of_unknown_length_for_a_client_without_chunks() throws IOException {
        RawConnection.Answer answer = client.send("GET /stream HTTP/1.0\n\n").read();

        assertThat(answer.headers()).containsEntry("connection", "close").doesNotContainKey("transfer-encoding");
        assertThat(answer.body()).isEqualTo("streamed");
    }

    @Test
    void answers_head_with_the_fields_of_the_body_and_without_it() throws IOException {
        RawConnection.Answer answer =
                client.send("HEAD /name HTTP/1.1\nHost: x\n\n").readHead();

        assertThat(answer.headers()).containsEntry("content-length", "5");
        assertThat(client.send("GET /next HTTP/1.1\nHost: x\n\n").read().body()).isEqualTo("/next");
    }

    @Test
    void sends_no_framing_with_a_status_that_never_has_a_body() throws IOException {
        RawConnection.Answer answer =
                client.send("GET /none HTTP/1.1\nHost: x\n\n").read();

        assertThat(answer.status()).isEqualTo(204);
        assertThat(answer.headers()).doesNotContainKeys("content-length", "transfer-encoding");
    }

    @Test
    void tells_a_waiting_client_to_go_on_when_the_body_is_read() throws IOException {
        client.send("PUT /echo HTTP/1.1\nHost: x\nContent-Length: 4\nExpect: 100-continue\n\n");

        assertThat(client.read().status()).isEqualTo(100);
        assertThat(client.send("body").read().body()).isEqualTo("body");
    }

    @Test
    void never_lets_a_waiting_client_send_a_body_that_nobody_reads() throws IOException {
        client.send("PUT /ignore HTTP/1.1\nHost: x\nContent-Length: 4\nExpect: 100-continue\n\n");

        RawConnection.Answer answer = client.read();

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers()).containsEntry("connection", "close");
        assertThat(client.isEndedByServer()).isTrue();
    }

    @Test
    void keeps_the_connection_after_a_small_body_that_nobody_read() throws IOException {
        client.send("PUT /ignore HTTP/1.1\nHost: x\nContent-Length: 100000\n\n" + "x".repeat(100_000));
        assertThat(client.read().headers()).doesNotContainKey("connection");

        assertThat(client.send("GET /next HTTP/1.1\nHost: x\n\n").read().body()).isEqualTo("/next");
    }

    @Test
    void ends_the_connection_after_a_large_body_that_nobody_read_and_the_client_still_gets_the_answer()
            throws IOException {
        client.send("PUT /ignore HTTP/1.1\nHost: x\nContent-Length: 12000000\n\n");
        client.sendBytes(new byte[12_000_000]);

        RawConnection.Answer answer = client.read();

        assertThat(answer.body()).isEqualTo("not read");
        assertThat(answer.headers()).containsEntry("connection", "close");
        assertThat(client.isEndedByServer()).isTrue();
    }

    @Test
    void streams_a_body_that_is_larger_than_any_buffer() throws IOException {
        client.send("PUT /count HTTP/1.1\nHost: x\nContent-Length: 30000000\n\n");
        client.sendBytes(new byte[30_000_000]);

        assertThat(client.read().body()).isEqualTo("30000000");
    }

    @Test
    void closes_when_the_client_asks_for_it() throws IOException {
        RawConnection.Answer answer = client.send("GET / HTTP/1.1\nHost: x\nConnection: Keep-Alive, Close\n\n")
                .read();

        assertThat(answer.headers()).containsEntry("connection", "close");
        assertThat(client.isEndedByServer()).isTrue();
    }

    @Test
    void ends_the_connection_when_the_body_is_not_as_long_as_announced() throws IOException {
        client.send("GET /short HTTP/1.1\nHost: x\n\n");

        assertThatThrownBy(client::read).hasMessage("expected 100 bytes, got 5");
    }

    @Test
    void sends_what_there_was_of_a_body_that_breaks() throws IOException {
        client.send("GET /cut HTTP/1.1\nHost: x\n\n");

        assertThatThrownBy(client::read).hasMessage("expected 10 bytes, got 4");
    }

    @Test
    void sends_a_length_that_the_handler_made_up() throws IOException {
        assertThat(client.send("GET /lie HTTP/1.1\nHost: x\n\n").read().body()).isEqualTo("lon");
    }

    @Test
    void drops_the_connection_when_the_handler_has_no_answer() throws IOException {
        client.send("GET /drop HTTP/1.1\nHost: x\n\n");

        assertThat(client.isEndedByServer()).isTrue();
    }

    @Test
    void answers_500_when_the_handler_fails_and_keeps_the_connection() throws IOException {
        assertThat(client.send("GET /fail HTTP/1.1\nHost: x\n\n").read().status())
                .isEqualTo(500);
        assertThat(client.send("GET /next HTTP/1.1\nHost: x\n\n").read().body()).isEqualTo("/next");
    }

    @Test
    void survives_clients_that_vanish_in_the_middle_of_a_request() throws IOException {
        for (String start : new String[] {"", "GET", "POST /echo HTTP/1.1\nHost: x\nContent-Length: 10\n\nhalf"}) {
            try (RawConnection another = new RawConnection(server.address())) {
                another.send(start).reset();
            }
        }

        assertThat(client.send("GET /next HTTP/1.1\nHost: x\n\n").read().body()).isEqualTo("/next");
    }

    @Test
    void refuses_headers_that_would_forge_another_header() {
        assertThatThrownBy(() -> Response.of(200).with("Location", "/a\r\nSet-Cookie: b"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Response.of(200).with("Bad Name", "a")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shows_no_header_values_as_text() {
        assertThat(Headers.none().with("Authorization", "Basic c2VjcmV0").toString())
                .isEqualTo("Headers[authorization]");
    }

    @Test
    void close_ends_idle_and_busy_connections_at_once() throws Exception {
        try (RawConnection idle = new RawConnection(server.address());
                RawConnection halfway = new RawConnection(server.address())) {
            idle.send("GET / HTTP/1.1\nHost: x\n\n").read();
            halfway.send("POST /echo HTTP/1.1\nHost: x\nContent-Length: 10\n\nhalf");
            client.send("GET /wait HTTP/1.1\nHost: x\n\n");
            while (answers.handled() < 3) {
                TimeUnit.MILLISECONDS.sleep(5);
            }

            server.close();
            server.close();

            assertThat(endsWithoutAnswer(idle)).isTrue();
            assertThat(endsWithoutAnswer(halfway)).isTrue();
            assertThat(endsWithoutAnswer(client)).isTrue();
            assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .noneMatch(name ->
                            name.startsWith("davit-http-" + server.address().getPort()));
            assertThatThrownBy(() -> new RawConnection(server.address())).isInstanceOf(SocketException.class);
        }
    }

    private static boolean endsWithoutAnswer(RawConnection connection) {
        try {
            return connection.isEndedByServer();
        } catch (IOException e) {
            return true; // a reset is an end too
        }
    }
}
