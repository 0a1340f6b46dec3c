package dev.davit.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.DavitException;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.UnauthorizedException;
import dev.davit.oci.auth.CredentialSource;
import dev.davit.oci.auth.Credentials;
import dev.davit.registry.FakeServer.Answer;
import dev.davit.registry.FakeServer.Seen;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Demands for credentials: answered to whom they belong, once, and never told to anybody else. */
class AuthenticationTest {
    private static final Credentials ALICE = new Credentials("alice", "top secret");
    private static final String ALICE_BASIC = "Basic YWxpY2U6dG9wIHNlY3JldA==";

    private FakeServer registry;
    private FakeServer tokenServer;
    private RegistryClient client;
    private volatile Function<Seen, Answer> tokens = request -> Answer.json(200, "{\"token\":\"t1\"}");

    @AfterEach
    void close() {
        client.close();
        registry.close();
        if (tokenServer != null) {
            tokenServer.close();
        }
    }

    /** A registry that lets in who sends the header. */
    private RemoteRepository wanting(String header, Supplier<String> challenge, CredentialSource credentials) {
        registry = FakeServer.answering(request -> header.equals(request.header("Authorization"))
                ? Samples.manifest()
                : Answer.of(401).header("WWW-Authenticate", challenge.get()));
        client = Samples.client().credentials(credentials).build();
        return client.repository(registry.address() + "/acme/server");
    }

    private RemoteRepository wantingToken(CredentialSource credentials) {
        tokenServer = FakeServer.answering(request -> tokens.apply(request));
        return wanting("Bearer t1", this::bearer, credentials);
    }

    private String bearer() {
        return "Bearer realm=\"" + tokenServer.url("/token") + "\",service=\"the service\","
                + "scope=\"repository:acme/server:pull\"";
    }

