package dev.davit.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.Descriptor;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.MediaType;
import dev.davit.oci.StorageException;
import dev.davit.oci.TransferException;
import dev.davit.oci.auth.Credentials;
import dev.davit.oci.content.Blob;
import dev.davit.oci.content.ContentStore;
import dev.davit.oci.internal.ByteBlob;
import dev.davit.registry.FakeServer.Answer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** With and without TLS, patience, and what every request carries. */
@Timeout(60)
class ConnectionTest {
    /** Knows {@code registry.test}, which is not the name of this machine. */
    private static final OkHttpClient RESOLVING = new OkHttpClient.Builder()
            .dns(host -> List.of(InetAddress.getLoopbackAddress()))
            .build();

    @Test
    void a_registry_on_this_machine_may_do_without_tls() {
        try (FakeServer registry = FakeServer.answering(request -> Samples.manifest());
                RegistryClient client = Samples.client().build()) {
            for (String host : List.of("localhost", "127.0.0.1")) {
                assertThat(client.resolve(host + ":" + registry.port() + "/acme/server:1.0"))
                        .isEqualTo(Samples.MANIFEST.descriptor());
            }
        }
    }

    @Test
    void a_registry_elsewhere_may_not() {
        try (FakeServer registry = FakeServer.answering(request -> Samples.manifest());
                RegistryClient client = Samples.client().okHttpClient(RESOLVING).build()) {
            assertThatThrownBy(() -> client.resolve("registry.test:" + registry.port() + "/acme/server:1.0"))
                    .isInstanceOf(TransferException.class)
                    .hasMessageStartingWith("cannot reach registry.test:" + registry.port() + ": no TLS connection");
            assertThat(registry.seen()).isEmpty();
        }
    }

    @Test
    void a_registry_elsewhere_may_if_it_is_allowed_and_gets_credentials_only_when_it_asks() {
        try (FakeServer registry = FakeServer.answering(request -> request.header("Authorization") == null
                        ? Answer.of(401).header("WWW-Authenticate", "Basic realm=x")
                        : Samples.manifest());
                RegistryClient client = Samples.client()
                        .okHttpClient(RESOLVING)
                        .allowPlainHttp("registry.test:" + registry.port())
                        .credentials(any -> Optional.of(new Credentials("alice", "secret")))
                        .build()) {
            assertThat(client.resolve("registry.test:" + registry.port() + "/acme/server:1.0"))
                    .isEqualTo(Samples.MANIFEST.descriptor());
        }
    }

    @Test
    void allowing_one_registry_allows_no_other() {
        try (FakeServer registry = FakeServer.answering(request -> Samples.manifest());
                RegistryClient client = Samples.client()
                        .okHttpClient(RESOLVING)
                        .allowPlainHttp("registry.test")
                        .build()) {
            assertThatThrownBy(() -> client.resolve("registry.test:" + registry.port() + "/acme/server:1.0"))
                    .isInstanceOf(TransferException.class);
            assertThat(registry.seen()).isEmpty();
        }
    }

    @Test
    void tls_is_tried_once_for_a_registry_without_it() {
        try (FakeServer registry = FakeServer.answering(request -> Samples.manifest());
                RegistryClient client = Samples.client().build()) {
            RemoteRepository repository = client.repository(registry.address() + "/acme/server");
            for (int i = 0; i < 5; i++) {
                repository.resolve("1.0");
            }
            assertThat(registry.connections()).isLessThanOrEqualTo(2);
            assertThat(registry.seen()).hasSize(5);
        }
    }

    @Test
    void an_answer_that_does_not_begin_is_waited_for_as_long_as_the_response_time_out_says() {
        try (FakeServer registry = FakeServer.answering(request -> FakeServer.SILENCE);
                RegistryClient client = Samples.client()
                        .responseTimeout(Duration.ofMillis(200))
                        .idleTimeout(Duration.ofMinutes(5))
                        .build()) {
            assertThatThrownBy(() -> client.resolve(registry.address() + "/acme/server:1.0"))
                    .isInstanceOf(TransferException.class)
                    .hasMessageContaining("nothing came in time");
        }
    }

