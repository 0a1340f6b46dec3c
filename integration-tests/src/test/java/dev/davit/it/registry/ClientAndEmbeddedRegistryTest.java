package dev.davit.it.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.image.ImageBuilder;
import dev.davit.image.LayerSpec;
import dev.davit.image.OciLayout;
import dev.davit.oci.Platform;
import dev.davit.oci.UnauthorizedException;
import dev.davit.oci.auth.CredentialSource;
import dev.davit.oci.auth.Credentials;
import dev.davit.oci.image.Image;
import dev.davit.registry.RegistryClient;
import dev.davit.testkit.EmbeddedRegistry;
import dev.davit.testkit.RecordedRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The registry client against the embedded registry, which remembers what it was asked. */
class ClientAndEmbeddedRegistryTest {
    private static final Platform PLATFORM = Platform.LINUX_AMD64;

    @TempDir
    Path folder;

    private Image image;

    @BeforeEach
    void make_an_image() {
        byte[] greeting = "hello\n".getBytes(StandardCharsets.UTF_8);
        image = ImageBuilder.scratch(PLATFORM)
                .layer(LayerSpec.named("greeting").file("/etc/greeting", greeting, 0644))
                .build(OciLayout.at(folder.resolve("layout")));
    }

    @Test
    void pushes_and_pulls_with_as_many_requests_as_the_protocol_needs() {
        try (EmbeddedRegistry registry = EmbeddedRegistry.start();
                RegistryClient client = RegistryClient.create()) {
            String reference = registry.address() + "/acme/server:1.0";
            client.push(image, reference);
            assertThat(registry.requests())
                    .extracting(RecordedRequest::method)
                    .containsExactlyInAnyOrder("HEAD", "POST", "PUT", "HEAD", "POST", "PUT", "PUT");
            int pushed = registry.requests().size();

            Image pulled = client.pull(reference, PLATFORM, OciLayout.at(folder.resolve("pulled")));

            assertThat(pulled.digest()).isEqualTo(image.digest());
            assertThat(registry.requests().subList(pushed, registry.requests().size()))
                    .extracting(RecordedRequest::method)
                    .containsExactly("HEAD", "GET", "GET", "GET");
        }
    }

    @Test
    void speaks_tls_and_says_who_it_is() {
        try (EmbeddedRegistry registry =
                EmbeddedRegistry.builder().tls().basicAuth("alice", "secret").start()) {
            Path authority = registry.certificatePem(folder.resolve("ca.pem"));
            String reference = registry.address() + "/acme/server:1.0";
            try (RegistryClient client = RegistryClient.builder()
                    .trust(authority)
                    .credentials(CredentialSource.of(registry.address(), new Credentials("alice", "secret")))
                    .build()) {
                client.push(image, reference);
                assertThat(client.resolve(reference).digest()).isEqualTo(image.digest());
            }
            try (RegistryClient stranger =
                    RegistryClient.builder().trust(authority).build()) {
                assertThatThrownBy(() -> stranger.resolve(reference)).isInstanceOf(UnauthorizedException.class);
            }
        }
    }
}
