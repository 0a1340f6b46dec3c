package dev.davit.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.UnauthorizedException;
import dev.davit.oci.auth.CredentialSource;
import dev.davit.oci.auth.Credentials;
import dev.davit.registry.FakeServer.Answer;
import dev.davit.registry.FakeServer.Seen;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bearer tokens: asked for in both ways, shared, renewed in time, and kept from everybody else. */
@Timeout(60)
class TokensTest {
    private static final Credentials ALICE = new Credentials("alice", "top secret");
    private static final Credentials TOKEN = Credentials.identityToken("id&ntity=");
    private static final String SCOPE = "repository:acme/server:pull";

    private final AtomicLong clock = new AtomicLong();
    private final AtomicInteger issued = new AtomicInteger();
    private final AtomicInteger oldestGood = new AtomicInteger(1);
    private volatile Function<Seen, Answer> tokens =
            request -> Answer.json(200, "{\"token\":\"t" + issued.incrementAndGet() + "\",\"expires_in\":300}");
    private volatile Function<Seen, Answer> content = request -> Samples.manifest();
    private volatile String challenge;

    private FakeServer registry;
    private FakeServer tokenServer;
    private RegistryClient client;

    @BeforeEach
    void start() {
        tokenServer = FakeServer.answering(request -> tokens.apply(request));
        registry = FakeServer.answering(request -> isGood(request.header("Authorization"))
                ? content.apply(request)
                : challenge.isEmpty() ? Answer.of(401) : Answer.of(401).header("WWW-Authenticate", challenge));
        challenge =
                "Bearer realm=\"" + tokenServer.url("/token") + "\",service=\"the service\",scope=\"" + SCOPE + "\"";
        client = connected(CredentialSource.anonymous());
    }

    @AfterEach
    void stop() {
        client.close();
        registry.close();
        tokenServer.close();
    }

    private RegistryClient connected(CredentialSource source) {
        return Samples.client().credentials(source).clock(clock::get).build();
    }

    private void connect(Credentials credentials) {
        client.close();
        client = connected(asked -> asked.equals(registry.address()) ? Optional.of(credentials) : Optional.empty());
    }

    private boolean isGood(String header) {
        return header != null
                && header.matches("Bearer t[0-9]+")
                && Integer.parseInt(header.substring(8)) >= oldestGood.get();
    }

    private RemoteRepository repository() {
        return client.repository(registry.address() + "/acme/server");
    }