    @Test
    void a_body_that_stops_is_waited_for_as_long_as_the_idle_time_out_says() {
        Answer stalling = Answer.of(200)
                .header("Content-Length", "35")
                .body("this".getBytes(UTF_8))
                .stall();
        try (FakeServer registry = FakeServer.answering(request -> stalling);
                RegistryClient client = Samples.client()
                        .responseTimeout(Duration.ofMinutes(5))
                        .idleTimeout(Duration.ofMillis(200))
                        .build()) {
            RemoteRepository repository = client.repository(registry.address() + "/acme/server");

            assertThatThrownBy(() -> repository.fetch(Samples.LAYER_DESCRIPTOR))
                    .isInstanceOf(TransferException.class)
                    .hasMessageContaining("it stood still for too long");
        }
    }

    @Test
    void somebody_who_does_not_read_is_given_up_after_the_idle_time_out() throws Exception {
        byte[] much = new byte[32 << 20];
        ByteBlob blob = new ByteBlob(Descriptor.of(MediaType.OCI_LAYER, much), much);
        try (ServerSocket deaf = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                FakeServer registry = FakeServer.answering(request -> request.method()
                                .equals("HEAD")
                        ? Answer.of(404)
                        : Answer.of(202).header("Location", "http://127.0.0.1:" + deaf.getLocalPort() + "/session"));
                RegistryClient client = Samples.client()
                        .responseTimeout(Duration.ofMinutes(5))
                        .idleTimeout(Duration.ofMillis(200))
                        .retries(1, Duration.ofMillis(1), Duration.ofMillis(1))
                        .build()) {
            RemoteRepository repository = client.repository(registry.address() + "/acme/server");

            assertThatThrownBy(() -> repository.put(blob))
                    .isInstanceOf(TransferException.class)
                    .hasMessageContaining("it stood still for too long");
        }
    }

    @Test
    void a_source_that_takes_its_time_is_not_held_to_the_idle_time_out() {
        Blob slow = new Blob() {
            @Override
            public Descriptor descriptor() {
                return Samples.LAYER_DESCRIPTOR;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(Samples.LAYER) {
                    @Override
                    public synchronized int read(byte[] target, int offset, int length) {
                        LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
                        return super.read(target, offset, Math.min(length, 5));
                    }
                };
            }

            @Override
            public InputStream openRange(long from, long length) {
                throw new UnsupportedOperationException();
            }
        };
        try (FakeServer registry = FakeServer.answering(request -> switch (request.method()) {
                    case "HEAD" -> Answer.of(404);
                    case "POST" -> Answer.of(202).header("Location", "/session");
                    default -> Answer.of(201);
                });
                RegistryClient client = Samples.client()
                        .idleTimeout(Duration.ofMillis(150))
                        .retries(1, Duration.ofMillis(1), Duration.ofMillis(1))
                        .build()) {
            RemoteRepository repository = client.repository(registry.address() + "/acme/server");

            assertThat(repository.put(slow)).isEqualTo(ContentStore.Outcome.COPIED);
        }
    }

    @Test
    void a_body_that_pauses_is_not_held_to_the_response_time_out() {
        Answer pausing = Answer.of(200).body(Samples.LAYER).pause(900);
        try (FakeServer registry = FakeServer.answering(request -> pausing);
                RegistryClient client = Samples.client()
                        .responseTimeout(Duration.ofMillis(300))
                        .idleTimeout(Duration.ofMinutes(5))
                        .build()) {
            RemoteRepository repository = client.repository(registry.address() + "/acme/server");

            assertThat(repository.fetch(Samples.LAYER_DESCRIPTOR)).isEqualTo(Samples.LAYER);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, true",
        "127.0.0.1, true",
        "127.9.9.9, true",
        "::1, true",
        "127.0.0.1.example, false",
        "localhost.example, false",
        "1270.0.0.1, false",
        "10.0.0.1, false"
    })
    void knows_which_names_mean_this_machine(String host, boolean loopback) {
        assertThat(Origin.isLoopback(host)).isEqualTo(loopback);
    }

