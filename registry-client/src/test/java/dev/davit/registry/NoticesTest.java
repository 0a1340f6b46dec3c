package dev.davit.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.MalformedContentException;
import dev.davit.oci.UnauthorizedException;
import dev.davit.registry.FakeServer.Answer;
import dev.davit.registry.FakeServer.Seen;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a registry says of itself: that it is one, its repositories, warnings, limits, and that it is too much. */
class NoticesTest {
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final RegistryClient client = Samples.client()
            .retries(3, Duration.ofMillis(4), Duration.ofSeconds(2))
            .listener(new RegistryListener() {
                @Override
                public void warning(String registry, String text) {
                    heard.add(text);
                }

                @Override
                public void rateLimit(String registry, RateLimit limit) {
                    heard.add(limit.remaining() + " of " + limit.limit() + " in "
                            + limit.window().orElse(null));
                }

                @Override
                public void throttled(String registry, Duration wait) {
                    heard.add("wait " + wait.toMillis());
                    throw new IllegalStateException("a listener that fails");
                }
            })
            .build();
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

    @Test
    void warnings_are_told_once_and_as_one_line() {
        RemoteRepository repository = repository(request -> Samples.manifest()
                .header(
                        "Warning",
                        "299 - \"it \\\"closes\\\"\tsoon\"\n199 - \"old\"\n299 host \"other\"\n299 - \"and more\""));

        repository.resolve("1.0");
        repository.resolve("1.0");

        assertThat(heard)
                .hasSize(2)
                .first()
                .asString()
                .startsWith("it \"closes\"")
                .doesNotContain("\t");
        assertThat(heard).last().isEqualTo("and more");
    }

    @Test
    void limits_are_told() {
        RemoteRepository repository = repository(request -> Samples.manifest()
                .header("RateLimit-Limit", "100;w=21600")
                .header("RateLimit-Remaining", "76;w=21600"));

        repository.resolve("1.0");

        assertThat(heard).containsExactly("76 of 100 in PT6H");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "many", "-1", "99999999999999999999"})
    void limits_that_are_none_are_not_told(String limit) {
        RemoteRepository repository = repository(
                request -> Samples.manifest().header("RateLimit-Limit", limit).header("RateLimit-Remaining", "1"));

        repository.resolve("1.0");

        assertThat(heard).isEmpty();
    }

    @Test
    void who_is_told_to_wait_holds_back_all_others() throws InterruptedException {
        List<Long> arrived = new CopyOnWriteArrayList<>();
        RemoteRepository repository = repository(request -> {
            arrived.add(System.nanoTime());
            return arrived.size() == 1 ? Answer.of(429).header("Retry-After", "0.4") : Samples.manifest();
        });
        Thread first = new Thread(() -> repository.resolve("1.0"));
        first.start();
        while (heard.isEmpty()) {
            Thread.onSpinWait();
        }

        repository.resolve("1.1");
        first.join();

        assertThat(heard).containsExactly("wait 400");
        assertThat(arrived).hasSize(3);
        assertThat(Duration.ofNanos(arrived.get(1) - arrived.get(0))).isGreaterThanOrEqualTo(Duration.ofMillis(380));
        assertThat(Duration.ofNanos(arrived.get(2) - arrived.get(0))).isGreaterThanOrEqualTo(Duration.ofMillis(380));
    }

    @Test
    void tells_what_it_is() {
        repository(request -> Answer.json(200, "{}").header("Docker-Distribution-API-Version", "registry/2.0"));

        assertThat(client.ping(registry.address()))
                .isEqualTo(new RegistryInfo(registry.address(), false, false, Optional.of("registry/2.0")));
        assertThat(registry.lines()).containsExactly("GET /v2/");
    }

    @Test
    void something_else_is_no_registry() {
        repository(request -> Answer.of(request.target().equals("/v2/") ? 404 : 200));

        assertThatThrownBy(() -> client.ping(registry.address())).hasMessageContaining(registry.address());
    }

    @Test
    void repositories_come_page_by_page() {
        repository(request -> request.target().contains("next")
                ? Answer.json(200, "{\"repositories\":[\"c\"]}")
                : Answer.json(200, "{\"repositories\":[\"a/b\",null,\"b\"]}")
                        .header("Link", "</v2/_catalog?next=1>; rel=\"next\""));

        assertThat(client.repositories(registry.address()).limit(1)).containsExactly("a/b");
        assertThat(registry.seen()).hasSize(1);
        assertThat(client.repositories(registry.address())).containsExactly("a/b", "b", "c");
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 405, 501})
    void a_registry_that_tells_nobody_its_repositories_says_so(int status) {
        repository(request -> Answer.of(status));

        assertThatThrownBy(() -> client.repositories(registry.address()).toList())
                .isInstanceOf(NotSupportedException.class)
                .hasMessageContaining("does not tell");
    }

    @Test
    void a_registry_that_tells_us_nothing_denies_access() {
        repository(request -> Answer.of(403));

        assertThatThrownBy(() -> client.repositories(registry.address()).toList())
                .isInstanceOf(UnauthorizedException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost/a", "busybox", "https://localhost", ""})
    void what_is_no_registry_is_not_asked(String name) {
        repository(request -> Answer.of(200));

        assertThatThrownBy(() -> client.ping(name)).isInstanceOf(MalformedContentException.class);
        assertThat(registry.seen()).isEmpty();
    }
}
