package dev.davit.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.NotFoundException;
import dev.davit.oci.TransferException;
import dev.davit.registry.FakeServer.Answer;
import dev.davit.registry.FakeServer.Seen;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is tried again, and what is not. */
class RetryTest {
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

    private RemoteRepository failingTwice(Answer failure) {
        AtomicInteger count = new AtomicInteger();
        return repository(request -> count.incrementAndGet() <= 2 ? failure : Samples.manifest());
    }

    @ParameterizedTest
    @ValueSource(ints = {408, 429, 499, 500, 502, 503, 504, 522})
    void failures_that_pass_are_waited_out(int status) {
        RemoteRepository repository = failingTwice(Answer.of(status));

        assertThat(repository.fetch(Samples.MANIFEST.descriptor())).isEqualTo(Samples.MANIFEST.toBytes());
    }

    @Test
    void a_connection_that_is_cut_before_the_answer_is_made_again() {
        RemoteRepository repository = failingTwice(FakeServer.NOTHING);

        assertThat(repository.fetch(Samples.MANIFEST.descriptor())).isEqualTo(Samples.MANIFEST.toBytes());
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 404, 418, 501})
    void other_failures_are_final(int status) {
        RemoteRepository repository = repository(request -> Answer.of(status));

        assertThatThrownBy(() -> repository.fetch(Samples.MANIFEST.descriptor()))
                .isInstanceOf(RuntimeException.class);
        // a manifest that is not among the manifests may be among the blobs
        assertThat(registry.seen()).hasSize(status == 404 ? 2 : 1);
    }

    @Test
    void gives_up_after_a_few_attempts_and_tells_the_last_answer() {
        RemoteRepository repository = repository(request -> Samples.error(503, "UNAVAILABLE", "come back later"));

        assertThatThrownBy(() -> repository.fetch(Samples.MANIFEST.descriptor()))
                .isInstanceOfSatisfying(
                        RegistryException.class, e -> assertThat(e.status()).isEqualTo(503))
                .hasMessageEndingWith("answered 503 to GET: UNAVAILABLE \"come back later\"");
        assertThat(registry.seen()).hasSize(3);
    }

    @Test
    void waits_as_long_as_the_registry_asks() {
        AtomicInteger count = new AtomicInteger();
        RemoteRepository repository = repository(request ->
                count.incrementAndGet() == 1 ? Answer.of(429).header("Retry-After", "0.1") : Samples.manifest());
        long start = System.nanoTime();

        repository.fetch(Samples.MANIFEST.descriptor());

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
    }

    @Test
    void does_not_wait_for_ever() {
        RemoteRepository repository = repository(request -> Answer.of(429).header("Retry-After", "1000000000"));

        assertThatThrownBy(() -> repository.fetch(Samples.MANIFEST.descriptor()))
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        e -> assertThat(e.retryAfter())
                                .hasValueSatisfying(wait -> assertThat(wait).isGreaterThan(Duration.ofHours(1))));
        assertThat(registry.seen()).hasSize(1);
    }

    @Test
    void a_missing_blob_is_not_looked_for_again() {
        RemoteRepository repository = repository(request -> Answer.of(404));

        assertThatThrownBy(() -> repository.fetch(Samples.LAYER_DESCRIPTOR)).isInstanceOf(NotFoundException.class);
        assertThat(registry.seen()).hasSize(1);
    }

    @Test
    void nobody_there_is_told_in_one_line() {
        String address;
        try (FakeServer gone = FakeServer.answering(request -> Answer.of(200))) {
            address = gone.address();
        }

        assertThatThrownBy(() -> client.resolve(address + "/acme/server:1.0"))
                .isInstanceOf(TransferException.class)
                .hasMessage("cannot reach " + address + ": connection refused");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 0",
                "7 | 7000",
                " 7 | 7000",
                "0.25 | 250",
                "Sun, 06 Nov 1994 08:49:47 GMT | 10000",
                "Sunday, 06-Nov-94 08:49:47 GMT | 10000",
                "Sun Nov  6 08:49:47 1994 | 10000",
                "Sun, 06 Nov 1994 08:49:07 GMT | 0"
            })
    void understands_both_forms_of_retry_after(String value, long milliseconds) {
        Instant now = Instant.parse("1994-11-06T08:49:37Z");

        assertThat(RetryAfter.parse(value, now)).isEqualTo(Duration.ofMillis(milliseconds));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "soon", "-5", "1e9", "Sun, 06 Nov", "tomorrow é"})
    void ignores_a_retry_after_that_is_neither(String value) {
        assertThat(RetryAfter.parse(value, Instant.EPOCH)).isNull();
    }
}