    @Test
    void the_user_agent_can_be_set() {
        try (FakeServer registry = FakeServer.answering(request -> Samples.manifest());
                RegistryClient client = Samples.client().userAgent("acme/1.0").build()) {
            client.resolve(registry.address() + "/acme/server:1.0");

            assertThat(registry.seen().get(0).header("User-Agent")).isEqualTo("acme/1.0");
        }
    }

    @Test
    void a_file_without_certificates_is_refused(@TempDir Path folder) throws IOException {
        Path empty = Files.writeString(folder.resolve("ca.pem"), "no certificate");
        Path broken = Files.writeString(
                folder.resolve("broken.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");

        for (Path file : List.of(empty, broken)) {
            assertThatThrownBy(() -> RegistryClient.builder().trust(file).build())
                    .isInstanceOf(MalformedContentException.class)
                    .hasMessageContaining(file.toString());
        }
        assertThatThrownBy(() -> RegistryClient.builder()
                        .trust(folder.resolve("missing.pem"))
                        .build())
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("missing.pem");
    }

    @Test
    void time_outs_are_positive() {
        for (Duration wrong : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofDays(100))) {
            assertThatThrownBy(() -> RegistryClient.builder().idleTimeout(wrong))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void closing_leaves_the_callers_own_http_client_alone() {
        OkHttpClient own = new OkHttpClient();
        RegistryClient.builder().okHttpClient(own).build().close();

        assertThat(own.dispatcher().executorService().isShutdown()).isFalse();
    }

    /** Else the last of a hundred threads would wait a hundred times as long as the first. */
    @Test
    void after_a_first_contact_that_failed_nobody_waits_for_another() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch others = new CountDownLatch(3);
        AtomicInteger requests = new AtomicInteger();
        try (FakeServer registry = FakeServer.answering(request -> {
                    await(requests.incrementAndGet() == 1 ? first : counted(others));
                    return requests.get() == 1 ? FakeServer.NOTHING : Samples.manifest();
                });
                RegistryClient client = Samples.client()
                        .retries(1, Duration.ofMillis(1), Duration.ofMillis(1))
                        .build()) {
            ExecutorService threads = Executors.newFixedThreadPool(4);
            Callable<Descriptor> resolve = () -> client.resolve(registry.address() + "/acme/server:1.0");
            List<Future<Descriptor>> all =
                    IntStream.range(0, 4).mapToObj(i -> threads.submit(resolve)).toList();
            first.countDown();

            int failed = 0;
            for (Future<Descriptor> each : all) {
                try {
                    each.get();
                } catch (ExecutionException e) {
                    failed++;
                }
            }
            assertThat(failed).isEqualTo(1);
            assertThat(others.getCount()).isZero();
            threads.shutdown();
        }
    }

    private static CountDownLatch counted(CountDownLatch latch) {
        latch.countDown();
        return latch;
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new AssertionError("nobody else came");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void a_closed_client_says_so() {
        try (FakeServer registry = FakeServer.answering(request -> Samples.manifest())) {
            RegistryClient client = Samples.client().build();
            RemoteRepository repository = client.repository(registry.address() + "/acme/server");
            repository.resolve("1.0");
            client.close();
            client.close();

            assertThatThrownBy(() -> repository.resolve("1.0"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the registry client is closed");
            assertThat(registry.seen()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "https://registry.example", "registry.example/acme", "registry.example:99999", "a b"})
    void what_is_set_for_a_registry_names_one(String wrong) {
        RegistryClient.Builder builder = RegistryClient.builder();

        assertThatThrownBy(() -> builder.allowPlainHttp(wrong))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected host[:port]");
        assertThatThrownBy(() -> builder.insecureTls(wrong))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected host[:port]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\nb", "\u00e4"})
    void a_user_agent_is_one_header(String wrong) {
        assertThatThrownBy(() -> RegistryClient.builder().userAgent(wrong))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("user agent");
    }

    @Test
    void what_is_set_is_not_null() {
        RegistryClient.Builder builder = RegistryClient.builder();

        assertThatThrownBy(() -> builder.credentials(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> builder.listener(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> builder.userAgent(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> builder.okHttpClient(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> builder.trust((Path) null)).isInstanceOf(NullPointerException.class);
    }
}
