package dev.davit.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.Digest;
import dev.davit.oci.Index;
import dev.davit.oci.StorageException;
import dev.davit.testkit.RegistryCalls.Answer;
import dev.davit.testkit.http.RawConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The registry as a thing in a test: starting, guarding, remembering, storing, closing. */
class EmbeddedRegistryTest {
    @TempDir
    Path folder;

    @Test
    void starts_on_a_free_port_of_the_loopback_interface() {
        try (EmbeddedRegistry one = EmbeddedRegistry.start();
                EmbeddedRegistry two = EmbeddedRegistry.start()) {
            assertThat(one.address()).startsWith("127.0.0.1:").isNotEqualTo(two.address());
            assertThat(one.uri()).hasToString("http://" + one.address());
            assertThat(one).hasToString("EmbeddedRegistry[http://" + one.address() + "]");
        }
    }

    @Test
    void listens_where_it_is_told_to() throws IOException {
        EmbeddedRegistry one = EmbeddedRegistry.start();
        int port = one.uri().getPort();
        one.close();
        try (EmbeddedRegistry two = onAddress("127.0.0.2").port(port).start();
                EmbeddedRegistry all = onAddress("0.0.0.0").start();
                EmbeddedRegistry six = onAddress("::1").start()) {
            assertThat(two.address()).isEqualTo("127.0.0.2:" + port);
            assertThat(all.address()).startsWith("127.0.0.1:");
            assertThat(six.address()).startsWith("[0:0:0:0:0:0:0:1]:");
            new RegistryCalls(two).get("/v2/").hasStatus(200);
            new RegistryCalls(all).get("/v2/").hasStatus(200);
            new RegistryCalls(six).get("/v2/").hasStatus(200);
        }
    }

    private static EmbeddedRegistry.Builder onAddress(String address) throws IOException {
        return EmbeddedRegistry.builder().bind(InetAddress.getAllByName(address)[0]);
    }

    @Test
    void says_that_its_port_is_taken_and_leaves_nothing_behind() {
        try (EmbeddedRegistry one = EmbeddedRegistry.start()) {
            EmbeddedRegistry.Builder second =
                    EmbeddedRegistry.builder().port(one.uri().getPort()).storage(folder);

            assertThatThrownBy(second::start)
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining(one.address());
            EmbeddedRegistry.builder().storage(folder).start().close();
        }
    }

    @Test
    void refuses_settings_that_make_no_sense() {
        EmbeddedRegistry.Builder builder = EmbeddedRegistry.builder();
        assertThatThrownBy(() -> builder.port(70_000)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.basicAuth("a:b", "c")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder.basicAuth("", "c")).isInstanceOf(IllegalArgumentException.class);
    }

    // ---- basic authentication

    private static String basic(String userAndPassword) {
        return "Basic " + Base64.getEncoder().encodeToString(userAndPassword.getBytes(UTF_8));
    }

