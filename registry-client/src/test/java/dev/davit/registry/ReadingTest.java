package dev.davit.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Document;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.TransferException;
import dev.davit.oci.UnauthorizedException;
import dev.davit.registry.FakeServer.Answer;
import dev.davit.registry.FakeServer.Seen;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a registry may say to a question, true or not. */
class ReadingTest {
    private static final Descriptor MANIFEST = Samples.MANIFEST.descriptor();
    private static final Descriptor LAYER = Samples.LAYER_DESCRIPTOR;

    private final RegistryClient client = Samples.client().build();
    private FakeServer server;

    @AfterEach
    void close() {
        client.close();
        server.close();
    }

    private RemoteRepository repository(Function<Seen, Answer> script) {
        server = FakeServer.answering(script);
        return client.repository(server.address() + "/acme/server");
    }

    private static Answer layer() {
        return Answer.of(200).body(Samples.LAYER);
    }

    @Test
    void resolves_a_tag_with_one_request() {
        RemoteRepository repository = repository(request -> Samples.manifest());

        assertThat(repository.resolve("1.0")).isEqualTo(MANIFEST);
        assertThat(server.lines()).containsExactly("HEAD /v2/acme/server/manifests/1.0");
        assertThat(server.seen().get(0).header("Accept"))
                .contains(
                        MediaType.OCI_INDEX.value(),
                        MediaType.OCI_MANIFEST.value(),
                        MediaType.DOCKER_MANIFEST.value(),
                        MediaType.DOCKER_MANIFEST_LIST.value());
        assertThat(server.seen().get(0).header("Accept-Encoding")).isEqualTo("identity");
        assertThat(server.seen().get(0).header("Authorization")).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"no digest", "a digest that is none", "no length", "no type", "405", "403", "400"})
    void reads_the_document_if_the_answer_to_head_is_not_enough(String what) {
        RemoteRepository repository = repository(request -> {
            if (request.method().equals("GET")) {
                return Samples.manifest();
            }
            return switch (what) {
                case "no digest" -> Answer.of(200).header("Content-Type", MediaType.OCI_MANIFEST.value());
                case "a digest that is none" -> Samples.manifest().header("Docker-Content-Digest", "sha256:../../x");
                case "no length" -> Samples.manifest().unmeasured();
                case "no type" -> Samples.manifest().header("Content-Type", "application/json");
                default -> Answer.of(Integer.parseInt(what));
            };
        });

        assertThat(repository.resolve("1.0")).isEqualTo(MANIFEST);
        assertThat(server.lines())
                .containsExactly("HEAD /v2/acme/server/manifests/1.0", "GET /v2/acme/server/manifests/1.0");
    }

    @Test
    void believes_the_body_and_not_the_digest_header_of_a_tag() {
        RemoteRepository repository = repository(request -> request.method().equals("HEAD")
                ? Answer.of(405)
                : Samples.manifest().header("Docker-Content-Digest", "sha256:" + "0".repeat(64)));

        assertThat(repository.resolve("1.0")).isEqualTo(MANIFEST);
    }

    @Test
    void refuses_a_digest_whose_head_names_another() {
        RemoteRepository repository = repository(request -> Samples.manifest());
        String asked = "sha256:" + "0".repeat(64);

        assertThatThrownBy(() -> repository.resolve(asked)).isInstanceOfSatisfying(IntegrityException.class, e -> {
            assertThat(e.expected()).isEqualTo(asked);
            assertThat(e.actual()).isEqualTo(MANIFEST.digest().toString());
        });
    }

    @Test
    void refuses_a_digest_whose_document_is_another() {
        RemoteRepository repository =
                repository(request -> request.method().equals("HEAD") ? Answer.of(405) : Samples.manifest());

        assertThatThrownBy(() -> repository.resolve("sha256:" + "0".repeat(64))).isInstanceOf(IntegrityException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "text/plain; charset=utf-8", "application/json", "", "garbage"})
    void infers_the_type_of_a_document_that_is_served_as_something_vague(String served) {
        RemoteRepository repository = repository(request -> Samples.manifest().header("Content-Type", served));

        assertThat(repository.resolve("1.0")).isEqualTo(MANIFEST);
    }

    @Test
    void ignores_parameters_of_the_media_type() {
        RemoteRepository repository = repository(request ->
                Samples.manifest().header("Content-Type", MediaType.OCI_MANIFEST.value() + "; charset=utf-8"));

        assertThat(repository.resolve("1.0")).isEqualTo(MANIFEST);
        assertThat(server.lines()).hasSize(1);
    }

    @Test
    void refuses_a_document_that_is_served_as_another_kind() {
        RemoteRepository repository =
                repository(request -> Samples.manifest().header("Content-Type", MediaType.OCI_INDEX.value()));

        assertThatThrownBy(() -> repository.fetch(MANIFEST))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("expected " + MediaType.OCI_MANIFEST)
                .hasMessageContaining(MediaType.OCI_INDEX.value());
    }

    @Test
    void a_web_page_is_no_manifest() {
        RemoteRepository repository = repository(
                request -> Answer.of(200).header("Content-Type", "text/html").body("<html>hi</html>".getBytes(UTF_8)));

        assertThatThrownBy(() -> repository.resolve("1.0")).isInstanceOf(MalformedContentException.class);
    }

    @Test
    void stops_reading_a_manifest_that_does_not_end() {
        byte[] large = new byte[Document.MAX_SIZE + 1];
        RemoteRepository repository = repository(request -> request.method().equals("HEAD")
                ? Answer.of(405)
                : Answer.of(200)
                        .header("Content-Length", "99999999999")
                        .body(large)
                        .stall());

        assertThatThrownBy(() -> repository.resolve("1.0"))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("at most " + Document.MAX_SIZE + " bytes");
    }

    @Test
    void reads_a_blob_with_one_request() throws IOException {
        RemoteRepository repository = repository(request -> layer());

        try (InputStream in = repository.blob(LAYER).open()) {
            assertThat(in.readAllBytes()).isEqualTo(Samples.LAYER);
        }
        assertThat(server.lines()).containsExactly("GET /v2/acme/server/blobs/" + LAYER.digest());
    }

    @Test
    void reads_a_blob_of_nothing() throws IOException {
        Descriptor nothing = Descriptor.of(MediaType.OCI_LAYER, new byte[0]);
        RemoteRepository repository = repository(request -> Answer.of(200));

        try (InputStream in = repository.blob(nothing).open()) {
            assertThat(in.readAllBytes()).isEmpty();
        }
        assertThat(server.seen()).hasSize(1);
    }

    @Test
    void does_not_take_what_was_compressed_on_the_way_without_being_asked_for() {
        RemoteRepository repository = repository(
                request -> Answer.of(200).header("Content-Encoding", "gzip").body(new byte[Samples.LAYER.length]));

        assertThatThrownBy(() -> repository.fetch(Samples.LAYER_DESCRIPTOR)).isInstanceOf(IntegrityException.class);
        assertThat(server.seen().get(0).header("Accept-Encoding")).isEqualTo("identity");
    }

    @Test
    void reads_manifests_where_manifests_are() {
        RemoteRepository repository = repository(request -> Samples.manifest());

        assertThat(repository.fetch(MANIFEST)).isEqualTo(Samples.MANIFEST.toBytes());
        assertThat(server.lines()).containsExactly("GET /v2/acme/server/manifests/" + MANIFEST.digest());
    }

    @Test
    void refuses_other_bytes_of_the_same_length() {
        byte[] other = Samples.LAYER.clone();
        other[5] ^= 1;
        RemoteRepository repository = repository(request -> Answer.of(200).body(other));

        assertThatThrownBy(() -> repository.fetch(LAYER))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining(server.address() + "/acme/server")
                .hasMessageContaining("expected " + LAYER.digest())
                .hasMessageContaining("got " + Digest.sha256(other));
    }

    @Test
    void refuses_another_length_before_reading() {
        RemoteRepository repository = repository(
                request -> Answer.of(200).header("Content-Length", "36").stall());

        assertThatThrownBy(() -> repository.blob(LAYER).open())
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("expected 35 bytes, got 36 bytes");
    }

    @Test
    void refuses_more_bytes_than_described_where_no_length_is_told() {
        byte[] longer = (new String(Samples.LAYER, UTF_8) + "!").getBytes(UTF_8);
        RemoteRepository repository = repository(request -> unmeasured(longer));

        assertThatThrownBy(() -> repository.fetch(LAYER))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("expected 35 bytes, got more");
    }

    @Test
    void refuses_fewer_bytes_than_described_where_no_length_is_told() {
        RemoteRepository repository = repository(request -> unmeasured("short".getBytes(UTF_8)));

        assertThatThrownBy(() -> repository.fetch(LAYER))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("expected 35 bytes, got 5 bytes");
    }

    /** A body that ends with its connection. */
    private static Answer unmeasured(byte[] body) {
        return Answer.of(200).body(body).unmeasured();
    }

    @Test
    void a_connection_that_is_cut_in_a_blob_is_a_failed_transfer() {
        RemoteRepository repository = repository(request -> Answer.of(200)
                .header("Content-Length", "35")
                .body("this".getBytes(UTF_8))
                .cut());

        assertThatThrownBy(() -> repository.fetch(LAYER)).isInstanceOfSatisfying(TransferException.class, e -> {
            assertThat(e.side()).isEqualTo(TransferException.Side.SOURCE);
            assertThat(e.descriptor()).contains(LAYER);
            assertThat(e)
                    .hasMessage(
                            "blob " + LAYER.digest() + " of " + server.address() + "/acme/server: the connection to "
                                    + server.address() + " failed: it was closed too early");
        });
    }

    @Test
    void reads_a_range() throws IOException {
        RemoteRepository repository = repository(request ->
                Answer.of(206).header("Content-Range", "bytes 5-11/35").body("stands ".getBytes(UTF_8)));

        try (InputStream in = repository.blob(LAYER).openRange(5, 7)) {
            assertThat(in).hasContent("stands ");
        }
        assertThat(server.seen().get(0).header("Range")).isEqualTo("bytes=5-11");
    }

    @Test
    void reads_a_range_from_a_registry_that_sends_everything() throws IOException {
        RemoteRepository repository = repository(request -> layer());

        try (InputStream in = repository.blob(LAYER).openRange(5, 6)) {
            assertThat(in).hasContent("stands");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes 0-6/35", "bytes 5-10/35", "bytes 5-11/36", "bytes */35", "5-11/35", ""})
    void refuses_a_range_that_is_another_one(String range) {
        RemoteRepository repository = repository(
                request -> Answer.of(206).header("Content-Range", range).body("stands ".getBytes(UTF_8)));

        assertThatThrownBy(() -> repository.blob(LAYER).openRange(5, 7))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("expected bytes 5-11/35");
    }

    @Test
    void a_range_behind_the_end_needs_no_request() throws IOException {
        RemoteRepository repository = repository(request -> Answer.of(500));

        assertThat(repository.blob(LAYER).openRange(35, 10)).isEmpty();
        assertThat(repository.blob(LAYER).openRange(99, Long.MAX_VALUE)).isEmpty();
        assertThat(server.seen()).isEmpty();
    }

    @Test
    void what_is_not_there_is_not_found_whatever_is_said_about_it() {
        RemoteRepository repository = repository(request ->
                Answer.of(404).header("Content-Type", "text/html").body("<h1>nothing here</h1>".getBytes(UTF_8)));

        assertThatThrownBy(() -> repository.fetch(LAYER))
                .isInstanceOf(NotFoundException.class)
                .hasMessage("blob " + LAYER.digest() + " of " + server.address()
                        + "/acme/server: not found: \"<h1>nothing here</h1>\"")
                .hasCauseInstanceOf(RegistryException.class);
    }

    @Test
    void a_refusal_tells_what_the_registry_says() {
        RemoteRepository repository = repository(request ->
                request.method().equals("HEAD") ? Answer.of(403) : Samples.error(403, "DENIED", "pay first"));

        assertThatThrownBy(() -> repository.resolve("1.0"))
                .isInstanceOf(UnauthorizedException.class)
                .hasMessage(server.address() + "/acme/server:1.0: access denied: DENIED \"pay first\"")
                .cause()
                .isInstanceOfSatisfying(RegistryException.class, e -> {
                    assertThat(e.status()).isEqualTo(403);
                    assertThat(e.codes()).containsExactly("DENIED");
                });
    }

    @Test
    void looks_for_what_nobody_knows_among_the_manifests_too() {
        byte[] bytes = "{}".getBytes(UTF_8);
        Descriptor unknown = Descriptor.of(new MediaType("application/vnd.example.list+json"), bytes);
        RemoteRepository repository = repository(request -> request.target().contains("/manifests/")
                ? Answer.of(200)
                        .header("Content-Type", "application/vnd.example.list+json")
                        .body(bytes)
                : Samples.error(404, "BLOB_UNKNOWN", "what?"));
        assertThat(repository.fetch(unknown)).isEqualTo(bytes);
        assertThat(server.lines())
                .containsExactly(
                        "GET /v2/acme/server/blobs/" + unknown.digest(),
                        "GET /v2/acme/server/manifests/" + unknown.digest());
    }

    @Test
    void finds_a_manifest_that_is_kept_as_a_blob() {
        RemoteRepository repository = repository(request -> request.target().contains("/manifests/")
                ? Samples.error(404, "MANIFEST_UNKNOWN", "what?")
                : Answer.of(200).body(Samples.MANIFEST.toBytes()));

        assertThat(repository.fetch(Samples.MANIFEST.descriptor())).isEqualTo(Samples.MANIFEST.toBytes());
    }

    @Test
    void hostile_text_in_an_answer_is_escaped_and_cut() {
        RemoteRepository repository = repository(request ->
                Answer.of(418).body(("\u001b[31mboo\nERROR all is lost" + "x".repeat(100_000)).getBytes(UTF_8)));

        assertThatThrownBy(() -> repository.fetch(LAYER))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("answered 418 to GET: \"\\u001b[31mboo\\u000aERROR")
                .message()
                .hasSizeLessThan(600)
                .doesNotContain("\n", "\u001b");
    }

    @Test
    void an_error_that_does_not_end_is_not_waited_for() {
        RemoteRepository repository = repository(request -> Answer.of(500)
                .header("Content-Length", "99999999999")
                .body(new byte[100_000])
                .stall());

        assertThatThrownBy(() -> repository.fetch(LAYER)).isInstanceOf(RegistryException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../x", "a/b", "", "x?y", "-x", "sha256:x", "sha256:../x"})
    void refuses_a_name_that_would_lead_elsewhere(String name) {
        RemoteRepository repository = repository(request -> Samples.manifest());

        assertThatThrownBy(() -> repository.resolve(name)).isInstanceOf(MalformedContentException.class);
        assertThat(server.seen()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"details\":\"pay first\"}",
                "{\"message\":\"pay first\"}",
                "{\"errors\":[],\"message\":\"pay first\"}",
                "{\"errors\":[{\"status\":402,\"message\":\"pay first\"}]}",
                "{\"errors\":[{\"code\":402,\"message\":\"pay first\"}]}",
                "{\"errors\":[{\"code\":null,\"message\":\"pay first\",\"detail\":null}]}",
                "<html><body>pay first</body></html>"
            })
    void a_refusal_in_any_form_is_told(String body) {
        RemoteRepository repository = repository(request -> Answer.json(402, body));

        assertThatThrownBy(() -> repository.fetch(LAYER))
                .isInstanceOfSatisfying(
                        RegistryException.class, e -> assertThat(e.status()).isEqualTo(402))
                .hasMessageContaining("pay first");
    }

    @Test
    void finds_out_whether_there_is_something_without_head() {
        RemoteRepository repository = repository(request -> request.method().equals("HEAD")
                ? Answer.of(405)
                : request.target().endsWith("1.0") ? Samples.manifest() : Answer.of(404));

        assertThat(repository.exists("1.0")).isTrue();
        assertThat(repository.exists("2.0")).isFalse();
    }
}
