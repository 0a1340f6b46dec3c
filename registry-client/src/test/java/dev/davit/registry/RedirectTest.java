package dev.davit.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.UnauthorizedException;
import dev.davit.oci.auth.Credentials;
import dev.davit.registry.FakeServer.Answer;
import dev.davit.registry.FakeServer.Seen;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a registry may send us, and that no secret goes along. */
class RedirectTest {
    private static final String BASIC = "Basic realm=\"here\"";

    private final RegistryClient client = Samples.client()
            .credentials(registry -> java.util.Optional.of(new Credentials("alice", "top secret")))
            .build();
    private FakeServer registry;
    private FakeServer elsewhere;

    @AfterEach
    void close() {
        client.close();
        registry.close();
        if (elsewhere != null) {
            elsewhere.close();
        }
    }

    /** Wants credentials, and leads those who have them away. */
    private RemoteRepository leadingTo(String location) {
        return serving(request -> Answer.of(307).header("Location", location));
    }

    private RemoteRepository serving(Function<Seen, Answer> script) {
        registry = FakeServer.answering(request -> request.header("Authorization") == null
                ? Answer.of(401).header("WWW-Authenticate", BASIC)
                : script.apply(request));
        return client.repository(registry.address() + "/acme/server");
    }

    private static Answer layer(Seen request) {
        return Answer.of(200).body(Samples.LAYER);
    }

    @Test
    void another_port_is_another_origin_and_gets_no_credentials() {
        elsewhere = FakeServer.answering(RedirectTest::layer);
        RemoteRepository repository = leadingTo(elsewhere.url("/storage/layer?signature=1"));

        assertThat(repository.fetch(Samples.LAYER_DESCRIPTOR)).isEqualTo(Samples.LAYER);
        assertThat(elsewhere.lines()).containsExactly("GET /storage/layer?signature=1");
        assertThat(elsewhere.seen().get(0).header("Authorization")).isNull();
    }

    @Test
    void another_name_of_the_same_machine_is_another_origin() {
        RemoteRepository repository = serving(
                request -> Answer.of(302).header("Location", "http://127.0.0.1:" + registry.port() + "/elsewhere"));

        assertThatThrownBy(() -> repository.fetch(Samples.LAYER_DESCRIPTOR)).isInstanceOf(UnauthorizedException.class);
        assertThat(registry.seen())
                .filteredOn(request -> request.target().equals("/elsewhere"))
                .singleElement()
                .satisfies(
                        request -> assertThat(request.header("Authorization")).isNull());
    }

    @Test
    void credentials_stay_within_the_origin() {
        RemoteRepository repository = serving(request -> request.target().equals("/moved")
                ? layer(request)
                : Answer.of(308).header("Location", "/moved"));

        assertThat(repository.fetch(Samples.LAYER_DESCRIPTOR)).isEqualTo(Samples.LAYER);
        assertThat(registry.seen().get(registry.seen().size() - 1).header("Authorization"))
                .startsWith("Basic ");
    }

    @Test
    void who_has_left_comes_back_without_credentials() {
        elsewhere = FakeServer.answering(
                request -> Answer.of(307).header("Location", registry.url("/v2/acme/server/secret")));
        RemoteRepository repository = leadingTo(elsewhere.url("/"));

        assertThatThrownBy(() -> repository.fetch(Samples.LAYER_DESCRIPTOR)).isInstanceOf(UnauthorizedException.class);
        assertThat(registry.seen())
                .filteredOn(request -> request.target().endsWith("/secret"))
                .isNotEmpty()
                .allSatisfy(request -> assertThat(request.header("Authorization"))
                        .as(request.line())
                        .isNull());
    }

    @Test
    void another_host_that_wants_credentials_does_not_get_ours() {
        elsewhere = FakeServer.answering(request -> Answer.of(401).header("WWW-Authenticate", BASIC));
        RemoteRepository repository = leadingTo(elsewhere.url("/"));

        assertThatThrownBy(() -> repository.fetch(Samples.LAYER_DESCRIPTOR))
                .isInstanceOf(UnauthorizedException.class)
                .hasMessageNotContaining("secret");
        assertThat(elsewhere.seen())
                .isNotEmpty()
                .allSatisfy(
                        request -> assertThat(request.header("Authorization")).isNull());
    }

    @Test
    void another_host_cannot_name_a_token_server_that_gets_our_credentials() {
        elsewhere = FakeServer.answering(request -> request.target().startsWith("/token")
                ? Answer.json(200, "{\"token\":\"t1\"}")
                : Answer.of(401).header("WWW-Authenticate", "Bearer realm=\"" + elsewhere.url("/token") + "\""));
        RemoteRepository repository = leadingTo(elsewhere.url("/layer"));

        assertThatThrownBy(() -> repository.fetch(Samples.LAYER_DESCRIPTOR)).isInstanceOf(UnauthorizedException.class);
        assertThat(elsewhere.lines()).containsExactly("GET /layer");
    }

    @Test
    void gives_up_in_a_circle() {
        RemoteRepository repository = leadingTo("/round");

        assertThatThrownBy(() -> repository.fetch(Samples.LAYER_DESCRIPTOR))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("expected at most 5 redirects");
        assertThat(registry.seen()).hasSize(1 + 6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "ftp://localhost/x", "file:///etc/passwd", "http://", "http://user:pw@localhost/"})
    void follows_to_http_urls_without_user_names_only(String location) {
        RemoteRepository repository = leadingTo(location);

        assertThatThrownBy(() -> repository.fetch(Samples.LAYER_DESCRIPTOR))
                .isInstanceOfSatisfying(
                        RegistryException.class, e -> assertThat(e.status()).isEqualTo(307))
                .hasMessageContaining("redirect");
        assertThat(registry.seen()).hasSize(2);
    }

    @Test
    void the_range_goes_along() {
        elsewhere = FakeServer.answering(request -> Answer.of(206)
                .header("Content-Range", "bytes 1-2/35")
                .body("hi".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        RemoteRepository repository = leadingTo(elsewhere.url("/"));

        assertThat(repository.blob(Samples.LAYER_DESCRIPTOR).openRange(1, 2)).hasContent("hi");
        assertThat(elsewhere.seen().get(0).header("Range")).isEqualTo("bytes=1-2");
    }
}