    private CredentialSource alice() {
        return asked -> asked.equals(registry.address()) ? java.util.Optional.of(ALICE) : java.util.Optional.empty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Basic realm=\"x\"",
                "basic realm=x",
                "BASIC REALM=\"a \\\"quoted\\\" realm, with comma\"",
                "Negotiate, Basic realm=\"x\"",
                "Digest realm=\"x\", nonce=\"1\", Basic realm=\"x\"",
                "Negotiate\nBasic realm=\"x\"",
                "Basic realm=\"x\", charset=\"UTF-8\""
            })
    void finds_basic_authentication_in_any_form_of_demand(String challenge) {
        RemoteRepository repository = wanting(ALICE_BASIC, () -> challenge, alice());

        assertThat(repository.resolve("1.0")).isEqualTo(Samples.MANIFEST.descriptor());
    }

    @Test
    void basic_credentials_are_sent_when_asked_for_and_unasked_from_then_on() {
        RemoteRepository repository = wanting(ALICE_BASIC, () -> "Basic realm=x", alice());

        repository.resolve("1.0");
        repository.resolve("1.0");

        assertThat(registry.seen())
                .extracting(request -> request.header("Authorization"))
                .containsExactly(null, ALICE_BASIC, ALICE_BASIC);
    }

    @Test
    void wrong_credentials_are_refused_once_and_not_told() {
        RemoteRepository repository = wanting("Basic other", () -> "Basic realm=x", alice());

        assertThatThrownBy(() -> repository.resolve("1.0"))
                .isInstanceOf(UnauthorizedException.class)
                .hasMessage(registry.address() + "/acme/server:1.0: the credentials of \"alice\" were refused by "
                        + registry.address());
        assertThat(registry.seen()).hasSize(2);
    }

    @Test
    void credentials_of_another_registry_are_not_used() {
        RemoteRepository repository =
                wanting(ALICE_BASIC, () -> "Basic realm=x", CredentialSource.of("registry.example", ALICE));

        assertThatThrownBy(() -> repository.resolve("1.0"))
                .isInstanceOf(UnauthorizedException.class)
                .hasMessageEndingWith(registry.address() + " wants credentials, and none are known for it");
        assertThat(registry.seen())
                .extracting(request -> request.header("Authorization"))
                .containsOnlyNulls();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Negotiate",
                "Bearer",
                "Bearer realm",
                "Bearer realm=\"http://192.0.2.1/\" service=x",
                "Bearer realm=\"",
                ",,,",
                "Bearer service=\"x\""
            })
    void a_demand_that_cannot_be_met_ends_in_an_exception_and_not_in_a_loop(String challenge) {
        RemoteRepository repository = wanting(ALICE_BASIC, () -> challenge, alice());

        assertThatThrownBy(() -> repository.resolve("1.0")).isInstanceOf(UnauthorizedException.class);
        // and where nothing at all is demanded, the front door is asked
        assertThat(registry.lines().stream().filter(line -> !line.equals("GET /v2/")))
                .hasSize(1);
        assertThat(registry.seen()).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void fetches_an_anonymous_token() {
        RemoteRepository repository = wantingToken(CredentialSource.anonymous());

        assertThat(repository.resolve("1.0")).isEqualTo(Samples.MANIFEST.descriptor());
        assertThat(tokenServer.lines())
                .containsExactly("GET /token?service=the%20service&scope=repository%3Aacme%2Fserver%3Apull");
        assertThat(tokenServer.seen().get(0).header("Authorization")).isNull();
    }

    @Test
    void fetches_a_token_with_credentials_which_the_registry_itself_does_not_get() {
        RemoteRepository repository = wantingToken(alice());

        repository.resolve("1.0");

        assertThat(tokenServer.seen().get(0).header("Authorization")).isEqualTo(ALICE_BASIC);
        assertThat(tokenServer.seen().get(0).target()).contains("account=alice").doesNotContain("secret");
        assertThat(registry.seen())
                .extracting(request -> request.header("Authorization"))
                .containsExactly(null, "Bearer t1");
    }

    @Test
    void keeps_a_token_for_its_scope() {
        RemoteRepository repository = wantingToken(CredentialSource.anonymous());

        repository.resolve("1.0");
        repository.fetch(Samples.MANIFEST.descriptor());

        assertThat(tokenServer.seen()).hasSize(1);
        assertThat(registry.seen()).hasSize(3);
    }

    @Test
    void many_threads_share_one_token() throws Exception {
        RemoteRepository repository = wantingToken(CredentialSource.anonymous());
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                all.add(threads.submit((Callable<?>) () -> repository.resolve("1.0")));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(tokenServer.seen()).hasSize(1);
    }

    @Test
    void what_many_threads_have_to_find_out_first_is_found_out_once() throws Exception {
        RemoteRepository repository = wanting(ALICE_BASIC, () -> "Basic realm=x", alice());
        CyclicBarrier together = new CyclicBarrier(8);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                all.add(threads.submit((Callable<?>) () -> {
                    together.await();
                    return repository.resolve("1.0");
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(registry.seen())
                .filteredOn(request -> request.header("Authorization") == null)
                .hasSize(1);
    }

    @Test
    void fetches_a_new_token_when_the_old_one_is_refused() {
        AtomicInteger issued = new AtomicInteger();
        AtomicInteger accepted = new AtomicInteger(1);
        tokenServer = FakeServer.answering(
                request -> Answer.json(200, "{\"access_token\":\"t" + issued.incrementAndGet() + "\"}"));
        registry = FakeServer.answering(request -> ("Bearer t" + accepted).equals(request.header("Authorization"))
                ? Samples.manifest()
                : Answer.of(401).header("WWW-Authenticate", bearer()));
        client = Samples.client().build();
        RemoteRepository repository = client.repository(registry.address() + "/acme/server");

        repository.resolve("1.0"); // nothing, then t1
        accepted.set(2);
        repository.resolve("1.0"); // t1 is refused, then t2

        assertThat(registry.seen())
                .extracting(request -> request.header("Authorization"))
                .containsExactly(null, "Bearer t1", "Bearer t1", "Bearer t2");
    }

    @Test
    void a_token_that_does_not_help_is_tried_once() {
        RemoteRepository repository = wantingToken(CredentialSource.anonymous());
        tokens = request -> Answer.json(200, "{\"token\":\"useless\"}");

        assertThatThrownBy(() -> repository.resolve("1.0")).isInstanceOf(UnauthorizedException.class);
        assertThat(registry.seen()).hasSize(2);
        assertThat(tokenServer.seen()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"token\":\"\"}",
                "[]",
                "not json: leaked",
                "{\"token\":\"leaked\\r\\nX-Evil: 1\"}",
                "{\"token\":\"leaked with space\"}"
            })
    void an_answer_without_a_usable_token_is_refused_and_not_repeated_in_messages(String answer) {
        RemoteRepository repository = wantingToken(CredentialSource.anonymous());
        tokens = request -> Answer.json(200, answer);

        assertThatThrownBy(() -> repository.resolve("1.0"))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("token server")
                .hasMessageNotContaining("leaked")
                .hasNoCause();
    }

    @Test
    void an_endless_token_is_not_read_to_its_end() {
        RemoteRepository repository = wantingToken(CredentialSource.anonymous());
        tokens = request -> Answer.of(200).body(new byte[1 << 20]);

        assertThatThrownBy(() -> repository.resolve("1.0"))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("at most");
    }

    @Test
    void the_refusal_of_the_token_server_is_told() {
        RemoteRepository repository = wantingToken(alice());
        tokens = request -> Samples.error(401, "UNAUTHORIZED", "who are you");

        assertThatThrownBy(() -> repository.resolve("1.0"))
                .isInstanceOf(UnauthorizedException.class)
                .hasMessage(registry.address() + "/acme/server:1.0: the token server " + tokenServer.address()
                        + " refused the credentials of \"alice\" with status 401");
    }

    @Test
    void the_token_server_cannot_send_credentials_on() {
        RemoteRepository repository = wantingToken(alice());
        try (FakeServer thief = FakeServer.answering(request -> Answer.json(200, "{\"token\":\"t1\"}"))) {
            tokens = request -> Answer.of(307).header("Location", thief.url("/"));

            assertThatThrownBy(() -> repository.resolve("1.0")).isInstanceOf(UnauthorizedException.class);
            assertThat(thief.seen()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://registry.example/token",
                "http://169.254.169.254/token",
                "http://10.0.0.1/token",
                "http://user:pw@localhost/token",
                "file:///etc/passwd",
                "ftp://localhost/token"
            })
    void does_not_ask_just_anybody_for_a_token(String realm) {
        RemoteRepository repository = wanting("Bearer t1", () -> "Bearer realm=\"" + realm + "\"", alice());

        assertThatThrownBy(() -> repository.resolve("1.0"))
                .isInstanceOf(UnauthorizedException.class)
                .hasMessageContaining("token server");
    }

    @Test
    void a_realm_may_be_relative() {
        registry = FakeServer.answering(request -> request.target().startsWith("/token")
                ? Answer.json(200, "{\"token\":\"t1\"}")
                : "Bearer t1".equals(request.header("Authorization"))
                        ? Samples.manifest()
                        : Answer.of(401).header("WWW-Authenticate", "Bearer realm=\"/token\""));
        client = Samples.client().build();

        assertThat(client.resolve(registry.address() + "/acme/server:1.0")).isEqualTo(Samples.MANIFEST.descriptor());
    }

    @Test
    void writing_asks_for_more_rights_and_mounting_for_those_of_the_source() {
        tokenServer = FakeServer.answering(request -> tokens.apply(request));
        registry = FakeServer.answering(request -> "Bearer t1".equals(request.header("Authorization"))
                ? Answer.of(request.method().equals("POST") ? 201 : 200)
                : Answer.of(401).header("WWW-Authenticate", bearer()));
        client = Samples.client().build();
        var source = client.repository(registry.address() + "/acme/source");

        client.repository(registry.address() + "/acme/server").put(source.blob(Samples.LAYER_DESCRIPTOR));

        assertThat(tokenServer.seen().get(0).target())
                .endsWith("&scope=repository%3Aacme%2Fserver%3Apull%2Cpush&scope=repository%3Aacme%2Fsource%3Apull");
    }

    @Test
    void no_secret_is_in_the_log() {
        Logger log = Logger.getLogger(RegistryClient.class.getName());
        List<String> lines = new CopyOnWriteArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                lines.add(entry.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        log.setLevel(java.util.logging.Level.ALL);
        log.addHandler(handler);
        try {
            RemoteRepository repository = wantingToken(alice());
            tokens = request -> Answer.json(200, "{\"token\":\"t1\"}");
            repository.resolve("1.0");
        } finally {
            log.removeHandler(handler);
            log.setLevel(null);
        }
        assertThat(lines)
                .anyMatch(line -> line.contains("GET " + tokenServer.url("/token")))
                .noneMatch(line -> line.contains("top secret")
                        || line.contains("t1")
                        || line.contains("account=")
                        || line.contains(ALICE_BASIC.substring(6)));
    }

    @Test
    void no_secret_is_in_any_exception() {
        RemoteRepository repository = wantingToken(alice());
        tokens = request -> Samples.error(500, "UNKNOWN", "oops");

        assertThatThrownBy(() -> repository.resolve("1.0")).isInstanceOfSatisfying(DavitException.class, e -> {
            java.io.StringWriter trace = new java.io.StringWriter();
            e.printStackTrace(new java.io.PrintWriter(trace));
            assertThat(trace.toString()).doesNotContain("top secret", ALICE_BASIC.substring(6));
        });
    }
}
