package dev.davit.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.Descriptor;
import dev.davit.oci.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is injected into a registry arrives at its clients, byte for byte. */
class FaultTest {
    private static final byte[] CONTENT = new byte[100_000];

    static {
        new Random(1).nextBytes(CONTENT);
    }

    private static final Descriptor BLOB = Descriptor.of(MediaType.OCI_LAYER, CONTENT);
    private static final String PATH = "/v2/acme/server/blobs/" + BLOB.digest();

    private final EmbeddedRegistry registry = EmbeddedRegistry.start();

    @AfterEach
    void close() {
        registry.close();
    }

    /** What came over a connection of its own until it ended. */
    private byte[] get(String method, String path, String... headers) throws IOException {
        return send(method, path, new byte[0], headers);
    }

    private byte[] send(String method, String path, byte[] body, String... headers) throws IOException {
        try (Socket socket = connected()) {
            String head = method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: "
                    + body.length + "\r\n" + String.join("", headers) + "\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().write(body);
            return socket.getInputStream().readAllBytes();
        }
    }

    private Socket connected() throws IOException {
        String[] address = registry.address().split(":", 2);
        Socket socket = new Socket(address[0], Integer.parseInt(address[1]));
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static String text(byte[] answer) {
        return new String(answer, StandardCharsets.ISO_8859_1);
    }

    private static int bodyLength(byte[] answer) {
        return answer.length - text(answer).indexOf("\r\n\r\n") - 4;
    }

    private void pushBlob() throws IOException {
        assertThat(text(send("POST", "/v2/acme/server/blobs/uploads/?digest=" + BLOB.digest(), CONTENT)))
                .startsWith("HTTP/1.1 201");
    }

    @Test
    void hits_only_the_requests_that_it_is_for_and_counts_them() throws IOException {
        Fault fault = Fault.status(503).on("GET", "*/tags/list").skip(1).times(2);
        registry.inject(fault);

        assertThat(text(get("GET", "/v2/"))).startsWith("HTTP/1.1 200");
        assertThat(text(get("HEAD", "/v2/a/tags/list"))).startsWith("HTTP/1.1 404");
        assertThat(text(get("GET", "/v2/a/tags/list"))).startsWith("HTTP/1.1 404");
        assertThat(text(get("GET", "/v2/a/tags/list"))).startsWith("HTTP/1.1 503");
        assertThat(text(get("GET", "/v2/a/tags/list"))).startsWith("HTTP/1.1 503");
        assertThat(text(get("GET", "/v2/a/tags/list"))).startsWith("HTTP/1.1 404");
        assertThat(registry.hits(fault)).isEqualTo(2);
        assertThat(registry.requests())
                .extracting(RecordedRequest::status)
                .containsExactly(200, 404, 404, 503, 503, 404);
    }

    @Test
    void heals() throws IOException {
        registry.inject(Fault.status(500));
        registry.heal();

        assertThat(text(get("GET", "/v2/"))).startsWith("HTTP/1.1 200");
    }

    @Test
    void cuts_an_answer_at_a_byte() throws IOException {
        pushBlob();
        registry.inject(Fault.dropAfter(12_345).on("GET", "*/blobs/*"));

        byte[] answer = get("GET", PATH);

        assertThat(text(answer)).contains("Content-Length: 100000\r\n");
        assertThat(bodyLength(answer)).isEqualTo(12_345);
    }

    @Test
    void resets_a_connection() {
        registry.inject(Fault.reset());

        assertThatThrownBy(() -> get("GET", "/v2/"))
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
    }

    @Test
    void records_what_got_no_answer() throws IOException {
        registry.inject(Fault.drop());

        assertThat(get("GET", "/v2/")).isEmpty();
        assertThat(registry.requests()).singleElement().hasToString("GET /v2/ 0");
    }

    @Test
    void stands_still_until_the_client_goes() throws Exception {
        pushBlob();
        registry.inject(Fault.stallAfter(10).on("GET", "*/blobs/*"));
        try (Socket socket = connected()) {
            socket.getOutputStream()
                    .write(("GET " + PATH + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
            InputStream in = socket.getInputStream();
            StringBuilder seen = new StringBuilder();
            while (seen.indexOf("\r\n\r\n") < 0) {
                seen.append((char) in.read());
            }
            assertThat(in.readNBytes(10)).hasSize(10);
            socket.setSoTimeout(200);
            assertThatThrownBy(in::read).isInstanceOf(java.net.SocketTimeoutException.class);
            assertThat(registry.connections()).isEqualTo(1);
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (registry.connections() > 0 && System.nanoTime() < deadline) {
            Thread.sleep(10);
        }
        assertThat(registry.connections()).isZero();
    }

    @Test
    void an_upload_keeps_what_it_got_before_the_cut() throws IOException {
        String location = session();
        registry.inject(Fault.dropRequestAfter(40_000).on("PATCH", "*").times(1));

        assertThat(send("PATCH", location, CONTENT)).isEmpty();

        assertThat(text(get("GET", location))).contains("Range: 0-39999\r\n");
    }

    @Test
    void takes_only_the_beginning_of_a_piece() throws IOException {
        String location = session();
        registry.inject(Fault.takeOnly(1000).on("PATCH", "*"));

        assertThat(text(send("PATCH", location, CONTENT, "Content-Range: 0-99999\r\n")))
                .contains("Range: 0-999\r\n");
    }

    @Test
    void loses_an_upload() throws IOException {
        String location = session();
        registry.inject(Fault.loseUpload().on("PATCH", "*"));

        assertThat(text(send("PATCH", location, CONTENT)))
                .startsWith("HTTP/1.1 404")
                .contains("BLOB_UPLOAD_UNKNOWN");
    }

    private String session() throws IOException {
        String answer = text(get("POST", "/v2/acme/server/blobs/uploads/"));
        int at = answer.indexOf("Location: ") + 10;
        return answer.substring(at, answer.indexOf("\r\n", at));
    }

    @Test
    void lies_about_content() throws IOException {
        pushBlob();
        registry.inject(
                Fault.corruptAt(99_999).on("GET", PATH).times(1),
                Fault.truncateTo(5).on("GET", PATH).skip(1).times(1),
                Fault.header("Content-Length", "7").on("GET", PATH).skip(2).times(1),
                Fault.ignoreRange().on("GET", PATH).skip(3).times(1),
                Fault.reorder(99_990).on("GET", PATH).skip(5).times(1));

        byte[] corrupt = get("GET", PATH);
        assertThat(corrupt[corrupt.length - 1]).isEqualTo((byte) (CONTENT[99_999] ^ 1));
        assertThat(bodyLength(get("GET", PATH))).isEqualTo(5);
        assertThat(text(get("GET", PATH))).contains("Content-Length: 7\r\n");
        assertThat(text(get("GET", PATH, "Range: bytes=5-6\r\n"))).startsWith("HTTP/1.1 200");
        assertThat(bodyLength(get("GET", PATH, "Range: bytes=5-6\r\n"))).isEqualTo(2);
        byte[] reordered = get("GET", PATH);
        assertThat(bodyLength(reordered)).isEqualTo(CONTENT.length);
        assertThat(reordered[reordered.length - 1]).isEqualTo(CONTENT[99_989]);
        assertThat(reordered[reordered.length - CONTENT.length]).isEqualTo(CONTENT[99_990]);
    }

    @Test
    void refuses_long_bodies_and_asks_to_wait() throws IOException {
        registry.inject(
                Fault.capBody(1000).on("PATCH", "*"),
                Fault.throttle(Duration.ofSeconds(7)).on("GET", "/v2/").times(1),
                Fault.throttleUntil(Instant.parse("2030-01-02T03:04:05Z"))
                        .on("GET", "/v2/")
                        .skip(1)
                        .times(1),
                Fault.chunkMinLength(4096));

        assertThat(text(send("PATCH", session(), CONTENT))).startsWith("HTTP/1.1 413");
        assertThat(text(get("GET", "/v2/"))).startsWith("HTTP/1.1 429").contains("Retry-After: 7\r\n");
        assertThat(text(get("GET", "/v2/"))).contains("Retry-After: Wed, 02 Jan 2030 03:04:05 GMT\r\n");
        assertThat(text(get("POST", "/v2/a/blobs/uploads/"))).contains("OCI-Chunk-Min-Length: 4096\r\n");
    }

    @Test
    void is_as_slow_as_it_is_told_to_be() throws IOException {
        pushBlob();
        registry.inject(Fault.slow(400_000).on("GET", PATH));
        long start = System.nanoTime();

        assertThat(bodyLength(get("GET", PATH))).isEqualTo(100_000);

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(200));
    }

    @Test
    void credentials_that_nobody_asked_for_make_the_registry_fail() throws IOException {
        EmbeddedRegistry other = EmbeddedRegistry.start();
        sendBasic(other, "eDp5");

        assertThatThrownBy(other::close)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("which never asked for any")
                .hasMessageEndingWith("GET /v2/");
    }

    private static void sendBasic(EmbeddedRegistry to, String pair) throws IOException {
        String[] address = to.address().split(":", 2);
        try (Socket socket = new Socket(address[0], Integer.parseInt(address[1]))) {
            socket.getOutputStream()
                    .write(("GET /v2/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Basic " + pair
                                    + "\r\n\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            socket.getInputStream().readAllBytes();
        }
    }

    @Test
    void credentials_of_another_registry_make_a_registry_fail_and_wrong_ones_do_not() throws IOException {
        EmbeddedRegistry one = EmbeddedRegistry.builder().basicAuth("x", "y").start();
        EmbeddedRegistry other = EmbeddedRegistry.builder().basicAuth("a", "b").start();
        sendBasic(one, "eDp5");
        sendBasic(one, "bm9ib2R5Om5v");
        sendBasic(other, "eDp5");

        one.close();
        assertThatThrownBy(other::close)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("those of another registry");
    }

    @Test
    void credentials_that_were_asked_for_are_welcome() throws IOException {
        registry.inject(Fault.header("WWW-Authenticate", "Basic realm=x").times(1));
        get("GET", "/v2/");

        get("GET", "/v2/", "Authorization: Basic eDp5\r\n");

        registry.close();
    }
}