    @Test
    void lets_only_the_holder_of_the_password_in() {
        try (EmbeddedRegistry guarded =
                EmbeddedRegistry.builder().basicAuth("us\u00e9r", "sec:ret").start()) {
            RegistryCalls calls = new RegistryCalls(guarded);

            calls.get("/v2/", "Authorization", basic("us\u00e9r:sec:ret")).hasStatus(200);
            calls.get("/v2/", "Authorization", basic("us\u00e9r:sec:ret").replace("Basic ", "bASIC  "))
                    .hasStatus(200);
            for (String path : List.of("/v2/", "/v2/_catalog", "/v2/a/tags/list", "/elsewhere")) {
                Answer answer = calls.get(path).isError(401, "UNAUTHORIZED");
                assertThat(answer.header("WWW-Authenticate")).startsWith("Basic realm=\"");
                assertThat(answer.header("Docker-Distribution-API-Version")).isEqualTo("registry/2.0");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"user:wrong", "user:", "user", "", "root:secret", "user:secret "})
    void keeps_everybody_else_out(String userAndPassword) {
        try (EmbeddedRegistry guarded =
                EmbeddedRegistry.builder().basicAuth("user", "secret").start()) {
            RegistryCalls calls = new RegistryCalls(guarded);

            calls.get("/v2/", "Authorization", basic(userAndPassword)).isError(401, "UNAUTHORIZED");
            calls.get("/v2/", "Authorization", "Bearer " + userAndPassword).isError(401, "UNAUTHORIZED");
            calls.get("/v2/", "Authorization", "Basic !" + userAndPassword).isError(401, "UNAUTHORIZED");
        }
    }

    @Test
    void refuses_a_push_without_password_before_its_body_is_sent() throws IOException {
        try (EmbeddedRegistry guarded =
                        EmbeddedRegistry.builder().basicAuth("user", "secret").start();
                RawConnection raw = raw(guarded)) {
            raw.send("PUT /v2/a/manifests/b HTTP/1.1\nHost: x\nContent-Length: 9\nExpect: 100-continue\n\n");

            assertThat(raw.read().status()).isEqualTo(401);
        }
    }

    private static RawConnection raw(EmbeddedRegistry registry) throws IOException {
        return RawConnection.to(registry.uri());
    }

    // ---- TLS

    @Test
    void speaks_tls_with_a_certificate_of_its_own() throws Exception {
        try (EmbeddedRegistry secure = EmbeddedRegistry.builder().tls().start()) {
            X509Certificate written;
            try (var pem = Files.newInputStream(secure.certificatePem(folder.resolve("ca.crt")))) {
                written = (X509Certificate)
                        CertificateFactory.getInstance("X.509").generateCertificate(pem);
            }
            RegistryCalls calls = new RegistryCalls(secure, trusting(written));

            Digest blob = calls.pushBlob("acme/server", new byte[500_000]);

            assertThat(secure.uri()).hasToString("https://" + secure.address());
            assertThat(written).isEqualTo(secure.certificate());
            assertThat(calls.get("/v2/acme/server/blobs/" + blob).bytes()).isEqualTo(new byte[500_000]);
            assertThatThrownBy(() -> new RegistryCalls(secure).get("/v2/"))
                    .hasRootCauseMessage("unable to find valid certification path to requested target");
        }
    }

    private static HttpClient trusting(X509Certificate authority) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("authority", authority);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return HttpClient.newBuilder().sslContext(context).build();
    }

    @Test
    void has_a_certificate_only_with_tls() {
        try (EmbeddedRegistry plain = EmbeddedRegistry.start()) {
            assertThatThrownBy(plain::certificate)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("tls()");
            assertThatThrownBy(() -> plain.certificatePem(folder.resolve("ca.crt")))
                    .isInstanceOf(IllegalStateException.class);
            assertThat(folder).isEmptyDirectory();
        }
    }

    @Test
    void does_not_answer_plain_http_where_it_speaks_tls() throws IOException {
        try (EmbeddedRegistry secure = EmbeddedRegistry.builder().tls().start();
                RawConnection raw = raw(secure)) {
            raw.send("GET /v2/ HTTP/1.1\nHost: x\n\n");

            assertThatThrownBy(raw::read).isInstanceOf(Exception.class);
        }
    }

    @Test
    void tells_a_client_that_speaks_tls_to_a_plain_registry_so_in_http() throws IOException {
        try (EmbeddedRegistry plain = EmbeddedRegistry.start();
                RawConnection raw = raw(plain)) {
            raw.sendBytes(new byte[] {0x16, 3, 1, 0, 5, 1, 0, 0, 1, '\r', '\n'});

            assertThat(raw.read().status()).isEqualTo(400); // docker falls back to plain HTTP on seeing this
        }
    }

    // ---- requests

