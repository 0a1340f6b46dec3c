package dev.davit.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.TransferException;
import dev.davit.oci.content.Blob;
import dev.davit.oci.content.ContentStore.Outcome;
import dev.davit.oci.content.Copier;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.MissingChildException;
import dev.davit.oci.internal.ByteBlob;
import dev.davit.registry.FakeServer.Answer;
import dev.davit.registry.FakeServer.Seen;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bringing content into a repository. */
class UploadTest {
    private static final Descriptor LAYER = Samples.LAYER_DESCRIPTOR;
    private static final String BLOB = "/v2/acme/server/blobs/" + LAYER.digest();
    private static final String UPLOADS = "/v2/acme/server/blobs/uploads/";
    private static final String SESSION = "/v2/acme/server/blobs/uploads/1?_state=a%20b";
    private static final String PUT =
            "PUT " + SESSION + "&digest=" + LAYER.digest().toString().replace(":", "%3A");

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

    /** A registry that has nothing and takes everything. */
    private static Answer good(Seen request) {
        return switch (request.method()) {
            case "HEAD" -> Answer.of(404);
            case "POST" -> Answer.of(202).header("Location", SESSION);
            default -> Answer.of(201);
        };
    }

    private static Blob mountable(String origin) {
        return new Blob() {
            @Override
            public Descriptor descriptor() {
                return LAYER;
            }

            @Override
            public java.io.InputStream open() {
                return Samples.layer().open();
            }

            @Override
            public java.io.InputStream openRange(long from, long length) {
                return Samples.layer().openRange(from, length);
            }

            @Override
            public Optional<String> origin() {
                return Optional.of(origin);
            }
        };
    }

    @Test
    void sends_a_blob_in_three_requests() {
        RemoteRepository repository = repository(UploadTest::good);

        assertThat(repository.put(Samples.layer())).isEqualTo(Outcome.COPIED);
        assertThat(registry.lines()).containsExactly("HEAD " + BLOB, "POST " + UPLOADS, PUT);
        Seen put = registry.seen().get(2);
        assertThat(put.body()).isEqualTo(new String(Samples.LAYER, UTF_8));
        assertThat(put.header("Content-Length")).isEqualTo("35");
        assertThat(put.header("Content-Type")).isEqualTo("application/octet-stream");
    }

    @Test
    void sends_nothing_that_is_there() {
        RemoteRepository repository = repository(request -> Answer.of(200));

        assertThat(repository.put(Samples.layer())).isEqualTo(Outcome.EXISTED);
        assertThat(registry.lines()).containsExactly("HEAD " + BLOB);
    }

    @Test
    void sends_to_a_registry_that_does_not_let_us_look() {
        RemoteRepository repository =
                repository(request -> request.method().equals("HEAD") ? Answer.of(403) : good(request));

        assertThat(repository.put(Samples.layer())).isEqualTo(Outcome.COPIED);
    }

