package dev.davit.it.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.image.ImageBuilder;
import dev.davit.image.LayerSpec;
import dev.davit.image.OciLayout;
import dev.davit.it.Command;
import dev.davit.it.Parts;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.Platform;
import dev.davit.oci.TransferException;
import dev.davit.oci.UnauthorizedException;
import dev.davit.oci.auth.CredentialSource;
import dev.davit.oci.auth.Credentials;
import dev.davit.oci.content.Copier;
import dev.davit.oci.image.Image;
import dev.davit.registry.ClientCertificate;
import dev.davit.registry.CredentialFile;
import dev.davit.registry.RegistryClient;
import dev.davit.registry.RegistryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Getting in: to Debian's docker-registry with real tokens, and behind nginx with certificates on both sides; with skopeo
 * as the other user of the same files.
 */
class RegistryAccessTest {
    private static final Credentials ALICE = new Credentials(DockerRegistry.USER, DockerRegistry.PASSWORD);

    @TempDir
    Path folder;

    private TestAuthority authority;
    private Image image;

    @BeforeEach
    void make_an_image() throws IOException {
        Parts.require("docker-registry", "openssl", "skopeo");
        authority = new TestAuthority(folder.resolve("authority"));
        image = ImageBuilder.scratch(Platform.LINUX_AMD64)
                .layer(LayerSpec.named("greeting").file("/etc/greeting", "hello\n".getBytes(UTF_8), 0644))
                .build(OciLayout.at(folder.resolve("layout")));
    }

