package dev.davit.registry;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.MediaType;
import dev.davit.oci.content.ContentStore.Outcome;
import dev.davit.oci.internal.ByteBlob;
import dev.davit.registry.FakeServer.Answer;
import dev.davit.registry.FakeServer.Seen;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Uploads in pieces, with registries that each have their own idea of them. */
class UploadInPiecesTest {
    private static final int PIECE = 100_000;
    private static final byte[] BYTES = bytes();
    private static final ByteBlob BLOB = new ByteBlob(Descriptor.of(MediaType.OCI_LAYER, BYTES), BYTES);
    private static final String UPLOADS = "/v2/acme/server/blobs/uploads/";

    private final RegistryClient client = Samples.client().uploadPieces(PIECE).build();
    private final StringBuilder arrived = new StringBuilder();
    private FakeServer registry;
    private int sessions;
    private int moves;

    private static byte[] bytes() {
        byte[] bytes = new byte[250_000];
        new Random(5).nextBytes(bytes);
        return bytes;
    }

    @AfterEach
    void close() {
        client.close();
        registry.close();
    }

    /** A registry that does as the specification says, unless the script has an answer of its own. */
    private RemoteRepository repository(Function<Seen, Answer> script) {
        return repository(client, script);
    }

    private RemoteRepository repository(RegistryClient own, Function<Seen, Answer> script) {
        registry = FakeServer.answering(request -> {
            Answer other = script.apply(request);
            return other != null ? other : good(request);
        });
        return own.repository(registry.address() + "/acme/server");
    }

    private Answer good(Seen request) {
        return switch (request.method()) {
            case "HEAD" -> Answer.of(404);
            case "POST" -> {
                arrived.setLength(0);
                sessions++;
                yield moved(202);
            }
            case "PATCH" -> taken(request.body().length(), request);
            case "GET" -> moved(204).header("Range", range());
            case "PUT" -> {
                arrived.append(request.body());
                byte[] all = arrived.toString().getBytes(ISO_8859_1);
                yield Answer.of(BLOB.descriptor().digest().matches(all) ? 201 : 400);
            }
            default -> Answer.of(204);
        };
    }

    private Answer taken(int bytes, Seen request) {
        arrived.append(request.body(), 0, bytes);
        return moved(202).header("Range", range());
    }

    private String range() {
        return "0-" + (arrived.length() - 1);
    }

    private Answer moved(int status) {
        return Answer.of(status).header("Location", UPLOADS + sessions + "?_state=" + ++moves);
    }

    private List<String> ranges() {
        return registry.seen().stream()
                .filter(request -> request.method().equals("PATCH"))
                .map(request -> request.header("Content-Range"))
                .toList();
    }

    private long count(String method) {
        return registry.seen().stream()
                .filter(request -> request.method().equals(method))
                .count();
    }

    private boolean first(Seen request, String method) {
        return request.method().equals(method) && count(method) == 1;
    }

    @Test
    void sends_one_piece_after_the_other_to_where_the_last_answer_said() {
        RemoteRepository repository = repository(request -> null);

        assertThat(repository.put(BLOB)).isEqualTo(Outcome.COPIED);

        assertThat(ranges()).containsExactly("0-99999", "100000-199999", "200000-249999");
        assertThat(registry.lines().subList(1, 6))
                .containsExactly(
                        "POST " + UPLOADS,
                        "PATCH " + UPLOADS + "1?_state=1",
                        "PATCH " + UPLOADS + "1?_state=2",
                        "PATCH " + UPLOADS + "1?_state=3",
                        "PUT " + UPLOADS + "1?_state=4&digest="
                                + BLOB.descriptor().digest().toString().replace(":", "%3A"));
    }

    @Test
    void sends_again_what_was_not_taken_of_a_piece() {
        RemoteRepository repository = repository(request -> first(request, "PATCH") ? taken(40_000, request) : null);

        assertThat(repository.put(BLOB)).isEqualTo(Outcome.COPIED);

        assertThat(ranges()).containsExactly("0-99999", "40000-139999", "140000-239999", "240000-249999");
    }