    @Test
    void sends_an_empty_blob() {
        RemoteRepository repository = repository(UploadTest::good);

        repository.put(new ByteBlob(Descriptor.of(LAYER.mediaType(), new byte[0]), new byte[0]));

        assertThat(registry.seen().get(2).header("Content-Length")).isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:%d", "localhost:%d", ""})
    void finds_the_session_wherever_the_registry_says_it_is(String form) {
        RemoteRepository repository = repository(request -> request.method().equals("POST")
                ? Answer.of(202).header("Location", form.formatted(registry.port()) + SESSION)
                : good(request));

        assertThat(repository.put(Samples.layer())).isEqualTo(Outcome.COPIED);
        assertThat(registry.lines()).endsWith(PUT);
    }

    @Test
    void a_session_without_a_place_is_an_error() {
        RemoteRepository repository =
                repository(request -> request.method().equals("POST") ? Answer.of(202) : good(request));

        assertThatThrownBy(() -> repository.put(Samples.layer()))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("upload location");
    }

    @Test
    void another_host_gets_the_bytes_but_no_credentials() {
        try (FakeServer storage = FakeServer.answering(UploadTest::good);
                RegistryClient alice = Samples.client()
                        .credentials(any -> Optional.of(new dev.davit.oci.auth.Credentials("alice", "secret")))
                        .build()) {
            registry = FakeServer.answering(request -> request.header("Authorization") == null
                    ? Answer.of(401).header("WWW-Authenticate", "Basic realm=x")
                    : request.method().equals("POST")
                            ? Answer.of(202).header("Location", storage.url("/bucket?key=1"))
                            : good(request));

            alice.repository(registry.address() + "/acme/server").put(Samples.layer());

            assertThat(storage.seen()).singleElement().satisfies(put -> {
                assertThat(put.method()).isEqualTo("PUT");
                assertThat(put.target()).startsWith("/bucket?key=1&digest=");
                assertThat(put.header("Authorization")).isNull();
            });
        }
    }

    @Test
    void mounts_from_another_repository_in_one_request() {
        RemoteRepository repository = repository(request -> Answer.of(201));

        Outcome outcome = repository.put(mountable(registry.address() + "/acme/base"));

        assertThat(outcome).isEqualTo(Outcome.MOUNTED);
        assertThat(registry.lines())
                .containsExactly("POST " + UPLOADS + "?mount=" + LAYER.digest() + "&from=acme/base");
    }

    @Test
    void uses_the_session_of_a_mount_that_did_not_happen() {
        RemoteRepository repository = repository(UploadTest::good);

        Outcome outcome = repository.put(mountable(registry.address() + "/acme/base"));

        assertThat(outcome).isEqualTo(Outcome.COPIED);
        assertThat(registry.seen()).extracting(Seen::method).containsExactly("POST", "HEAD", "PUT");
        assertThat(registry.lines()).endsWith(PUT);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 403, 404, 405, 500, 503, 0})
    void sends_what_cannot_be_mounted(int status) {
        Answer failure = status == 0 ? FakeServer.NOTHING : Answer.of(status);
        RemoteRepository repository =
                repository(request -> request.target().contains("mount=") ? failure : good(request));

        assertThat(repository.put(mountable(registry.address() + "/acme/base"))).isEqualTo(Outcome.COPIED);
        assertThat(registry.seen()).extracting(Seen::method).containsExactly("POST", "HEAD", "POST", "PUT");
    }

    /** A token server that keeps but one of two scopes. */
    @Test
    void sends_what_a_token_for_one_repository_alone_does_not_let_us_mount() {
        RemoteRepository repository = repository(request -> {
            String token = request.header("Authorization");
            if (request.target().startsWith("/token")) {
                String[] scopes = request.target().split("scope=", -1);
                return Answer.json(200, "{\"token\":\"" + (scopes.length > 2 ? "half" : "whole") + "\"}");
            }
            boolean mounts = request.target().contains("mount=");
            return token == null || mounts
                    ? Answer.of(401)
                            .header(
                                    "WWW-Authenticate",
                                    "Bearer realm=\"/token\",service=\"x\",scope=\"repository:acme/server:pull,push"
                                            + (mounts ? " repository:acme/base:pull\"" : "\""))
                    : good(request);
        });

        assertThat(repository.put(mountable(registry.address() + "/acme/base"))).isEqualTo(Outcome.COPIED);
        assertThat(registry.lines()).endsWith(PUT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"registry.example/acme/base", "%s/acme/server", "%s.example/acme/base"})
    void mounts_nothing_from_other_registries_or_from_itself(String origin) {
        RemoteRepository repository = repository(UploadTest::good);

        repository.put(mountable(origin.formatted(registry.address())));

        assertThat(registry.lines()).noneMatch(line -> line.contains("mount="));
    }

    @Test
    void never_sends_the_end_of_content_that_is_not_what_it_should_be() {
        RemoteRepository repository = repository(UploadTest::good);
        byte[] other = Samples.LAYER.clone();
        other[0] ^= 1;

        assertThatThrownBy(() -> repository.put(new ByteBlob(LAYER, other)))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining(LAYER.digest().toString());
        assertThat(registry.seen()).extracting(Seen::method).doesNotContain("PUT");
    }

    @Test
    void a_source_that_fails_is_not_taken_for_the_registry() {
        RemoteRepository repository = repository(UploadTest::good);
        try (FakeServer other = FakeServer.answering(request -> Answer.of(404))) {
            Blob missing = client.repository(other.address() + "/acme/base").blob(LAYER);

            assertThatThrownBy(() -> repository.put(missing))
                    .isInstanceOf(NotFoundException.class)
                    .hasMessageContaining(other.address());
        }
    }

