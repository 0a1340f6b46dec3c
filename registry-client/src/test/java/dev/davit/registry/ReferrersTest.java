package dev.davit.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Index;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.UnauthorizedException;
import dev.davit.oci.content.ContentStore.Outcome;
import dev.davit.oci.internal.ByteBlob;
import dev.davit.registry.FakeServer.Answer;
import dev.davit.registry.FakeServer.Seen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReferrersTest {
    private static final Digest SUBJECT = Samples.MANIFEST.digest();
    private static final String TAG = "sha256-" + SUBJECT.encoded();
    private static final String API = "GET /v2/acme/server/referrers/" + SUBJECT;
    private static final String GET_TAG = "GET /v2/acme/server/manifests/" + TAG;
    private static final String PUT_TAG = "PUT /v2/acme/server/manifests/" + TAG;

    private static final Manifest SIGNATURE = Manifest.builder(Descriptor.EMPTY)
            .artifactType("application/vnd.example.signature")
            .layers(List.of(Descriptor.EMPTY))
            .subject(Samples.MANIFEST.descriptor())
            .annotations(Map.of("who", "me"))
            .build();
    private static final Descriptor LISTED = SIGNATURE.descriptor().toBuilder()
            .artifactType("application/vnd.example.signature")
            .annotations(Map.of("who", "me"))
            .build();
    private static final Descriptor OTHER = Descriptor.of(MediaType.OCI_MANIFEST, new byte[] {1});

    private final RegistryClient client = Samples.client().build();
    private FakeServer registry;

    @AfterEach
    void close() {
        client.close();
        if (registry != null) {
            registry.close();
        }
    }

    private RemoteRepository repository(Function<Seen, Answer> script) {
        registry = FakeServer.answering(script);
        return client.repository(registry.address() + "/acme/server");
    }

    private static Index list(Descriptor... referrers) {
        return Index.builder().manifests(Arrays.asList(referrers)).build();
    }

    private static Answer answer(Index list) {
        return Answer.of(200)
                .header("Content-Type", MediaType.OCI_INDEX.value())
                .body(list.toBytes());
    }

    @Test
    void lists_what_the_registry_lists_on_all_pages_once() {
        RemoteRepository repository = repository(request -> request.target().endsWith("page=2")
                ? answer(list(OTHER, LISTED))
                : answer(list(LISTED)).header("Link", "<?page=2>; rel=\"next\""));

        assertThat(repository.referrers(SUBJECT)).containsExactly(LISTED, OTHER);
        assertThat(registry.lines()).containsExactly(API, API + "?page=2");
    }

    @Test
    void reads_what_clients_have_written_down_where_listing_is_refused_and_reading_is_not() {
        RemoteRepository repository = repository(request -> request.target().contains("/referrers/")
                ? Samples.error(401, "UNAUTHORIZED", "what?")
                : request.target().equals("/v2/") ? Answer.of(200) : answer(list(LISTED)));

        assertThat(repository.referrers(SUBJECT)).containsExactly(LISTED);
    }

    @Test
    void who_may_not_read_is_told_so() {
        RemoteRepository repository = repository(request -> Samples.error(401, "UNAUTHORIZED", "what?"));

        assertThatThrownBy(() -> repository.referrers(SUBJECT)).isInstanceOf(UnauthorizedException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 405, 406, 501})
    void reads_what_clients_have_written_down_where_the_registry_refuses_to_list(int status) {
        RemoteRepository repository = repository(request -> request.target().contains("/referrers/")
                ? Samples.error(status, "UNSUPPORTED", "what?")
                : answer(list(LISTED)));

        assertThat(repository.referrers(SUBJECT)).containsExactly(LISTED);
        assertThat(registry.lines()).containsExactly(API, GET_TAG);
    }

    @Test
    void asks_a_registry_that_does_not_list_again_after_some_minutes() {
        AtomicLong clock = new AtomicLong();
        boolean[] lists = {false};
        registry = FakeServer.answering(request -> request.target().contains("/referrers/") && !lists[0]
                ? Samples.error(404, "NOT_FOUND", "what?")
                : answer(list(LISTED)));
        try (RegistryClient timed = Samples.client().clock(clock::get).build()) {
            RemoteRepository repository = timed.repository(registry.address() + "/acme/server");
            repository.referrers(SUBJECT);
            repository.referrers(SUBJECT);
            lists[0] = true;
            clock.addAndGet(Duration.ofMinutes(4).toNanos());
            repository.referrers(SUBJECT);
            assertThat(registry.lines()).containsExactly(API, GET_TAG, GET_TAG, GET_TAG);

            clock.addAndGet(Duration.ofMinutes(2).toNanos());

            assertThat(repository.referrers(SUBJECT)).containsExactly(LISTED);
            assertThat(registry.lines()).endsWith(API).hasSize(5);
        }
    }

    @Test
    void where_there_is_no_repository_there_is_no_empty_list() {
        boolean[] exists = {false};
        RemoteRepository repository =
                repository(request -> exists[0] ? answer(list(LISTED)) : Samples.error(404, "NAME_UNKNOWN", "what?"));

        assertThatThrownBy(() -> repository.referrers(SUBJECT)).isInstanceOf(NotFoundException.class);
        exists[0] = true;
        assertThat(repository.referrers(SUBJECT)).containsExactly(LISTED);
        assertThat(registry.lines()).containsExactly(API, GET_TAG, API);
    }

    @Test
    void a_page_for_people_is_no_list() {
        RemoteRepository repository = repository(request -> request.target().contains("/referrers/")
                ? Answer.of(200).header("Content-Type", "text/html").body(new byte[] {'<'})
                : Samples.error(404, "MANIFEST_UNKNOWN", "none"));

        assertThat(repository.referrers(SUBJECT)).isEmpty();
    }

    @Test
    void a_failure_is_not_an_empty_list() {
        RemoteRepository repository = repository(request -> Samples.error(500, "UNKNOWN", "broken"));

        assertThatThrownBy(() -> repository.referrers(SUBJECT)).isInstanceOf(RegistryException.class);
        assertThat(registry.lines()).doesNotContain(GET_TAG);
    }

    @Test
    void refuses_a_list_that_is_none() {
        RemoteRepository manifest = repository(request -> request.method().equals("PUT")
                ? Answer.of(201)
                : request.target().contains("/referrers/") ? Answer.of(404) : Samples.manifest());

        assertThatThrownBy(() -> manifest.referrers(SUBJECT))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining(TAG);
        assertThatThrownBy(() -> manifest.put(new ByteBlob(SIGNATURE.descriptor(), SIGNATURE.toBytes())))
                .isInstanceOf(MalformedContentException.class);
        assertThat(registry.lines()).doesNotContain(PUT_TAG);
    }

    /** The three of the specification, and what must not lead out of a tag. */
    @ParameterizedTest
    @CsvSource({
        "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,"
                + "sha256-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "sha512:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                + "aaaaaaaaaaaaaaaaaaaaaaaaaaaa,"
                + "sha512-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "test+algorithm+using+algorithm+separators+and+lots+of+characters+to+excercise+overflow:alsoSome=InTheEncoded"
                + "SectionToShowHyphenReplacementAndLotsAndLotsOfCharactersToExcerciseEncodedTruncation,"
                + "test-algorithm-using-algorithm-s-alsoSome-InTheEncodedSectionToShowHyphenReplacementAndLotsAndLot"
    })
    void makes_a_tag_of_a_digest_as_the_specification_says(String digest, String tag) {
        assertThat(Referrers.tag(Digest.parse(digest))).isEqualTo(tag);
    }

    @Test
    void leaves_the_list_to_a_registry_that_keeps_it() {
        RemoteRepository repository = repository(request -> Answer.of(201).header("OCI-Subject", SUBJECT.toString()));

        assertThat(repository.put(new ByteBlob(SIGNATURE.descriptor(), SIGNATURE.toBytes())))
                .isEqualTo(Outcome.COPIED);

        assertThat(registry.lines()).containsExactly("PUT /v2/acme/server/manifests/" + SIGNATURE.digest());
    }

    @Test
    void adds_to_the_list_that_clients_keep_and_begins_again_if_somebody_else_was_first() {
        List<String> states = new ArrayList<>(List.of("\"1\"", "\"2\"", "\"3\""));
        RemoteRepository repository = repository(request -> {
            if (!request.target().endsWith(TAG)) {
                return Answer.of(201);
            }
            if (request.method().equals("GET")) {
                return answer(list(OTHER)).header("ETag", states.get(0));
            }
            return Answer.of(states.remove(0).equals("\"1\"") ? 412 : 201);
        });

        repository.put(new ByteBlob(SIGNATURE.descriptor(), SIGNATURE.toBytes()));

        assertThat(registry.lines())
                .containsExactly(
                        "PUT /v2/acme/server/manifests/" + SIGNATURE.digest(), GET_TAG, PUT_TAG, GET_TAG, PUT_TAG);
        Seen last = registry.seen().get(4);
        assertThat(last.headers()).containsEntry("if-match", "\"2\"");
        assertThat(last.body())
                .isEqualTo(new String(list(OTHER, LISTED).toBytes(), java.nio.charset.StandardCharsets.UTF_8));
    }

    @Test
    void writes_nothing_if_the_list_names_it_already() {
        RemoteRepository repository =
                repository(request -> request.method().equals("GET") ? answer(list(LISTED)) : Answer.of(201));

        repository.put(new ByteBlob(SIGNATURE.descriptor(), SIGNATURE.toBytes()));

        assertThat(registry.lines()).doesNotContain(PUT_TAG);
    }

    @Test
    void gives_up_when_others_are_always_first() {
        RemoteRepository repository = repository(request -> request.target().endsWith(TAG)
                ? request.method().equals("GET") ? answer(list(OTHER)).header("ETag", "\"1\"") : Answer.of(412)
                : Answer.of(201));

        assertThatThrownBy(() -> repository.put(new ByteBlob(SIGNATURE.descriptor(), SIGNATURE.toBytes())))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining(TAG);
    }
}
