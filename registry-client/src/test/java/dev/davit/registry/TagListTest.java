package dev.davit.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.MalformedContentException;
import dev.davit.oci.NotFoundException;
import dev.davit.registry.FakeServer.Answer;
import dev.davit.registry.FakeServer.Seen;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TagListTest {
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

    private static Answer tags(String... tags) {
        return Answer.json(200, "{\"name\":\"acme/server\",\"tags\":[\"" + String.join("\",\"", tags) + "\"]}");
    }

    @Test
    void lists_tags_sorted_and_once() {
        RemoteRepository repository = repository(request -> tags("b", "a", "b"));

        assertThat(repository.tags()).containsExactly("a", "b");
        assertThat(registry.lines()).containsExactly("GET /v2/acme/server/tags/list?n=1000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"tags\":null}", "{\"tags\":[]}", "{\"name\":\"x\"}"})
    void an_empty_repository_has_no_tags(String body) {
        assertThat(repository(request -> Answer.json(200, body)).tags()).isEmpty();
    }

    @Test
    void nulls_between_the_tags_are_none() {
        assertThat(repository(request -> Answer.json(200, "{\"tags\":[null,\"b\",null,\"a\",null]}"))
                        .tags())
                .containsExactly("a", "b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"tags\":[1]}", "{\"tags\":[\"a\",{}]}", "{\"tags\":\"a\"}", "{\"tags\":{}}"})
    void what_is_no_list_of_tags_is_refused(String body) {
        assertThatThrownBy(() -> repository(request -> Answer.json(200, body)).tags())
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("tags");
    }

    @Test
    void a_missing_repository_is_not_an_empty_one() {
        RemoteRepository repository = repository(request -> Samples.error(404, "NAME_UNKNOWN", "no such thing"));

        assertThatThrownBy(repository::tags).isInstanceOf(NotFoundException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "</v2/acme/server/tags/list?cursor=%2Fopaque>; rel=\"next\"",
                "<list?cursor=%2Fopaque>; rel=next",
                "<https://registry.example/>; rel=\"prev\", </v2/acme/server/tags/list?cursor=%2Fopaque>;title=\"a,b;c\";REL=\"next\"",
                "<>; rel=self\n<?cursor=%2Fopaque>; rel=\"last next\"",
                "<http://localhost:PORT/v2/acme/server/tags/list?cursor=%2Fopaque>; rel=\"next\""
            })
    void follows_to_the_next_page_without_understanding_the_link(String link) {
        RemoteRepository repository = repository(request -> request.target().contains("cursor")
                ? tags("b")
                : tags("a").header("Link", link.replace("PORT", "" + registry.port())));

        assertThat(repository.tags()).containsExactly("a", "b");
        assertThat(registry.lines())
                .containsExactly(
                        "GET /v2/acme/server/tags/list?n=1000", "GET /v2/acme/server/tags/list?cursor=%2Fopaque");
    }

    @Test
    void a_link_with_a_path_of_somebody_else_is_followed_below_v2() {
        RemoteRepository repository = repository(request -> request.target().equals("/v2/acme/server/tags/list?last=a")
                ? tags("b")
                : request.target().startsWith("/v2/")
                        ? tags("a").header("Link", "</repository/hub/v2/acme/server/tags/list?last=a>; rel=\"next\"")
                        : Answer.of(404));

        assertThat(repository.tags()).containsExactly("a", "b");
    }

    @Test
    void a_full_page_without_a_link_is_not_all() {
        String[] page = IntStream.range(0, 1000).mapToObj(i -> "t" + (i + 1000)).toArray(String[]::new);
        RemoteRepository repository =
                repository(request -> request.target().endsWith("?n=1000") ? tags(page) : tags("z"));

        assertThat(repository.tags()).hasSize(1001).endsWith("z");
        assertThat(registry.lines())
                .containsExactly(
                        "GET /v2/acme/server/tags/list?n=1000", "GET /v2/acme/server/tags/list?n=1000&last=t1999");
    }

    @ParameterizedTest
    @ValueSource(strings = {"<x>; rel=prev", "<x", "x>; rel=next", "rel=next", ";;;,<", "<x>; relnext; rel"})
    void other_links_and_broken_ones_lead_nowhere(String link) {
        RemoteRepository repository = repository(request -> tags("a").header("Link", link));

        assertThat(repository.tags()).containsExactly("a");
        assertThat(registry.seen()).hasSize(1);
    }

    @Test
    void does_not_follow_to_another_host() {
        try (FakeServer other = FakeServer.answering(request -> tags("evil"))) {
            RemoteRepository repository =
                    repository(request -> tags("a").header("Link", "<" + other.url("/") + ">; rel=\"next\""));

            assertThatThrownBy(repository::tags)
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContaining(other.address());
            assertThat(other.seen()).isEmpty();
        }
    }

    @Test
    void a_list_that_comes_round_again_ends_in_an_exception() {
        RemoteRepository repository =
                repository(request -> tags("a").header("Link", "</v2/acme/server/tags/list?n=1000>; rel=\"next\""));

        assertThatThrownBy(repository::tags)
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("to end");
        assertThat(registry.seen()).hasSizeLessThan(4);
    }

    @Test
    void what_is_no_list_is_malformed() {
        RemoteRepository repository = repository(request -> Answer.json(200, "{\"tags\":{\"a\":1}}"));

        assertThatThrownBy(repository::tags).isInstanceOf(MalformedContentException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 422})
    void a_registry_that_does_not_like_the_length_of_a_page_chooses_its_own(int status) {
        RemoteRepository repository = repository(request -> request.target().contains("n=")
                ? Samples.error(status, "PAGINATION_NUMBER_INVALID", "invalid number of results requested")
                : request.target().contains("last=")
                        ? tags("b")
                        : tags("a").header("Link", "</v2/acme/server/tags/list?last=a>; rel=\"next\""));

        assertThat(repository.tags()).containsExactly("a", "b");
    }

    @Test
    void what_is_refused_for_another_reason_stays_refused() {
        RemoteRepository repository = repository(request -> Samples.error(400, "NAME_INVALID", "no"));

        assertThatThrownBy(repository::tags)
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("NAME_INVALID");
    }
}
