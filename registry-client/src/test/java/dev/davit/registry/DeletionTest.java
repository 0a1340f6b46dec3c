package dev.davit.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.Index;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.registry.FakeServer.Answer;
import dev.davit.registry.FakeServer.Seen;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Taking things out of a repository, and no more than was asked for. */
class DeletionTest {
    private static final String MANIFESTS = "/v2/acme/server/manifests/";
    private static final String DIGEST = Samples.MANIFEST.digest().toString();

    private final RegistryClient client = Samples.client().build();
    private FakeServer registry;

    @AfterEach
    void close() {
        client.close();
        registry.close();
    }

    private RemoteRepository repository(Function<Seen, Answer> script) {
        registry = FakeServer.answering(script);
        return client.repository(registry.address() + "/acme/server");
    }

    private static boolean isDelete(Seen request) {
        return request.method().equals("DELETE");
    }

    @Test
    void a_tag_goes_without_what_it_stands_for() {
        RemoteRepository repository = repository(request -> Answer.of(202));

        repository.untag("1.0");

        assertThat(registry.lines()).containsExactly("DELETE " + MANIFESTS + "1.0");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 405, 501})
    void a_tag_that_cannot_be_deleted_costs_no_other_tag(int status) {
        RemoteRepository repository = repository(request -> Samples.error(status, "UNSUPPORTED", "no"));

        assertThatThrownBy(() -> repository.untag("1.0"))
                .isInstanceOf(NotSupportedException.class)
                .hasMessage(
                        "%1$s/acme/server:1.0: the registry does not delete it: %1$s answered %2$d to DELETE: UNSUPPORTED \"no\""
                                .formatted(registry.address(), status));
        assertThat(registry.lines()).containsExactly("DELETE " + MANIFESTS + "1.0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sha256:aa", "a/b", "", "..", "a@b"})
    void what_is_no_tag_is_not_deleted(String tag) {
        RemoteRepository repository = repository(request -> Answer.of(202));

        assertThatThrownBy(() -> repository.untag(tag)).isInstanceOf(RuntimeException.class);
        assertThat(registry.seen()).isEmpty();
    }

    /** What the right to delete is called is the registry's own business. */
    @ParameterizedTest
    @ValueSource(strings = {"pull,push,delete", "delete", "*"})
    void deleting_gets_the_rights_that_the_registry_names(String actions) {
        RemoteRepository repository = repository(request -> {
            if (request.target().startsWith("/token")) {
                boolean all =
                        request.target().contains("delete") || request.target().contains("*");
                return Answer.json(200, "{\"token\":\"" + (all ? "all" : "some") + "\"}");
            }
            return "Bearer all".equals(request.header("Authorization"))
                    ? Answer.of(202)
                    : Answer.of(401)
                            .header(
                                    "WWW-Authenticate",
                                    "Bearer realm=\"/token\",service=\"x\",scope=\"repository:acme/server:" + actions
                                            + "\"");
        });

        repository.untag("1.0");

        assertThat(registry.lines()).endsWith("DELETE " + MANIFESTS + "1.0");
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 202, 204})
    void a_manifest_goes_by_its_digest(int status) {
        RemoteRepository repository = repository(request -> isDelete(request) ? Answer.of(status) : Samples.manifest());

        repository.delete(Samples.MANIFEST.descriptor());

        assertThat(registry.lines()).endsWith("DELETE " + MANIFESTS + DIGEST);
    }

    @Test
    void a_blob_goes_as_a_blob() {
        RemoteRepository repository = repository(request -> Answer.of(202));

        repository.delete(Samples.LAYER_DESCRIPTOR);

        assertThat(registry.lines())
                .containsExactly("DELETE /v2/acme/server/blobs/" + Samples.LAYER_DESCRIPTOR.digest());
    }

    @Test
    void what_is_not_there_is_not_found() {
        RemoteRepository repository = repository(request -> Answer.of(404));

        assertThatThrownBy(() -> repository.untag("1.0")).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> repository.delete(Samples.LAYER_DESCRIPTOR)).isInstanceOf(NotFoundException.class);
    }

    @Test
    void what_is_gone_after_a_lost_answer_was_deleted() {
        RemoteRepository repository =
                repository(request -> registry.seen().size() == 1 ? FakeServer.NOTHING : Answer.of(404));

        repository.untag("1.0");

        assertThat(registry.seen()).hasSize(2);
    }

    @Test
    void a_tag_is_replaced_by_something_of_its_own_and_that_is_deleted() {
        RemoteRepository repository = repository(request -> switch (request.method()) {
            case "HEAD" -> request.target().endsWith("/1.0") ? Samples.manifest() : Answer.of(200);
            case "PUT" -> Answer.of(201);
            default -> Answer.of(202);
        });

        repository.untagByReplacing("1.0");
        repository.untagByReplacing("1.0");

        List<Seen> puts = registry.seen().stream()
                .filter(request -> request.method().equals("PUT"))
                .toList();
        assertThat(puts).hasSize(2).allSatisfy(put -> {
            assertThat(put.target()).isEqualTo(MANIFESTS + "1.0");
            Manifest placeholder = Manifest.parse(put.body().getBytes(UTF_8));
            assertThat(registry.lines()).contains("DELETE " + MANIFESTS + placeholder.digest());
        });
        assertThat(puts.get(0).body())
                .as("each is its own")
                .isNotEqualTo(puts.get(1).body());
        assertThat(registry.lines()).doesNotContain("DELETE " + MANIFESTS + DIGEST);
    }

    @Test
    void a_referrer_goes_from_the_list_that_clients_keep_and_the_others_stay() {
        Manifest referrer = Samples.MANIFEST.toBuilder()
                .subject(Samples.MANIFEST.descriptor())
                .build();
        Index list = Index.builder()
                .manifests(List.of(
                        referrer.descriptor(),
                        Samples.CONFIG.descriptor().toBuilder()
                                .mediaType(MediaType.OCI_MANIFEST)
                                .build()))
                .build();
        String tag = MANIFESTS + DIGEST.replace(':', '-');
        RemoteRepository repository = repository(request -> {
            if (isDelete(request)) {
                return Answer.of(202);
            }
            if (request.method().equals("PUT")) {
                return Answer.of(201);
            }
            return request.target().equals(tag)
                    ? Answer.of(200)
                            .header("Content-Type", MediaType.OCI_INDEX.value())
                            .header("ETag", "\"7\"")
                            .body(list.toBytes())
                    : Answer.of(200)
                            .header("Content-Type", MediaType.OCI_MANIFEST.value())
                            .body(referrer.toBytes());
        });

        repository.delete(referrer.descriptor());

        Seen put = registry.seen().get(registry.seen().size() - 1);
        assertThat(put.line()).isEqualTo("PUT " + tag);
        assertThat(put.header("If-Match")).isEqualTo("\"7\"");
        assertThat(Index.parse(put.body().getBytes(UTF_8)).manifests())
                .extracting(entry -> entry.digest())
                .containsExactly(Samples.CONFIG.descriptor().digest());
    }
}