    @Test
    void remembers_requests_without_their_secrets() {
        try (EmbeddedRegistry registry =
                EmbeddedRegistry.builder().basicAuth("user", "secret").start()) {
            RegistryCalls calls = new RegistryCalls(registry);
            List<RecordedRequest> before = registry.requests();
            calls.get("/v2/");
            calls.head("/v2/a/blobs/x?a=1&a=2");
            calls.get("/v2/", "Authorization", basic("user:secret"), "X-Mark", "1", "X-Mark", "2");

            List<RecordedRequest> requests = registry.requests();

            assertThat(before).isEmpty();
            assertThat(requests)
                    .extracting(RecordedRequest::toString)
                    .containsExactly("GET /v2/ 401", "HEAD /v2/a/blobs/x?[a] 401", "GET /v2/ 200");
            assertThat(requests.get(1).parameters()).containsEntry("a", List.of("1", "2"));
            assertThat(requests.get(2).headers())
                    .containsEntry("authorization", List.of("Basic ***"))
                    .containsEntry("x-mark", List.of("1", "2"));
            assertThat(requests.toString()).doesNotContain(basic("user:secret").substring(6));
            assertThatThrownBy(() -> requests.get(1).parameters().get("a").add("3"))
                    .isInstanceOf(UnsupportedOperationException.class);
        }
    }

    // ---- storage

    @Test
    void keeps_its_content_in_a_folder_of_the_callers() {
        String manifest;
        try (EmbeddedRegistry first =
                EmbeddedRegistry.builder().storage(folder.resolve("new/store")).start()) {
            RegistryCalls calls = new RegistryCalls(first);
            manifest = calls.pushImage("acme/server", "1.0");
            calls.putManifest("acme/server", "2.0", RegistryCalls.MANIFEST, manifest);
            calls.putManifest(
                    "acme/other/x",
                    RegistryCalls.digestOf(calls.imageManifest("acme/other/x", "l", ""))
                            .toString(),
                    RegistryCalls.MANIFEST,
                    calls.imageManifest("acme/other/x", "l", ""));
            calls.delete("/v2/acme/server/manifests/2.0").hasStatus(202);
        }
        try (EmbeddedRegistry second =
                EmbeddedRegistry.builder().storage(folder.resolve("new/store")).start()) {
            RegistryCalls calls = new RegistryCalls(second);

            assertThat(calls.get("/v2/acme/server/manifests/1.0").hasStatus(200).text())
                    .isEqualTo(manifest);
            calls.get("/v2/acme/server/blobs/" + RegistryCalls.digestOf("layer of 1.0"))
                    .hasStatus(200);
            calls.get("/v2/acme/other/x/blobs/" + RegistryCalls.digestOf("layer of 1.0"))
                    .isError(404, "BLOB_UNKNOWN");
            assertThat(calls.get("/v2/acme/server/tags/list").text()).endsWith("[\"1.0\"]}");
            assertThat(calls.get("/v2/_catalog").text()).endsWith("[\"acme/other/x\",\"acme/server\"]}");
            calls.delete("/v2/acme/server/manifests/" + RegistryCalls.digestOf(manifest))
                    .hasStatus(202);
        }
        try (EmbeddedRegistry third =
                EmbeddedRegistry.builder().storage(folder.resolve("new/store")).start()) {
            new RegistryCalls(third).get("/v2/acme/server/tags/list").isError(404, "NAME_UNKNOWN");
        }
    }

    @Test
    void stores_an_image_layout_that_others_can_read() throws IOException {
        String manifest;
        try (EmbeddedRegistry registry =
                EmbeddedRegistry.builder().storage(folder).start()) {
            manifest = new RegistryCalls(registry).pushImage("acme/server", "1.0");
        }

        Index index = Index.parse(Files.readAllBytes(folder.resolve("index.json")));
        assertThat(folder.resolve("oci-layout")).hasContent("{\"imageLayoutVersion\":\"1.0.0\"}");
        assertThat(index.manifests()).singleElement().satisfies(descriptor -> {
            assertThat(descriptor.digest()).isEqualTo(RegistryCalls.digestOf(manifest));
            assertThat(descriptor.annotations()).containsEntry("org.opencontainers.image.ref.name", "acme/server:1.0");
        });
    }

