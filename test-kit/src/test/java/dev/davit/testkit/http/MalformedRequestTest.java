package dev.davit.testkit.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is no request, or too much of one. */
class MalformedRequestTest {
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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /\n\n",
                "GET  / HTTP/1.1\nHost: x\n\n",
                " GET / HTTP/1.1\nHost: x\n\n",
                "G@T / HTTP/1.1\nHost: x\n\n",
                "GET relative HTTP/1.1\nHost: x\n\n",
                "GET /a\u00e9 HTTP/1.1\nHost: x\n\n",
                "GET /a%zz HTTP/1.1\nHost: x\n\n",
                "GET /a%f HTTP/1.1\nHost: x\n\n",
                "GET /a%ff HTTP/1.1\nHost: x\n\n",
                "GET / HTTP/1.1\n\n",
                "GET / HTTP/1.1\nHost: x\nHost: y\n\n",
                "GET / HTTP/1.1\nHost : x\n\n",
                "GET / HTTP/1.1\nHost: x\n folded\n\n",
                "GET / HTTP/1.1\nHost: x\nNo colon\n\n",
                "GET / HTTP/1.1\nHost: x\nA: \u0000\n\n",
                "GET / HTTP/1.1\nHost: x\nContent-Length: -1\n\n",
                "GET / HTTP/1.1\nHost: x\nContent-Length: 1, 1\n\n",
                "GET / HTTP/1.1\nHost: x\nContent-Length: 99999999999999999999\n\n",
                "GET / HTTP/1.1\nHost: x\nContent-Length: 1\nContent-Length: 2\n\n",
                "POST / HTTP/1.1\nHost: x\nContent-Length: 1\nTransfer-Encoding: chunked\n\n",
                "POST /echo HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\nxyz\n",
                "POST /echo HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n-1\n",
                "POST /echo HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\nffffffffffffffffff\n",
                "POST /echo HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n1\nab\n0\n\n",
                "\u0016\u0003\u0001\u0000\u00a5\n",
            })
    void refuses_what_is_no_request_and_ends_the_connection(String bytes) throws IOException {
        RawConnection.Answer answer = client.send(bytes).read();

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.headers()).containsEntry("connection", "close");
        assertThat(client.isEndedByServer()).isTrue();
    }

    @Test
    void refuses_lines_that_do_not_end_as_lines_do() throws IOException {
        client.sendBytes("GET / HTTP/1.1\nHost: x\n\n".getBytes(StandardCharsets.US_ASCII));

        assertThat(client.read().status()).isEqualTo(400);
    }

    @Test
    void refuses_what_it_does_not_speak() throws IOException {
        assertThat(client.send("PRI * HTTP/2.0\n\nSM\n\n").read().status()).isEqualTo(505);
        assertThat(answerTo("POST / HTTP/1.1\nHost: x\nTransfer-Encoding: gzip, chunked\n\n")
                        .status())
                .isEqualTo(501);
        assertThat(answerTo("POST / HTTP/1.1\nHost: x\nExpect: something\n\n").status())
                .isEqualTo(417);
    }

    @Test
    void bounds_the_request_line_the_fields_and_the_whole_head() throws IOException {
        assertThat(answerTo("GET /" + "a".repeat(20_000) + " HTTP/1.1\nHost: x\n\n")
                        .status())
                .isEqualTo(414);
        assertThat(answerTo("GET / HTTP/1.1\nHost: x\nA: " + "a".repeat(40_000) + "\n\n")
                        .status())
                .isEqualTo(431);
        assertThat(answerTo("GET / HTTP/1.1\nHost: x\n" + "A: a\n".repeat(200) + "\n")
                        .status())
                .isEqualTo(431);
        assertThat(answerTo("GET / HTTP/1.1\nHost: x\n" + ("A: " + "a".repeat(30_000) + "\n").repeat(8) + "\n")
                        .status())
                .isEqualTo(431);
        assertThat(answers.handled()).isZero();
    }

    @Test
    void bounds_what_comes_besides_the_chunks() throws IOException {
        String chunk = "1;" + "e".repeat(4_000) + "\nx\n";

        assertThat(answerTo("POST /count HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n" + chunk.repeat(300)
                                + "0\n\n")
                        .status())
                .isEqualTo(400);
    }

    private RawConnection.Answer answerTo(String request) throws IOException {
        try (RawConnection another = new RawConnection(server.address())) {
            return another.send(request).read();
        }
    }

    @Test
    void refuses_a_body_that_ends_early() throws IOException {
        client.send("POST /echo HTTP/1.1\nHost: x\nContent-Length: 10\n\nhalf").endSending();

        assertThat(client.read().status()).isEqualTo(400);
    }
}
