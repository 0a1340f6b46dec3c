package dev.davit.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.Descriptor;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.MediaType;
import dev.davit.oci.TransferException;
import dev.davit.registry.FakeServer.Answer;
import dev.davit.registry.FakeServer.Seen;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Downloads that break, and go on where they broke. */
class ResumedDownloadTest {
    private static final byte[] BYTES = bytes();
    private static final Descriptor BLOB = Descriptor.of(MediaType.OCI_LAYER, BYTES);

    private final RegistryClient client = Samples.client().build();
    private FakeServer registry;

    private static byte[] bytes() {
        byte[] bytes = new byte[6_000_000];
        new Random(9).nextBytes(bytes);
        return bytes;
    }

    @AfterEach
    void close() {
        client.close();
        registry.close();
    }

    private byte[] read(Function<Seen, Answer> script) throws IOException {
        registry = FakeServer.answering(script);
        try (InputStream in = client.repository(registry.address() + "/acme/server")
                .blob(BLOB)
                .open()) {
            return in.readAllBytes();
        }
    }

    private static int start(Seen request) {
        String range = request.header("Range");
        return range == null ? 0 : Integer.parseInt(range.substring("bytes=".length(), range.indexOf('-')));
    }

    /** What is left from where the request wants it, cut after some bytes. */
    private static Answer cut(Seen request, int bytes) {
        int from = start(request);
        Answer answer = Answer.of(from == 0 ? 200 : 206)
                .header("ETag", "\"v1\"")
                .header("Content-Length", Integer.toString(BYTES.length - from));
        if (from > 0) {
            answer.header("Content-Range", "bytes " + from + "-" + (BYTES.length - 1) + "/" + BYTES.length);
        }
        int end = Math.min(BYTES.length, from + bytes);
        answer.body(Arrays.copyOfRange(BYTES, from, end));
        return end < BYTES.length ? answer.cut() : answer;
    }

    private List<String> ranges() {
        return registry.seen().stream().map(request -> request.header("Range")).toList();
    }

    @Test
    void asks_for_the_rest_of_the_same_thing() throws IOException {
        assertThat(read(request -> cut(request, request.header("Range") == null ? 1_000_000 : BYTES.length)))
                .isEqualTo(BYTES);

        assertThat(ranges()).containsExactly(null, "bytes=1000000-5999999");
        assertThat(registry.seen().get(1).header("If-Range")).isEqualTo("\"v1\"");
    }

    @Test
    void may_break_any_number_of_times_as_long_as_it_gets_on() throws IOException {
        assertThat(read(request -> cut(request, 400_000))).isEqualTo(BYTES);

        assertThat(ranges()).hasSize(15);
    }

    @Test
    void gives_up_if_it_does_not_get_on() {
        assertThatThrownBy(() -> read(request -> cut(request, 1000)))
                .isInstanceOf(TransferException.class)
                .hasMessageContaining("closed too early");
        assertThat(ranges()).containsExactly(null, "bytes=1000-5999999", "bytes=2000-5999999");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bytes 0-5999999/6000000",
                "bytes 999999-5999999/6000000",
                "bytes 1000001-5999999/6000000",
                "bytes 1000000-5999998/6000000",
                "bytes 1000000-6000000/6000001",
                "bytes 1000000-5999999/7000000",
                "bytes */6000000",
                "items 1000000-5999999/6000000",
                "bytes 1000000-99999999999999999999/*",
                "nonsense"
            })
    void takes_nothing_from_another_place(String range) {
        assertThatThrownBy(() -> read(request -> start(request) == 0
                        ? cut(request, 1_000_000)
                        : cut(request, BYTES.length).header("Content-Range", range)))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("bytes 1000000-5999999/6000000");
        assertThat(registry.seen()).hasSize(2);
    }

    @Test
    void takes_nothing_of_several_parts() {
        assertThatThrownBy(() -> read(request -> start(request) == 0
                        ? cut(request, 1_000_000)
                        : Answer.of(206)
                                .header("Content-Type", "multipart/byteranges; boundary=a:b")
                                .body("--a:b\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII))))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("no Content-Range");
    }

    @Test
    void passes_over_what_it_has_if_all_comes_again() throws IOException {
        assertThat(read(request -> start(request) == 0
                        ? cut(request, 1_000_000)
                        : Answer.of(200).body(BYTES)))
                .isEqualTo(BYTES);
        assertThat(registry.seen()).hasSize(2);
    }

    @Test
    void a_break_behind_the_last_byte_is_none() throws IOException {
        String size = Integer.toHexString(BYTES.length);
        assertThat(read(request -> {
                    byte[] head = (size + "\r\n").getBytes(java.nio.charset.StandardCharsets.US_ASCII);
                    byte[] chunk = Arrays.copyOf(head, head.length + BYTES.length);
                    System.arraycopy(BYTES, 0, chunk, head.length, BYTES.length);
                    return Answer.of(200)
                            .unmeasured()
                            .header("Transfer-Encoding", "chunked")
                            .body(chunk);
                }))
                .isEqualTo(BYTES);
        assertThat(registry.seen()).hasSize(1);
    }

    @Test
    void what_ends_early_twice_at_the_same_byte_is_all_there_is() {
        assertThatThrownBy(() -> read(request -> start(request) < 5_000_000
                        ? Answer.of(200).unmeasured().body(Arrays.copyOf(BYTES, 5_000_000))
                        : Answer.of(206).unmeasured().header("Content-Range", "bytes 5000000-5999999/6000000")))
                .isInstanceOf(IntegrityException.class);
        assertThat(registry.seen()).hasSize(2);
    }

    @Test
    void other_bytes_after_a_break_are_noticed() {
        byte[] others = BYTES.clone();
        others[5_999_999]++;

        assertThatThrownBy(() -> read(request -> start(request) == 0
                        ? cut(request, 1_000_000)
                        : cut(request, BYTES.length).body(Arrays.copyOfRange(others, 1_000_000, BYTES.length))))
                .isInstanceOf(IntegrityException.class);
    }

    @Test
    void a_blob_that_is_gone_after_a_break_is_not_found() {
        assertThatThrownBy(() -> read(request -> start(request) == 0 ? cut(request, 1_000_000) : Answer.of(404)))
                .isInstanceOf(dev.davit.oci.NotFoundException.class);
    }
}