    private List<String> sent() {
        return registry.seen().stream()
                .map(request -> request.header("Authorization"))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bearer realm=\"R\",service=\"the service\",scope=\"S\"",
                "bearer REALM=\"R\" , Service=\"the service\" ,scope=\"S\"",
                "BEARER   realm=\"R\",   scope=\"S\",service=\"\\the \\service\"",
                "Bearer service=\"the service\",error=\"a, \\\"b\\\", c=d\",realm=\"R\"",
                "Negotiate, Bearer realm=\"R\",service=\"the service\", Basic realm=\"x\"",
                "Basic realm=\"a, Bearer realm=nowhere\", Bearer realm=\"R\",service=\"the service\"",
                "Negotiate YWJjZA==, NTLM, Bearer realm=\"R\",service=\"the service\"",
                "Negotiate YWJjZA==\nBearer realm=\"R\",service=\"the service\"",
                "Mystery a=\"1\", b=\"2\", Bearer realm=\"R\",service=\"the service\"",
                ",, Bearer realm=\"R\",service=\"the service\",,"
            })
    void finds_the_token_server_in_any_form_of_demand(String form) {
        challenge = form.replace("\"R\"", "\"" + tokenServer.url("/token?a=b") + "\"")
                .replace("\"S\"", "\"" + SCOPE + "\"");

        repository().resolve("1.0");

        assertThat(tokenServer.lines())
                .containsExactly("GET /token?a=b&service=the%20service&scope=repository%3Aacme%2Fserver%3Apull");
    }

    @Test
    void a_refusal_without_a_word_is_explained_at_the_front_door() {
        String explained = challenge;
        registry.close();
        registry = FakeServer.answering(request -> isGood(request.header("Authorization"))
                ? Samples.manifest()
                : request.target().equals("/v2/")
                        ? Answer.of(401).header("WWW-Authenticate", explained)
                        : Answer.of(401));

        repository().resolve("1.0");
        client.repository(registry.address() + "/acme/other").resolve("1.0");

        assertThat(registry.lines())
                .containsExactly(
                        "HEAD /v2/acme/server/manifests/1.0",
                        "GET /v2/",
                        "HEAD /v2/acme/server/manifests/1.0",
                        "HEAD /v2/acme/other/manifests/1.0");
    }

    @Test
    void an_identity_token_is_handed_over_by_post_and_to_nobody_else() {
        connect(TOKEN);

        repository().resolve("1.0");

        Seen post = tokenServer.seen().get(0);
        assertThat(post.line()).isEqualTo("POST /token");
        assertThat(post.header("Content-Type")).isEqualTo("application/x-www-form-urlencoded");
        assertThat(post.header("Authorization")).isNull();
        assertThat(post.body())
                .isEqualTo("grant_type=refresh_token&refresh_token=id%26ntity%3D&client_id=davit"
                        + "&service=the+service&scope=repository%3Aacme%2Fserver%3Apull");
        assertThat(sent()).containsExactly(null, "Bearer t1");
    }

    @Test
    void the_next_identity_token_is_used_next_time() {
        connect(TOKEN);
        tokens = request -> Answer.json(200, "{\"access_token\":\"t1\",\"refresh_token\":\"next\",\"expires_in\":60}");

        repository().resolve("1.0");
        clock.addAndGet(Duration.ofSeconds(61).toNanos());
        repository().resolve("1.0");

        assertThat(tokenServer.seen().get(1).body()).contains("&refresh_token=next&");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 404, 405})
    void a_server_that_knows_no_oauth_is_asked_by_get(int status) {
        connect(TOKEN);
        tokens =
                request -> request.method().equals("POST") ? Answer.of(status) : Answer.json(200, "{\"token\":\"t1\"}");

        repository().resolve("1.0");

        assertThat(tokenServer.seen()).hasSize(2);
        assertThat(tokenServer.seen().get(1).target()).doesNotContain("account").doesNotContain("id&");
        assertThat(tokenServer.seen().get(1).header("Authorization"))
                .isEqualTo(Access.basic(new Credentials("", TOKEN.password())));
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 405})
    void a_server_that_knows_only_oauth_gets_the_password_by_post(int status) {
        connect(ALICE);
        tokens = request ->
                request.method().equals("GET") ? Answer.of(status) : Answer.json(200, "{\"access_token\":\"t1\"}");

        repository().resolve("1.0");

        assertThat(tokenServer.seen().get(1).body())
                .startsWith("grant_type=password&username=alice&password=top+secret&client_id=davit&");
    }

    @Test
    void an_identity_token_is_no_password() {
        connect(TOKEN);
        challenge = "Basic realm=\"x\"";

        assertThatThrownBy(() -> repository().resolve("1.0")).isInstanceOf(UnauthorizedException.class);
        assertThat(sent()).containsOnlyNulls();
    }

    @Test
    void a_token_is_renewed_before_it_expires() {
        repository().resolve("1.0");
        clock.addAndGet(Duration.ofSeconds(265).toNanos());
        repository().resolve("1.0");
        clock.addAndGet(Duration.ofSeconds(10).toNanos());
        repository().resolve("1.0");

        assertThat(sent()).containsExactly(null, "Bearer t1", "Bearer t1", "Bearer t2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"expires_in\":1", ",\"expires_in\":-5", ",\"issued_at\":\"1999-01-01T00:00:00Z\""})
    void a_token_is_good_for_a_minute_whatever_is_said(String lifetime) {
        tokens = request -> Answer.json(200, "{\"token\":\"t" + issued.incrementAndGet() + "\"" + lifetime + "}");

        repository().resolve("1.0");
        clock.addAndGet(Duration.ofSeconds(50).toNanos());
        repository().resolve("1.0");
        clock.addAndGet(Duration.ofSeconds(10).toNanos());
        repository().resolve("1.0");

        assertThat(issued.get()).isEqualTo(2);
    }

    @Test
    void who_knows_the_token_server_asks_it_first() {
        repository().resolve("1.0");
        client.repository(registry.address() + "/acme/other").resolve("1.0");

        assertThat(sent()).containsExactly(null, "Bearer t1", "Bearer t2");
        assertThat(tokenServer.lines().get(1)).endsWith("&scope=repository%3Aacme%2Fother%3Apull");
    }

    @Test
    void a_token_server_that_has_moved_is_found_again() {
        repository().resolve("1.0");
        try (FakeServer moved = FakeServer.answering(request -> tokens.apply(request))) {
            tokenServer.close();
            challenge = "Bearer realm=\"" + moved.url("/here") + "\"";

            client.repository(registry.address() + "/acme/other").resolve("1.0");

            assertThat(moved.seen()).hasSize(1);
        }
    }

    @Test
    void a_token_that_expires_in_the_middle_of_an_upload_is_renewed_and_the_session_goes_on() {
        content = request -> switch (request.method()) {
            case "HEAD" -> Answer.of(404);
            case "POST" -> {
                oldestGood.set(2); // what opened the session is no good for closing it
                yield Answer.of(202).header("Location", "/v2/acme/server/blobs/uploads/session?_state=abc");
            }
            default -> Answer.of(201);
        };

        repository().put(Samples.layer());

        assertThat(registry.lines().stream().filter(line -> line.startsWith("POST")))
                .hasSize(1);
        assertThat(registry.seen().stream().filter(request -> request.method().equals("PUT")))
                .extracting(Seen::target, request -> request.header("Authorization"), Seen::body)
                .extracting(Object::toString)
                .hasSize(2)
                .allMatch(put -> put.contains("session?_state=abc&digest=") && put.contains("this stands for"))
                .last()
                .asString()
                .contains("Bearer t2");
    }

    @Test
    void threads_whose_token_is_refused_together_fetch_one_new_token() throws Exception {
        repository().resolve("1.0");
        oldestGood.set(2);
        CyclicBarrier together = new CyclicBarrier(8);
        inThreads(8, i -> {
            together.await();
            return repository().resolve("1.0");
        });

        assertThat(issued.get()).isEqualTo(2);
    }

    @Test
    void tokens_for_two_scopes_are_fetched_at_the_same_time() throws Exception {
        repository().resolve("1.0"); // the first request goes alone anyway
        CountDownLatch bothAsked = new CountDownLatch(2);
        tokens = request -> {
            bothAsked.countDown();
            try {
                assertThat(bothAsked.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return Answer.json(200, "{\"token\":\"t9\"}");
        };
        inThreads(2, i -> client.repository(registry.address() + "/acme/" + i).resolve("1.0"));

        assertThat(bothAsked.getCount()).isZero();
    }

    private interface Work {
        Object run(int i) throws Exception;
    }

    private static void inThreads(int count, Work work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(count);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int number = i;
                all.add(threads.submit((Callable<?>) () -> work.run(number)));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void a_demand_for_more_is_met_with_all_rights_together() {
        challenge = challenge.replace(SCOPE, "repository:acme/server:push,delete registry:catalog:*")
                + ",error=\"insufficient_scope\"";

        repository().resolve("1.0");

        assertThat(tokenServer.lines().get(0))
                .endsWith("&scope=repository%3Aacme%2Fserver%3Apush%2Cdelete%2Cpull&scope=registry%3Acatalog%3A*");
    }

    @Test
    void an_insufficient_token_is_given_up_and_not_used_again() {
        oldestGood.set(100);
        assertThatThrownBy(() -> repository().resolve("1.0")).isInstanceOf(UnauthorizedException.class);
        assertThat(issued.get()).isEqualTo(1);
        issued.set(100);

        repository().resolve("1.0");

        assertThat(sent()).containsExactly(null, "Bearer t1", "Bearer t101");
    }

    @Test
    void a_busy_token_server_is_asked_again() {
        AtomicInteger calls = new AtomicInteger();
        tokens = request -> calls.incrementAndGet() == 1
                ? Answer.of(429).header("Retry-After", "0")
                : Answer.json(200, "{\"token\":\"t1\"}");

        repository().resolve("1.0");

        assertThat(calls.get()).isEqualTo(2);
    }

    @Test
    void a_token_server_that_repeats_the_secret_is_not_quoted() {
        connect(ALICE);
        tokens = request -> Samples.error(403, "DENIED", "wrong password: top secret");

        assertThatThrownBy(() -> repository().resolve("1.0"))
                .isInstanceOf(UnauthorizedException.class)
                .hasMessageContaining("refused the credentials of \"alice\" with status 403")
                .hasNoCause();
    }

    @Test
    void a_password_that_has_changed_is_looked_up_again() {
        AtomicReference<String> password = new AtomicReference<>("old");
        AtomicInteger lookUps = new AtomicInteger();
        client.close();
        client = connected(asked -> {
            lookUps.incrementAndGet();
            return Optional.of(new Credentials("alice", password.get()));
        });
        tokens = request ->
                request.header("Authorization").equals(Access.basic(new Credentials("alice", password.get())))
                        ? Answer.json(200, "{\"token\":\"t" + issued.incrementAndGet() + "\"}")
                        : Answer.of(401);

        repository().resolve("1.0");
        password.set("new");
        oldestGood.set(2);
        repository().resolve("1.0");

        assertThat(lookUps.get()).as("once for each password").isEqualTo(2);
    }

    @Test
    void each_repository_has_its_own_credentials() {
        Map<String, Credentials> known =
                Map.of("acme/server", ALICE, "acme/other", new Credentials("bob", "other secret"));
        client.close();
        client = connected(new CredentialSource() {
            @Override
            public Optional<Credentials> credentialsFor(String asked) {
                return Optional.empty();
            }

            @Override
            public Optional<Credentials> credentialsFor(String asked, String repository) {
                return Optional.ofNullable(known.get(repository)).filter(c -> asked.equals(registry.address()));
            }
        });

        repository().resolve("1.0");
        client.repository(registry.address() + "/acme/other").resolve("1.0");

        assertThat(tokenServer.seen())
                .extracting(request -> request.header("Authorization"))
                .containsExactly(Access.basic(ALICE), Access.basic(known.get("acme/other")));
    }

    @Test
    void unknown_actions_are_kept_apart_when_scopes_are_joined() {
        Scope joined = Scope.parse("repository:a:pull openid repository(plugin):b:pull repository:[::1]:5000/c:pull")
                .and(Scope.parse("repository:a:push,pull openid repository:b:*"));

        assertThat(joined.entries())
                .containsExactly(
                        "repository:a:pull,push",
                        "openid",
                        "repository(plugin):b:pull",
                        "repository:[::1]:5000/c:pull",
                        "repository:b:*");
        assertThat(joined.repository()).isEqualTo("a");
        assertThat(Scope.NONE.repository()).isEmpty();
        assertThat(Scope.parse("registry:catalog:*").repository()).isEmpty();
        assertThat(Scope.parse("repository:").repository()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"token\":\"\",\"access_token\":\"t1\"",
                "\"token\":null,\"access_token\":\"t1\"",
                "\"access_token\":\"\",\"token\":\"t1\"",
                "\"token\":\"t1\",\"expires_in\":null",
                "\"token\":\"t1\",\"expires_in\":\"300\"",
                "\"token\":\"t1\",\"expires_in\":300.5",
                "\"token\":\"t1\",\"expires_in\":99999999999999999999",
                "\"token\":\"t1\",\"issued_at\":null,\"refresh_token\":\"\""
            })
    void an_answer_with_one_good_token_is_good(String answer) {
        tokens = request -> Answer.json(200, "{" + answer + "}");

        assertThat(repository().resolve("1.0")).isEqualTo(Samples.MANIFEST.descriptor());
    }
}