    @Test
    void an_answer_that_says_nothing_else_has_taken_all() {
        RemoteRepository repository = repository(request -> {
            if (!request.method().equals("PATCH")) {
                return null;
            }
            taken(request.body().length(), request);
            return moved(202);
        });

        assertThat(repository.put(BLOB)).isEqualTo(Outcome.COPIED);
        assertThat(ranges()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void goes_on_where_the_registry_is_after_a_piece_at_the_wrong_place(boolean told) {
        RemoteRepository repository = repository(request -> {
            if (!first(request, "PATCH")) {
                return null;
            }
            taken(70_000, request);
            return told ? moved(416).header("Range", range()) : Answer.of(416);
        });

        assertThat(repository.put(BLOB)).isEqualTo(Outcome.COPIED);

        assertThat(ranges()).startsWith("0-99999", "70000-169999");
        assertThat(count("GET")).isEqualTo(told ? 0 : 1);
        assertThat(sessions).isEqualTo(1);
    }

    @Test
    void asks_how_much_has_arrived_after_a_piece_whose_answer_was_lost() {
        RemoteRepository repository = repository(request -> {
            if (!first(request, "PATCH")) {
                return null;
            }
            taken(90_000, request);
            return FakeServer.NOTHING;
        });

        assertThat(repository.put(BLOB)).isEqualTo(Outcome.COPIED);

        assertThat(ranges()).startsWith("0-99999", "90000-189999");
        assertThat(sessions).isEqualTo(1);
    }

    @Test
    void sends_all_at_once_to_a_registry_whose_session_does_not_move() {
        RemoteRepository repository = repository(request -> request.method().equals("PATCH")
                ? moved(201).header("Range", arrived.length() == 0 ? "0-0" : range())
                : null);

        assertThat(repository.put(BLOB)).isEqualTo(Outcome.COPIED);

        assertThat(registry.seen().get(registry.seen().size() - 1).body()).hasSize(BYTES.length);
        assertThat(registry.seen()).hasSizeLessThan(12);
    }

    @Test
    void begins_again_when_the_session_is_lost() {
        RemoteRepository repository =
                repository(request -> request.method().equals("PATCH") && ranges().size() == 2 ? Answer.of(404) : null);

        assertThat(repository.put(BLOB)).isEqualTo(Outcome.COPIED);

        assertThat(sessions).isEqualTo(2);
        assertThat(ranges()).containsExactly("0-99999", "100000-199999", "0-99999", "100000-199999", "200000-249999");
    }

    @Test
    void does_not_begin_again_for_ever() {
        RemoteRepository repository = repository(request -> request.method().equals("PATCH") ? Answer.of(404) : null);

        assertThatThrownBy(() -> repository.put(BLOB)).isInstanceOf(RegistryException.class);
        assertThat(sessions).isEqualTo(3);
    }

    @Test
    void makes_pieces_of_what_is_too_long_and_remembers_it() {
        try (RegistryClient whole = Samples.client().build()) {
            RemoteRepository repository =
                    repository(whole, request -> request.body().length() > 130_000 ? Answer.of(413) : null);

            assertThat(repository.put(BLOB)).isEqualTo(Outcome.COPIED);
            assertThat(ranges()).containsExactly("0-124999", "125000-249999");
            int before = registry.seen().size();
            repository.put(BLOB);

            assertThat(registry.seen().stream().skip(before).map(Seen::method))
                    .containsExactly("HEAD", "POST", "PATCH", "PATCH", "PUT");
        }
    }

    @Test
    void gives_up_when_not_even_a_small_piece_is_taken() {
        RemoteRepository repository = repository(request -> request.body().isEmpty() ? null : Answer.of(413));

        assertThatThrownBy(() -> repository.put(BLOB))
                .isInstanceOfSatisfying(
                        RegistryException.class, e -> assertThat(e.status()).isEqualTo(413))
                .hasMessageContaining("not even a piece of 65536 bytes is taken");
        assertThat(registry.seen().get(registry.seen().size() - 1).method()).isEqualTo("DELETE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"120000", "999999999999999999"})
    void pieces_are_as_long_as_the_registry_wants(String least) {
        RemoteRepository repository = repository(request ->
                request.method().equals("POST") ? good(request).header("OCI-Chunk-Min-Length", least) : null);

        assertThat(repository.put(BLOB)).isEqualTo(Outcome.COPIED);

        if (least.length() < 7) {
            assertThat(ranges()).containsExactly("0-119999", "120000-239999", "240000-249999");
        } else {
            assertThat(ranges()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 202, 204})
    void another_status_at_the_end_is_believed_if_the_blob_is_there(int status) {
        RemoteRepository repository = repository(request -> switch (request.method()) {
            case "PUT" -> Answer.of(status);
            case "HEAD" -> Answer.of(count("PUT") > 0 ? 200 : 404);
            default -> null;
        });

        assertThat(repository.put(BLOB)).isEqualTo(Outcome.COPIED);
    }

    @Test
    void another_status_at_the_end_is_not_believed_if_the_blob_is_not_there() {
        RemoteRepository repository = repository(request -> request.method().equals("PUT") ? Answer.of(202) : null);

        assertThatThrownBy(() -> repository.put(BLOB)).isInstanceOf(RegistryException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 404, 405, 500})
    void a_session_that_is_given_up_is_deleted_whatever_that_answers(int status) {
        RemoteRepository repository =
                repository(request -> request.method().equals("DELETE") ? Answer.of(status) : null);
        byte[] wrong = BYTES.clone();
        wrong[249_999]++;

        assertThatThrownBy(() -> repository.put(new ByteBlob(BLOB.descriptor(), wrong)))
                .isInstanceOf(IntegrityException.class);

        assertThat(registry.seen().get(registry.seen().size() - 1).line())
                .startsWith("DELETE " + UPLOADS + "1?_state=");
        assertThat(arrived.length()).as("the end is never sent").isLessThan(BYTES.length);
    }

    @Test
    void an_interrupted_upload_is_deleted_at_once() throws InterruptedException {
        RemoteRepository repository = repository(request -> first(request, "PATCH") ? FakeServer.SILENCE : null);
        Thread upload =
                new Thread(() -> assertThatThrownBy(() -> repository.put(BLOB)).hasMessageContaining("interrupted"));
        upload.start();
        registry.awaitStall();

        upload.interrupt();
        upload.join(2000);

        assertThat(upload.isAlive()).isFalse();
        assertThat(registry.awaitClientGone()).isTrue();
        assertThat(registry.seen().get(registry.seen().size() - 1).method()).isEqualTo("DELETE");
    }

    @Test
    void says_which_digest_it_will_be_if_it_is_no_usual_one() throws Exception {
        Digest sha512 = Digest.parse("sha512:"
                + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-512").digest(BYTES)));
        RemoteRepository repository = repository(request -> request.method().equals("PUT") ? Answer.of(201) : null);

        repository.put(new ByteBlob(Descriptor.of(MediaType.OCI_LAYER, sha512, BYTES.length), BYTES));

        assertThat(registry.lines()).contains("POST " + UPLOADS + "?digest-algorithm=sha512");
    }
}