    @Test
    void works_again_on_the_same_connections_after_a_source_has_failed() {
        RemoteRepository repository = repository(UploadTest::good);
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> repository.put(new ByteBlob(LAYER, new byte[35])))
                    .isInstanceOf(IntegrityException.class);
        }

        assertThat(repository.put(Samples.layer())).isEqualTo(Outcome.COPIED);
    }

    @Test
    void starts_again_when_the_connection_is_cut_in_the_middle() {
        AtomicInteger puts = new AtomicInteger();
        RemoteRepository repository = repository(request ->
                request.method().equals("PUT") && puts.incrementAndGet() == 1 ? FakeServer.NOTHING : good(request));

        assertThat(repository.put(Samples.layer())).isEqualTo(Outcome.COPIED);
        assertThat(puts).hasValueGreaterThanOrEqualTo(2);
    }

    @Test
    void finds_the_blob_when_only_the_answer_was_lost() {
        AtomicInteger puts = new AtomicInteger();
        RemoteRepository repository = repository(request -> switch (request.method()) {
            case "HEAD" -> Answer.of(puts.get() > 0 ? 200 : 404);
            case "PUT" ->
                puts.incrementAndGet() == 1 ? FakeServer.NOTHING : Samples.error(404, "BLOB_UPLOAD_UNKNOWN", "gone");
            default -> good(request);
        });

        assertThat(repository.put(Samples.layer())).isIn(Outcome.EXISTED, Outcome.COPIED);
    }

    @Test
    void a_digest_that_the_registry_does_not_believe_is_final() {
        RemoteRepository repository = repository(
                request -> request.method().equals("PUT") ? Samples.error(400, "DIGEST_INVALID", "no") : good(request));

        assertThatThrownBy(() -> repository.put(Samples.layer())).isInstanceOfSatisfying(RegistryException.class, e -> {
            assertThat(e.status()).isEqualTo(400);
            assertThat(e.codes()).containsExactly("DIGEST_INVALID");
        });
        assertThat(registry.seen())
                .filteredOn(request -> request.method().equals("PUT"))
                .hasSize(1);
    }

    @Test
    void names_a_manifest_while_sending_it() {
        RemoteRepository repository = repository(UploadTest::good);
        ByteBlob manifest = new ByteBlob(Samples.MANIFEST.descriptor(), Samples.MANIFEST.toBytes());

        assertThat(repository.put(manifest, "1.0")).isEqualTo(Outcome.COPIED);
        assertThat(registry.lines()).containsExactly("PUT /v2/acme/server/manifests/1.0");
        assertThat(registry.seen().get(0).header("Content-Type"))
                .isEqualTo(Samples.MANIFEST.mediaType().value());
        assertThat(registry.seen().get(0).body()).isEqualTo(new String(Samples.MANIFEST.toBytes(), UTF_8));
    }

    @Test
    void sends_a_manifest_without_a_name_by_its_digest_unless_it_is_there() {
        RemoteRepository repository = repository(UploadTest::good);
        ByteBlob manifest = new ByteBlob(Samples.MANIFEST.descriptor(), Samples.MANIFEST.toBytes());

        repository.put(manifest);

        String path = "/v2/acme/server/manifests/" + Samples.MANIFEST.digest();
        assertThat(registry.lines()).containsExactly("HEAD " + path, "PUT " + path);
    }

    @Test
    void notices_a_registry_that_has_stored_something_else() {
        RemoteRepository repository =
                repository(request -> Answer.of(201).header("Docker-Content-Digest", "sha256:" + "0".repeat(64)));
        ByteBlob manifest = new ByteBlob(Samples.MANIFEST.descriptor(), Samples.MANIFEST.toBytes());

        assertThatThrownBy(() -> repository.put(manifest, "1.0"))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("got sha256:000");
    }

    @Test
    void a_manifest_of_another_digest_is_sent_by_its_digest_and_tagged_at_once() {
        byte[] bytes = Samples.MANIFEST.toBytes();
        Descriptor descriptor =
                Descriptor.of(MediaType.OCI_MANIFEST, Digest.parse("sha512:" + sha512(bytes)), bytes.length);
        String byDigest = "PUT /v2/acme/server/manifests/" + descriptor.digest() + "?tag=1.0";
        RemoteRepository repository = repository(request -> Answer.of(201).header("OCI-Tag", "0.9, 1.0"));
        repository.put(new ByteBlob(descriptor, bytes), "1.0");
        assertThat(registry.lines()).containsExactly(byDigest);

        RemoteRepository old = repository(request -> Answer.of(201));
        old.put(new ByteBlob(descriptor, bytes), "1.0");
        assertThat(registry.lines()).containsExactly(byDigest, "PUT /v2/acme/server/manifests/1.0");
    }

    private static String sha512(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-512").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /** Some find a blob where they look for it, and not where they need it. */
    @Test
    void sends_what_the_registry_says_to_have_if_it_turns_out_not_to() {
        List<String> stored = new ArrayList<>();
        RemoteRepository repository = repository(request -> {
            if (request.target().contains("/manifests/")) {
                return stored.size() >= 2 ? Answer.of(201) : Samples.error(404, "MANIFEST_BLOB_UNKNOWN", "what?");
            }
            if (request.method().equals("PUT")) {
                stored.add(request.target());
            }
            return request.method().equals("HEAD") ? Answer.of(200) : good(request);
        });
        LocalStore source = LocalStore.inMemory(1 << 20);
        source.put(Samples.layer());
        source.put(new ByteBlob(Samples.CONFIG.descriptor(), Samples.CONFIG.toBytes()));
        source.put(new ByteBlob(Samples.MANIFEST.descriptor(), Samples.MANIFEST.toBytes()));

        Copier.create().copy(source, Samples.MANIFEST.descriptor(), repository, "1.0");

        assertThat(stored).hasSize(2);
        assertThat(registry.lines())
                .filteredOn(line -> line.contains("/manifests/"))
                .containsExactly("PUT /v2/acme/server/manifests/1.0", "PUT /v2/acme/server/manifests/1.0");
    }

    @Test
    void a_registry_that_never_has_what_it_needs_ends_in_an_exception() {
        RemoteRepository repository = repository(request -> request.target().contains("/manifests/")
                ? Samples.error(400, "MANIFEST_BLOB_UNKNOWN", "what?")
                : good(request));
        LocalStore source = LocalStore.inMemory(1 << 20);
        source.put(Samples.layer());
        source.put(new ByteBlob(Samples.CONFIG.descriptor(), Samples.CONFIG.toBytes()));
        source.put(new ByteBlob(Samples.MANIFEST.descriptor(), Samples.MANIFEST.toBytes()));

        assertThatThrownBy(() -> Copier.create().copy(source, Samples.MANIFEST.descriptor(), repository, "1.0"))
                .isInstanceOf(MissingChildException.class)
                .hasMessageContaining("MANIFEST_BLOB_UNKNOWN");
    }

    @Test
    void a_digest_is_the_name_of_nothing_else() {
        RemoteRepository repository = repository(UploadTest::good);
        ByteBlob manifest = new ByteBlob(Samples.MANIFEST.descriptor(), Samples.MANIFEST.toBytes());

        assertThatThrownBy(() -> repository.put(manifest, "sha256:" + "0".repeat(64)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(registry.seen()).isEmpty();
    }

    @Test
    void a_registry_that_goes_away_is_the_target_that_failed() {
        RemoteRepository repository = repository(request -> FakeServer.NOTHING);

        assertThatThrownBy(() -> repository.put(Samples.layer()))
                .isInstanceOfSatisfying(
                        TransferException.class, e -> assertThat(e.side()).isEqualTo(TransferException.Side.TARGET));
    }

    @Test
    void sends_a_manifest_to_a_registry_that_knows_no_head() {
        RemoteRepository repository =
                repository(request -> Answer.of(request.method().equals("HEAD") ? 405 : 201));

        assertThat(repository.put(new ByteBlob(Samples.MANIFEST.descriptor(), Samples.MANIFEST.toBytes())))
                .isEqualTo(Outcome.COPIED);
    }
}
