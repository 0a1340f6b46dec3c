package dev.davit.it.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.image.ImageBuilder;
import dev.davit.image.LayerSpec;
import dev.davit.image.OciLayout;
import dev.davit.oci.Platform;
import dev.davit.oci.TransferException;
import dev.davit.oci.UnauthorizedException;
import dev.davit.oci.auth.CredentialSource;
import dev.davit.oci.auth.Credentials;
import dev.davit.oci.content.Copier;
import dev.davit.oci.content.Source;
import dev.davit.oci.image.Image;
import dev.davit.registry.RegistryClient;
import dev.davit.testkit.EmbeddedRegistry;
import dev.davit.testkit.Fault;
import dev.davit.testkit.RecordedRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
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
                    .containsExactly("GET", "GET", "GET");
        }
    }

    /** Another client and another layout of the same folder stand for the next process. */
    @Test
    void what_has_arrived_of_a_layer_is_not_pulled_again_the_next_time() {
        byte[] noise = new byte[4_000_000];
        new Random(3).nextBytes(noise);
        Image large = ImageBuilder.scratch(PLATFORM)
                .layer(LayerSpec.named("noise").file("/noise", noise, 0644))
                .build(OciLayout.at(folder.resolve("large")));
        try (EmbeddedRegistry registry = EmbeddedRegistry.start()) {
            String reference = registry.address() + "/acme/large:1.0";
            try (RegistryClient client = RegistryClient.builder()
                    .retries(1, Duration.ofMillis(1), Duration.ofMillis(1))
                    .build()) {
                client.push(large, reference);
                registry.inject(
                        Fault.dropAfter(3_000_000).on("GET", "*/blobs/*").times(2));
                assertThatThrownBy(() -> client.pull(reference, PLATFORM, OciLayout.at(folder.resolve("pulled"))))
                        .isInstanceOf(TransferException.class);
            }
            registry.heal();
            int before = registry.requests().size();
            try (RegistryClient client = RegistryClient.create()) {
                client.pull(reference, PLATFORM, OciLayout.at(folder.resolve("pulled")));
            }
            assertThat(registry.requests().subList(before, registry.requests().size()))
                    .filteredOn(request -> request.path()
                            .endsWith(
                                    large.layers().get(0).descriptor().digest().toString()))
                    .singleElement()
                    .satisfies(request -> {
                        assertThat(request.status()).isEqualTo(206);
                        assertThat(request.headers().get("range").get(0)).startsWith("bytes=2");
                    });
        }
        assertThat(OciLayout.open(folder.resolve("pulled")).verify().isValid()).isTrue();
    }

    @Test
    void copies_within_a_registry_by_mounting_and_sends_nothing() {
        try (EmbeddedRegistry registry = EmbeddedRegistry.start();
                RegistryClient client = RegistryClient.create()) {
            client.push(image, registry.address() + "/acme/server:1.0");
            int pushed = registry.requests().size();

            Copier.create()
                    .copy(
                            client.repository(registry.address() + "/acme/server"),
                            "1.0",
                            client.repository(registry.address() + "/mirror/server"),
                            "1.0");

            List<RecordedRequest> copied =
                    registry.requests().subList(pushed, registry.requests().size());
            assertThat(copied).extracting(RecordedRequest::method).containsExactly("GET", "POST", "POST", "PUT");
            assertThat(copied)
                    .filteredOn(request -> request.method().equals("POST"))
                    .allMatch(request -> request.parameters().containsKey("mount"))
                    .extracting(RecordedRequest::status)
                    .containsOnly(201);
        }
    }

    @Test
    void asks_only_whether_an_image_has_changed_that_a_layout_has() {
        try (EmbeddedRegistry registry = EmbeddedRegistry.start();
                RegistryClient client = RegistryClient.create()) {
            client.push(image, registry.address() + "/acme/server:1.0");
            OciLayout mirror = OciLayout.at(folder.resolve("mirror"));
            Source server = client.repository(registry.address() + "/acme/server");
            Copier.create().copy(server, "1.0", mirror, "1.0");
            int copied = registry.requests().size();

            Copier.create().copy(server, "1.0", mirror, "1.0");

            assertThat(registry.requests().subList(copied, registry.requests().size()))
                    .extracting(RecordedRequest::method)
                    .containsExactly("HEAD");
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
