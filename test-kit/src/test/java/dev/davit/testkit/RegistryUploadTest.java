package dev.davit.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.oci.Digest;
import dev.davit.testkit.RegistryCalls.Answer;
import dev.davit.testkit.http.RawConnection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Uploads: whole, in pieces, mounted, cut, wrong, at the same time. */
class RegistryUploadTest {
    private static final String UPLOADS = "/v2/acme/server/blobs/uploads/";
    private static final byte[] CONTENT = "0123456789".getBytes(UTF_8);
    private static final Digest DIGEST = Digest.sha256(CONTENT);
    private static final Digest OTHER = Digest.sha256("other".getBytes(UTF_8));
    private static final byte[] NOTHING = {};

    private EmbeddedRegistry registry;
    private RegistryCalls calls;

    @BeforeEach
    void start() {
        registry = EmbeddedRegistry.start();
        calls = new RegistryCalls(registry);
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private void assertTaken(Answer answer, byte[] content) {
        answer.hasStatus(201);
        assertThat(answer.header("Docker-Content-Digest"))
                .isEqualTo(Digest.sha256(content).toString());
        assertThat(calls.get(answer.header("Location")).hasStatus(200).bytes()).isEqualTo(content);
    }

    private void assertNotTaken() {
        calls.head("/v2/acme/server/blobs/" + DIGEST).hasStatus(404);
        calls.head("/v2/acme/server/blobs/" + OTHER).hasStatus(404);
    }

    @Test
    void takes_a_blob_in_one_request() {
        assertTaken(calls.call("POST", UPLOADS + "?digest=" + DIGEST, CONTENT), CONTENT);
    }

    @Test
    void takes_a_blob_in_two_requests() {
        assertTaken(calls.call("PUT", calls.beginUpload("acme/server") + "?digest=" + DIGEST, CONTENT), CONTENT);
    }

    @Test
    void takes_a_blob_in_pieces() {
        String location = calls.beginUpload("acme/server");
        Answer first = calls.call("PATCH", location, Arrays.copyOfRange(CONTENT, 0, 4), "Content-Range", "0-3")
                .hasStatus(202);
        Answer second = calls.call(
                        "PATCH", first.header("Location"), Arrays.copyOfRange(CONTENT, 4, 8), "Content-Range", "4-7")
                .hasStatus(202);
        Answer last = calls.call(
                "PUT",
                second.header("Location") + "?digest=" + DIGEST,
                Arrays.copyOfRange(CONTENT, 8, 10),
                "Content-Range",
                "8-9");

        assertThat(first.header("Range")).isEqualTo("0-3");
        assertThat(second.header("Range")).isEqualTo("0-7");
        assertTaken(last, CONTENT);
    }

    @Test
    void takes_a_stream_that_does_not_say_its_length() throws IOException {
        String location = calls.beginUpload("acme/server");
        try (RawConnection raw = raw()) {
            raw.send("PATCH " + location + " HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n"
                    + "6;x=y\n012345\n4\n6789\n0\n\n");
            assertThat(raw.read().headers()).containsEntry("range", "0-9");
        }

        assertTaken(calls.call("PUT", location + "?digest=" + DIGEST, NOTHING), CONTENT);
    }

    @Test
    void takes_an_empty_blob() {
        Digest empty = Digest.sha256(NOTHING);

        assertTaken(calls.call("PUT", calls.beginUpload("acme/server") + "?digest=" + empty, NOTHING), NOTHING);
    }

    @Test
    void refuses_a_piece_that_is_out_of_order_and_says_where_to_go_on() {
        String location = calls.beginUpload("acme/server");
        calls.call("PATCH", location, Arrays.copyOfRange(CONTENT, 0, 4), "Content-Range", "0-3")
                .hasStatus(202);

        for (String range : List.of("5-8", "0-3", "3-6")) {
            Answer answer = calls.call("PATCH", location, Arrays.copyOfRange(CONTENT, 0, 4), "Content-Range", range)
                    .isError(416, "BLOB_UPLOAD_INVALID");
            assertThat(answer.header("Range")).isEqualTo("0-3");
            assertThat(answer.header("Location")).isEqualTo(location);
        }
        calls.call("PUT", location + "?digest=" + DIGEST, CONTENT, "Content-Range", "0-9")
                .isError(416, "BLOB_UPLOAD_INVALID");

        Answer status = calls.get(location).hasStatus(204);
        assertThat(status.header("Range")).isEqualTo("0-3");
        assertTaken(calls.call("PUT", location + "?digest=" + DIGEST, Arrays.copyOfRange(CONTENT, 4, 10)), CONTENT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0-3/10", "bytes 0-3", "0-", "x-y", ""})
    void refuses_a_content_range_of_another_form(String range) {
        calls.call("PATCH", calls.beginUpload("acme/server"), CONTENT, "Content-Range", range)
                .isError(400, "BLOB_UPLOAD_INVALID");
    }

    @Test
    void refuses_a_piece_that_is_not_as_long_as_its_range() {
        calls.call("PATCH", calls.beginUpload("acme/server"), CONTENT, "Content-Range", "0-3")
                .isError(400, "SIZE_INVALID");
    }

    @Test
    void refuses_content_with_another_digest_on_every_way() {
        String query = "?digest=" + OTHER;
        calls.call("POST", UPLOADS + query, CONTENT).isError(400, "DIGEST_INVALID");
        calls.call("PUT", calls.beginUpload("acme/server") + query, CONTENT).isError(400, "DIGEST_INVALID");
        String location = calls.beginUpload("acme/server");
        calls.call("PATCH", location, CONTENT).hasStatus(202);
        Answer refusal = calls.call("PUT", location + query, NOTHING).isError(400, "DIGEST_INVALID");

        assertThat(refusal.text()).contains(OTHER.toString(), DIGEST.toString());
        assertNotTaken();
        calls.get(location).isError(404, "BLOB_UPLOAD_UNKNOWN");
    }

    @Test
    void refuses_to_close_without_a_digest_or_with_one_that_is_none() {
        String location = calls.beginUpload("acme/server");

        calls.call("PUT", location, CONTENT).isError(400, "DIGEST_INVALID");
        calls.call("PUT", location + "?digest=sha256:..%2F..%2Fetc%2Fpasswd", CONTENT)
                .isError(400, "DIGEST_INVALID");
        calls.call("POST", UPLOADS + "?digest=md5:abc", CONTENT).isError(400, "DIGEST_INVALID");
        calls.post(UPLOADS + "?digest-algorithm=md5").isError(400, "DIGEST_INVALID");

        assertTaken(calls.call("PUT", location + "?digest=" + DIGEST, CONTENT), CONTENT);
    }

    @Test
    void gives_an_upload_up() {
        String location = calls.beginUpload("acme/server");
        calls.call("PATCH", location, CONTENT).hasStatus(202);

        calls.delete(location).hasStatus(204);

        calls.get(location).isError(404, "BLOB_UPLOAD_UNKNOWN");
        calls.delete(location).isError(404, "BLOB_UPLOAD_UNKNOWN");
        calls.call("PATCH", location, CONTENT).isError(404, "BLOB_UPLOAD_UNKNOWN");
        calls.call("PUT", location + "?digest=" + DIGEST, NOTHING).isError(404, "BLOB_UPLOAD_UNKNOWN");
        assertNotTaken();
    }

    @Test
    void knows_an_upload_only_in_its_own_repository() {
        String elsewhere = calls.beginUpload("acme/server").replace("acme/server", "acme/other");

        calls.call("PUT", elsewhere + "?digest=" + DIGEST, CONTENT).isError(404, "BLOB_UPLOAD_UNKNOWN");
        calls.get(UPLOADS + "..%2F..%2Fblobs").isError(404, "UNSUPPORTED");
        calls.get(UPLOADS + "no-such-upload").isError(404, "BLOB_UPLOAD_UNKNOWN");
    }

    @Test
    void mounts_a_blob_of_another_repository() {
        calls.pushBlob("acme/base", CONTENT);

        Answer answer = calls.post(UPLOADS + "?mount=" + DIGEST + "&from=acme/base");

        assertTaken(answer, CONTENT);
        assertThat(answer.header("Location")).isEqualTo("/v2/acme/server/blobs/" + DIGEST);
    }

    @Test
    void mounts_a_blob_from_wherever_it_is() {
        calls.pushBlob("acme/base", CONTENT);

        assertTaken(calls.post(UPLOADS + "?mount=" + DIGEST), CONTENT);
    }

    @Test
    void begins_an_upload_where_there_is_nothing_to_mount() {
        calls.pushBlob("acme/base", CONTENT);

        String location = calls.post(UPLOADS + "?mount=" + DIGEST + "&from=no/such-repository")
                .hasStatus(202)
                .header("Location");
        calls.post(UPLOADS + "?mount=" + OTHER).hasStatus(202);

        assertNotTaken();
        assertTaken(calls.call("PUT", location + "?digest=" + DIGEST, CONTENT), CONTENT);
    }

    @Test
    void keeps_what_arrived_before_the_connection_broke() throws Exception {
        byte[] large = new byte[3_000_000];
        new Random(1).nextBytes(large);
        String location = calls.beginUpload("acme/server");
        try (RawConnection raw = raw()) {
            raw.send("PATCH " + location + " HTTP/1.1\nHost: x\nContent-Length: " + large.length + "\n\n");
            raw.sendBytes(Arrays.copyOf(large, 1_000_000)).endSending();
            assertThat(raw.read().status()).isEqualTo(400);
        }

        String range = calls.get(location).hasStatus(204).header("Range");
        assertThat(range).isEqualTo("0-999999");
        calls.call(
                        "PATCH",
                        location,
                        Arrays.copyOfRange(large, 1_000_000, 2_000_000),
                        "Content-Range",
                        "1000000-1999999")
                .hasStatus(202);
        assertTaken(
                calls.call(
                        "PUT",
                        location + "?digest=" + Digest.sha256(large),
                        Arrays.copyOfRange(large, 2_000_000, 3_000_000)),
                large);
    }

    @Test
    void takes_nothing_when_a_whole_blob_is_cut() throws IOException {
        try (RawConnection raw = raw()) {
            raw.send("POST " + UPLOADS + "?digest=" + DIGEST + " HTTP/1.1\nHost: x\nContent-Length: 10\n\n01234")
                    .reset();
        }
        try (RawConnection raw = raw()) {
            raw.send("POST " + UPLOADS + "?digest=" + DIGEST
                            + " HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\na\n0123456789\n")
                    .endSending();
            assertThat(raw.read().status()).isEqualTo(400);
        }

        assertNotTaken();
    }

    @Test
    void takes_the_same_blob_from_fifty_clients_at_once() throws Exception {
        byte[] large = new byte[1_000_000];
        new Random(2).nextBytes(large);
        Digest digest = Digest.sha256(large);
        ExecutorService threads = Executors.newFixedThreadPool(50);
        CountDownLatch go = new CountDownLatch(1);
        try {
            List<Future<Integer>> pushes = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                String repository = "acme/r" + i % 5;
                pushes.add(threads.submit(() -> {
                    String location = calls.beginUpload(repository);
                    go.await();
                    int status = calls.call("PUT", location + "?digest=" + digest, large)
                            .status();
                    assertThat(calls.get("/v2/" + repository + "/blobs/" + digest)
                                    .bytes())
                            .isEqualTo(large);
                    return status;
                }));
            }
            go.countDown();
            for (Future<Integer> push : pushes) {
                assertThat(push.get()).isEqualTo(201);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void takes_pieces_of_one_upload_one_after_another_when_they_come_at_once() throws Exception {
        String location = calls.beginUpload("acme/server");
        byte[] piece = new byte[100_000];
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<Integer>> pieces = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                pieces.add(threads.submit(
                        () -> calls.call("PATCH", location, piece).status()));
            }
            for (Future<Integer> sent : pieces) {
                assertThat(sent.get()).isEqualTo(202);
            }
        } finally {
            threads.shutdownNow();
        }

        byte[] whole = new byte[2_000_000];
        assertTaken(calls.call("PUT", location + "?digest=" + Digest.sha256(whole), NOTHING), whole);
    }

    @Test
    void gives_an_upload_up_once_when_it_is_asked_to_twice_at_once() throws Exception {
        String location = calls.beginUpload("acme/server");
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (RawConnection raw = raw()) {
            raw.send("PATCH " + location + " HTTP/1.1\nHost: x\nContent-Length: 10\n\n01234");
            while (!"0-4".equals(calls.get(location).header("Range"))) {
                Thread.sleep(5);
            }
            List<Future<Integer>> deletions = List.of(
                    threads.submit(() -> calls.delete(location).status()),
                    threads.submit(() -> calls.delete(location).status()));
            Thread.sleep(200); // both wait for the piece to arrive, or come after the other: one must lose
            raw.send("56789").read();

            assertThat(List.of(deletions.get(0).get(), deletions.get(1).get())).containsExactlyInAnyOrder(204, 404);
        } finally {
            threads.shutdownNow();
        }
    }

    private RawConnection raw() throws IOException {
        return RawConnection.to(registry.uri());
    }
}
