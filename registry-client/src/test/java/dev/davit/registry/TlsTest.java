package dev.davit.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.TransferException;
import dev.davit.oci.UnauthorizedException;
import dev.davit.oci.auth.Credentials;
import dev.davit.registry.FakeServer.Answer;
import dev.davit.registry.FakeServer.Seen;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Registries that speak TLS, well or not, and what they may not do then. */
@Timeout(60)
class TlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    static Path folder;

    private static SSLContext localhost;
    private static SSLContext otherHost;

    /** The PEM file with the certificate of {@code localhost}. */
    private static Path pem;

    @BeforeAll
    static void make_certificates() throws Exception {
        localhost = certificate("localhost");
        otherHost = certificate("registry.example");
        pem = folder.resolve("localhost.pem");
    }

    /** Makes a certificate that vouches for itself, with the JDK's tool, and writes it to a PEM file as well. */
    private static SSLContext certificate(String host) throws Exception {
        Path store = folder.resolve(host + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=Davit test",
                        "-ext",
                        "san=dns:" + host,
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD),
                        "-keystore",
                        store.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool.log").toFile())
                .start();
        assertThat(keytool.waitFor())
                .as(Files.readString(folder.resolve("keytool.log")))
                .isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(keys.getCertificate("server").getEncoded());
        Files.writeString(
                folder.resolve(host + ".pem"),
                "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n");
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private static FakeServer server(SSLContext context, Function<Seen, Answer> script) throws IOException {
        return FakeServer.answering(
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
    }

    @Test
    void a_certificate_is_trusted_if_told_so() throws IOException {
        try (FakeServer registry = server(localhost, request -> Samples.manifest());
                RegistryClient client = Samples.client().trust(pem).build()) {
            assertThat(client.resolve(registry.address() + "/acme/server:1.0"))
                    .isEqualTo(Samples.MANIFEST.descriptor());
        }
    }

    @Test
    void a_certificate_that_nobody_vouches_for_is_refused_without_any_other_attempt() throws IOException {
        try (FakeServer registry = server(localhost, request -> Samples.manifest());
                RegistryClient client = Samples.client().build()) {
            assertThatThrownBy(() -> client.resolve(registry.address() + "/acme/server:1.0"))
                    .isInstanceOf(TransferException.class)
                    .hasMessageStartingWith("cannot reach " + registry.address() + ": its certificate is not trusted");
            assertThat(registry.seen()).isEmpty();
            assertThat(registry.connections()).isEqualTo(1);
        }
    }

    @Test
    void a_certificate_of_another_host_is_refused() throws IOException {
        try (FakeServer registry = server(otherHost, request -> Samples.manifest());
                RegistryClient client = Samples.client()
                        .trust(folder.resolve("registry.example.pem"))
                        .build()) {
            assertThatThrownBy(() -> client.resolve(registry.address() + "/acme/server:1.0"))
                    .isInstanceOf(TransferException.class)
                    .hasMessageContaining("its certificate is for another host");
            assertThat(registry.seen()).isEmpty();
        }
    }

    @Test
    void no_certificate_is_checked_for_a_host_that_is_named_as_insecure_and_only_for_it() throws IOException {
        try (FakeServer registry = server(otherHost, request -> Samples.manifest());
                RegistryClient client =
                        Samples.client().insecureTls(registry.address()).build();
                RegistryClient other = Samples.client().insecureTls("localhost").build()) {
            assertThat(client.resolve(registry.address() + "/acme/server:1.0"))
                    .isEqualTo(Samples.MANIFEST.descriptor());
            assertThatThrownBy(() -> other.resolve(registry.address() + "/acme/server:1.0"))
                    .isInstanceOf(TransferException.class);
        }
    }

    @Test
    void does_not_follow_from_https_to_plain_http() throws IOException {
        try (FakeServer plain = FakeServer.answering(request -> Answer.of(200).body(Samples.LAYER));
                FakeServer registry =
                        server(localhost, request -> Answer.of(307).header("Location", plain.url("/layer")));
                RegistryClient client = Samples.client().trust(pem).build()) {
            RemoteRepository repository = client.repository(registry.address() + "/acme/server");

            assertThatThrownBy(() -> repository.fetch(Samples.LAYER_DESCRIPTOR))
                    .isInstanceOf(RegistryException.class)
                    .hasMessageContaining("from HTTPS to plain HTTP at " + plain.address());
            assertThat(plain.seen()).isEmpty();
        }
    }

    @Test
    void sends_no_upload_from_https_to_plain_http() throws IOException {
        try (FakeServer plain = FakeServer.answering(request -> Answer.of(201));
                FakeServer registry = server(
                        localhost,
                        request -> request.method().equals("HEAD")
                                ? Answer.of(404)
                                : Answer.of(202).header("Location", plain.url("/session")));
                RegistryClient client = Samples.client().trust(pem).build()) {
            RemoteRepository repository = client.repository(registry.address() + "/acme/server");

            assertThatThrownBy(() -> repository.put(Samples.layer())).isInstanceOf(RegistryException.class);
            assertThat(plain.seen()).isEmpty();
        }
    }

    @Test
    void asks_no_token_server_over_plain_http() throws IOException {
        try (FakeServer plain = FakeServer.answering(request -> Answer.json(200, "{\"token\":\"t1\"}"));
                FakeServer registry = server(
                        localhost,
                        request -> Answer.of(401)
                                .header("WWW-Authenticate", "Bearer realm=\"" + plain.url("/token") + "\""));
                RegistryClient client = Samples.client()
                        .trust(pem)
                        .credentials(any -> Optional.of(new Credentials("alice", "secret")))
                        .build()) {
            assertThatThrownBy(() -> client.resolve(registry.address() + "/acme/server:1.0"))
                    .isInstanceOf(UnauthorizedException.class)
                    .hasMessageContaining("plain HTTP");
            assertThat(plain.seen()).isEmpty();
        }
    }

    @Test
    void bytes_that_end_without_a_goodbye_are_not_taken_for_whole() throws Exception {
        byte[] half = "this stands for".getBytes(StandardCharsets.UTF_8);
        try (FakeServer registry =
                        server(localhost, request -> Answer.of(200).body(half).unmeasured());
                RegistryClient client = Samples.client().trust(pem).build()) {
            RemoteRepository repository = client.repository(registry.address() + "/acme/server");

            assertThatThrownBy(() -> repository.fetch(Samples.LAYER_DESCRIPTOR))
                    .isInstanceOf(dev.davit.oci.DavitException.class);
        }
    }

    @Test
    void a_small_upload_does_not_wait_for_acknowledgements() throws IOException {
        try (var socket = new NoDelaySocketFactory(javax.net.SocketFactory.getDefault()).createSocket()) {
            assertThat(socket.getTcpNoDelay()).isTrue();
        }
    }
}