    private DockerRegistry registry(String configuration) throws IOException {
        return DockerRegistry.builder(Files.createDirectory(folder.resolve("registry")))
                .with(configuration)
                .start();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void tokens_signed_with_rsa_and_ec_let_in_with_as_few_requests_as_needed(boolean elliptic) throws Exception {
        try (TokenServer tokens = TokenServer.start(authority, elliptic);
                DockerRegistry registry = registry(tokens.yaml(authority));
                RegistryClient client = RegistryClient.builder()
                        .credentials(CredentialSource.of(registry.address(), ALICE))
                        .build()) {
            client.push(image, registry.address() + "/acme/server:1.0");
            client.pull(
                    registry.address() + "/acme/server:1.0", Platform.LINUX_AMD64, OciLayout.at(folder.resolve("to")));
            Copier.create()
                    .copy(
                            client.repository(registry.address() + "/acme/server"),
                            "1.0",
                            client.repository(registry.address() + "/acme/copy"),
                            "1.0");

            assertThat(tokens.asked()).doesNotHaveDuplicates().allMatch(line -> line.startsWith("GET alice "));
            assertThat(tokens.asked())
                    .as("mounting asks for both repositories")
                    .anyMatch(line -> line.contains("acme/copy:pull,push") && line.contains("acme/server:pull"));
            assertThat(registry.log().lines().filter(line -> line.contains("HTTP/1.1\" 401 ")))
                    .as("asked for a token once, and then it was there before")
                    .hasSize(1);
        }
    }

    @Test
    void a_login_file_of_skopeo_lets_in_to_parts_of_a_registry() throws Exception {
        try (TokenServer tokens = TokenServer.start(authority, true);
                DockerRegistry registry = registry(tokens.yaml(authority))) {
            Path logins = folder.resolve("auth.json");
            Command.of("skopeo", "login", "--tls-verify=false", "--authfile=" + logins)
                    .with("-u", DockerRegistry.USER, "-p", DockerRegistry.PASSWORD, registry.address() + "/acme")
                    .run();
            assertThat(Files.readString(logins)).contains(registry.address() + "/acme");

            try (RegistryClient client = RegistryClient.builder()
                    .credentials(CredentialFile.at(logins))
                    .build()) {
                client.push(image, registry.address() + "/acme/server:1.0");
                assertThatThrownBy(() -> client.push(image, registry.address() + "/other/server:1.0"))
                        .isInstanceOf(UnauthorizedException.class);
            }
            assertThat(Command.of("skopeo", "inspect", "--tls-verify=false", "--authfile=" + logins)
                            .with("docker://" + registry.address() + "/acme/server:1.0")
                            .run())
                    .contains(image.digest().toString());
        }
    }

    @Test
    void an_identity_token_lets_in_by_oauth_and_nobody_may_read() throws Exception {
        try (TokenServer tokens = TokenServer.start(authority, true);
                DockerRegistry registry = registry(tokens.yaml(authority))) {
            Path logins = folder.resolve("config.json");
            CredentialFile.at(logins).store(registry.address(), Credentials.identityToken(TokenServer.IDENTITY));
            try (RegistryClient client = RegistryClient.builder()
                    .credentials(CredentialFile.at(logins))
                    .build()) {
                client.push(image, registry.address() + "/acme/server:1.0");
                assertThat(client.ping(registry.address()).asksForCredentials()).isTrue();
            }
            assertThat(tokens.asked()).isNotEmpty().allMatch(line -> line.startsWith("POST alice "));
            assertThat(Command.of("skopeo", "inspect", "--tls-verify=false", "--authfile=" + logins)
                            .with("docker://" + registry.address() + "/acme/server:1.0")
                            .run())
                    .as("skopeo understands the file")
                    .contains(image.digest().toString());

            try (RegistryClient nobody = RegistryClient.create()) {
                assertThat(nobody.resolve(registry.address() + "/acme/server:1.0"))
                        .isEqualTo(image.descriptor());
                assertThatThrownBy(() -> nobody.push(image, registry.address() + "/acme/other:1.0"))
                        .isInstanceOf(UnauthorizedException.class);
            }
            try (RegistryClient wrong = RegistryClient.builder()
                    .credentials(CredentialSource.of(registry.address(), new Credentials("alice", "a wrong s3cr3t")))
                    .build()) {
                assertThatThrownBy(() -> wrong.ping(registry.address()))
                        .isInstanceOf(UnauthorizedException.class)
                        .hasMessageContaining("refused the credentials of \"alice\"")
                        .hasMessageNotContaining("s3cr3t");
            }
        }
    }

    private Nginx nginx(DockerRegistry registry) throws Exception {
        authority.sign("server", "ec:prime256v1");
        return Nginx.before(
                registry.address(),
                folder.resolve("nginx"),
                authority,
                "ssl_client_certificate " + authority.certificate() + "; ssl_verify_client on;");
    }

    private ClientCertificate certificate(String form) {
        return switch (form) {
            case "rsa" -> ClientCertificate.pem(authority.path("rsa.crt"), authority.path("rsa.key"));
            case "rsa, PKCS#1" -> ClientCertificate.pem(authority.path("rsa.crt"), authority.traditional("rsa"));
            case "ec" -> ClientCertificate.pem(authority.path("ec.crt"), authority.path("ec.key"));
            case "ec, RFC 5915" -> ClientCertificate.pem(authority.path("ec.crt"), authority.traditional("ec"));
            default -> ClientCertificate.pkcs12(authority.pkcs12("rsa", "changeit"), "changeit".toCharArray());
        };
    }

    @Test
    void a_client_shows_its_certificate_whatever_form_its_key_has() throws Exception {
        Parts.require("nginx");
        authority.sign("rsa", "rsa:2048");
        authority.sign("ec", "ec:secp384r1");
        try (DockerRegistry registry = registry("");
                Nginx nginx = nginx(registry)) {
            for (String form : new String[] {"rsa", "rsa, PKCS#1", "ec", "ec, RFC 5915", "PKCS#12"}) {
                try (RegistryClient client = RegistryClient.builder()
                        .trust(authority.certificate())
                        .clientCertificate(nginx.address(), certificate(form))
                        .build()) {
                    client.push(image, nginx.address() + "/acme/server:1.0");
                    assertThat(client.resolve(nginx.address() + "/acme/server:1.0"))
                            .as(form)
                            .isEqualTo(image.descriptor());
                }
            }
            try (RegistryClient client =
                    RegistryClient.builder().trust(authority.certificate()).build()) {
                assertThatThrownBy(() -> client.ping(nginx.address()))
                        .isInstanceOfAny(RegistryException.class, TransferException.class);
            }
        }
        assertThatThrownBy(() -> ClientCertificate.pem(authority.path("rsa.crt"), authority.path("ec.key")))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("expected the key of the certificate");
        assertThatThrownBy(() -> ClientCertificate.pem(authority.path("rsa.key"), authority.path("rsa.key")))
                .isInstanceOf(MalformedContentException.class);
        assertThatThrownBy(() -> ClientCertificate.pem(authority.path("rsa.crt"), authority.path("rsa.crt")))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("a private key in PEM");
        assertThatThrownBy(() -> ClientCertificate.pkcs12(authority.path("rsa.p12"), "wrong".toCharArray()))
                .isInstanceOf(MalformedContentException.class)
                .hasNoCause();
    }

    @Test
    void folders_of_docker_and_containerd_say_how_a_registry_is_spoken_to() throws Exception {
        Parts.require("nginx");
        authority.sign("ec", "ec:prime256v1");
        try (DockerRegistry registry = registry("");
                Nginx nginx = nginx(registry)) {
            String reference = nginx.address() + "/acme/server:1.0";
            Path docker = Files.createDirectories(folder.resolve("docker").resolve(nginx.address()));
            Files.copy(authority.certificate(), docker.resolve("ca.crt"));
            Files.copy(authority.path("ec.crt"), docker.resolve("client.cert"));
            Files.copy(authority.path("ec.key"), docker.resolve("client.key"));
            try (RegistryClient client = RegistryClient.builder()
                    .certificateFolders(docker.getParent())
                    .build()) {
                client.push(image, reference);
            }
            assertThat(Command.of("skopeo", "inspect", "--cert-dir=" + docker, "docker://" + reference)
                            .run())
                    .contains(image.digest().toString());

            for (String trust : new String[] {"ca = 'ca.crt'", "skip_verify = true"}) {
                Path containerd =
                        Files.createDirectories(folder.resolve("containerd").resolve("registry.example"));
                Files.copy(
                        docker.resolve("ca.crt"),
                        containerd.resolve("ca.crt"),
                        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                Files.writeString(
                        containerd.resolve("hosts.toml"),
                        "[host.'https://" + nginx.address() + "']\n" + trust + "\nclient = [['"
                                + docker.resolve("client.cert") + "', '" + docker.resolve("client.key") + "']]\n");
                try (RegistryClient client = RegistryClient.builder()
                        .hostsFolders(containerd.getParent())
                        .build()) {
                    assertThat(client.resolve("registry.example/acme/server:1.0"))
                            .as(trust)
                            .isEqualTo(image.descriptor());
                }
            }
            Files.delete(docker.resolve("client.key"));
            try (RegistryClient client = RegistryClient.builder()
                    .certificateFolders(docker.getParent())
                    .build()) {
                assertThatThrownBy(() -> client.resolve(reference))
                        .isInstanceOf(MalformedContentException.class)
                        .hasMessageContaining("client.key");
            }
        }
    }

    @Test
    void a_registries_conf_means_the_same_to_skopeo_and_to_davit() throws Exception {
        authority.sign("server", "rsa:2048");
        try (DockerRegistry registry = registry("");
                RegistryClient plain = RegistryClient.create()) {
            plain.push(image, registry.address() + "/copies/server:1.0");
            Path conf =
                    Files.writeString(folder.resolve("registries.conf"), """
                    [[registry]]
                    prefix = "registry.example/acme"
                    location = "registry.example/acme"
                    [[registry.mirror]]
                    location = "ADDRESS/nowhere"
                    insecure = true
                    [[registry.mirror]]
                    location = "ADDRESS/copies"
                    insecure = true
                    [[registry]]
                    prefix = "*.blocked.example"
                    blocked = true
                    """.replace("ADDRESS", registry.address()));
            String reference = "registry.example/acme/server:1.0";
            Command.of("skopeo", "--registries-conf=" + conf, "copy", "docker://" + reference)
                    .with("oci:" + folder.resolve("copied") + ":1.0")
                    .run();
            assertThat(OciLayout.open(folder.resolve("copied")).resolve("1.0").digest())
                    .isEqualTo(image.digest());
            try (RegistryClient client =
                    RegistryClient.builder().registriesConf(conf).build()) {
                assertThat(client.pull(reference, Platform.LINUX_AMD64, OciLayout.at(folder.resolve("to")))
                                .digest())
                        .isEqualTo(image.digest());
                assertThatThrownBy(() -> client.resolve("a.blocked.example/acme/server"))
                        .isInstanceOf(RegistryException.class)
                        .hasMessageContaining("blocked");
            }
        }
    }
}