    @Test
    void refuses_a_folder_that_is_in_use_or_somebody_elses() throws IOException {
        Path used = Files.createDirectory(folder.resolve("used"));
        Path foreign = Files.createDirectory(folder.resolve("foreign"));
        Files.writeString(
                foreign.resolve("index.json"),
                "{\"schemaVersion\":2,\"manifests\":["
                        + RegistryCalls.descriptorOf(RegistryCalls.MANIFEST, RegistryCalls.digestOf("x"), 1) + "]}");
        try (EmbeddedRegistry owner = EmbeddedRegistry.builder().storage(used).start()) {
            assertThatThrownBy(() -> EmbeddedRegistry.builder().storage(used).start())
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("another registry");
            new RegistryCalls(owner).get("/v2/").hasStatus(200);
        }
        assertThatThrownBy(() -> EmbeddedRegistry.builder().storage(foreign).start())
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("not the storage of an embedded registry");
        assertThatThrownBy(() -> EmbeddedRegistry.builder()
                        .storage(foreign.resolve("index.json"))
                        .start())
                .isInstanceOf(StorageException.class);
    }

    @Test
    void deletes_content_that_no_repository_has_any_more() throws IOException {
        try (EmbeddedRegistry registry =
                EmbeddedRegistry.builder().storage(folder).start()) {
            RegistryCalls calls = new RegistryCalls(registry);
            Digest blob = calls.pushBlob("one", "content");
            calls.pushBlob("two", "content");
            Path file = folder.resolve("blobs/sha256/" + blob.encoded());

            calls.delete("/v2/one/blobs/" + blob).hasStatus(202);
            assertThat(file).hasContent("content");
            calls.delete("/v2/two/blobs/" + blob).hasStatus(202);
            assertThat(file).doesNotExist();
        }
    }

    @Test
    void keeps_no_file_of_an_upload_that_came_to_nothing() throws IOException {
        try (EmbeddedRegistry registry =
                EmbeddedRegistry.builder().storage(folder).start()) {
            RegistryCalls calls = new RegistryCalls(registry);
            String query = "?digest=" + RegistryCalls.digestOf("other");
            calls.call("PUT", calls.beginUpload("a") + query, new byte[10]).isError(400, "DIGEST_INVALID");
            calls.call("POST", "/v2/a/blobs/uploads/" + query, new byte[10]).isError(400, "DIGEST_INVALID");
            calls.delete(calls.beginUpload("a")).hasStatus(204);
            try (RawConnection raw = raw(registry)) {
                raw.send("POST /v2/a/blobs/uploads/" + query + " HTTP/1.1\nHost: x\nContent-Length: 10\n\n01234")
                        .endSending();
                assertThat(raw.read().status()).isEqualTo(400);
            }

            assertThat(folder.resolve(".uploads")).isEmptyDirectory();
            assertThat(folder.resolve("blobs")).doesNotExist();
        }
    }

    // ---- closing

    @Test
    void deletes_its_own_storage_when_it_is_closed() throws IOException {
        EmbeddedRegistry registry = EmbeddedRegistry.start();
        RegistryCalls calls = new RegistryCalls(registry);
        Digest unique = calls.pushBlob("acme/server", UUID.randomUUID().toString());
        calls.call("PATCH", calls.beginUpload("acme/server"), new byte[100]).hasStatus(202);
        Path storage = temporaryFolderWith(unique);

        registry.close();
        registry.close();

        assertThat(storage).doesNotExist();
    }

    /** Other builds on this machine have such folders, too, and make and delete them meanwhile. */
    private static Path temporaryFolderWith(Digest blob) throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            List<Path> folders = files.filter(
                            file -> file.getFileName().toString().startsWith("davit-registry-"))
                    .filter(folder -> Files.exists(folder.resolve("blobs/sha256/" + blob.encoded())))
                    .toList();
            assertThat(folders).hasSize(1);
            return folders.get(0);
        }
    }

    @Test
    void ends_transfers_when_it_is_closed() throws Exception {
        EmbeddedRegistry registry = EmbeddedRegistry.start();
        String location = new RegistryCalls(registry).beginUpload("acme/server");
        try (RawConnection raw = raw(registry)) {
            raw.send("PATCH " + location + " HTTP/1.1\nHost: x\nContent-Length: 1000\n\nsome");

            registry.close();

            assertThatThrownBy(raw::read).isInstanceOf(IOException.class);
        }
    }
}
