package dev.davit.it.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.image.ImageBuilder;
import dev.davit.image.LayerSpec;
import dev.davit.image.OciLayout;
import dev.davit.it.Parts;
import dev.davit.oci.Platform;
import dev.davit.oci.TransferException;
import dev.davit.oci.image.Image;
import dev.davit.registry.NotSupportedException;
import dev.davit.registry.RegistryClient;
import dev.davit.registry.RegistryException;
import dev.davit.registry.RegistryListener;
import dev.davit.registry.RemoteRepository;
import dev.davit.testkit.EmbeddedRegistry;
import dev.davit.testkit.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Registries that take nothing, delete nothing, or stand behind somebody who limits, and the ways to them. */
class RegistryModesTest {
    private static final Duration SOON = Duration.ofMillis(20);

    @TempDir
    Path folder;

    private Image image;

    @BeforeEach
    void make_an_image() {
        Parts.require("docker-registry", "openssl", "nginx");
        byte[] noise = new byte[3_000_000];
        new Random(1).nextBytes(noise);
        ImageBuilder builder = ImageBuilder.scratch(Platform.LINUX_AMD64)
                .layer(LayerSpec.named("noise").file("/noise", noise, 0644));
        for (int i = 0; i < 5; i++) {
            builder.layer(LayerSpec.named("layer " + i).file("/" + i, ("layer " + i).getBytes(UTF_8), 0644));
        }
        image = builder.build(OciLayout.at(folder.resolve("layout")));
    }

    private DockerRegistry.Builder registry() {
        return DockerRegistry.builder(folder.resolve("registry"));
    }

    private void isPulledWhole(RegistryClient client, String reference) throws IOException {
        Path to = Files.createTempDirectory(folder, "to");
        assertThat(client.pull(reference, Platform.LINUX_AMD64, OciLayout.at(to))
                        .digest())
                .isEqualTo(image.digest());
        assertThat(OciLayout.open(to).verify().isValid()).isTrue();
    }

    @Test
    void what_takes_nothing_and_what_deletes_nothing_says_so() throws Exception {
        try (RegistryClient client = RegistryClient.create()) {
            try (DockerRegistry registry = registry().withoutDeletion().start()) {
                RemoteRepository repository = client.repository(registry.address() + "/acme/server");
                client.push(image, registry.address() + "/acme/server:1.0");
                assertThatThrownBy(() -> repository.delete(image.descriptor()))
                        .isInstanceOf(NotSupportedException.class)
                        .hasMessageContaining("does not delete");
                assertThatThrownBy(() -> repository.untag("1.0")).isInstanceOf(NotSupportedException.class);
                assertThatThrownBy(() -> repository.delete(image.layers().get(0).descriptor()))
                        .isInstanceOf(NotSupportedException.class);
                isPulledWhole(client, registry.address() + "/acme/server:1.0");
            }
            try (DockerRegistry registry = registry().readOnly().start()) {
                isPulledWhole(client, registry.address() + "/acme/server:1.0");
                assertThatThrownBy(() -> client.push(image, registry.address() + "/acme/other:1.0"))
                        .isInstanceOfSatisfying(
                                RegistryException.class,
                                e -> assertThat(e.status()).isEqualTo(405));
            }
        }
    }

    private Nginx nginx(String registry, TestAuthority authority, String settings) throws Exception {
        authority.sign("server", "ec:prime256v1");
        return Nginx.before(registry, Files.createTempDirectory(folder, "nginx"), authority, settings);
    }

    @Test
    void what_is_too_long_for_a_proxy_goes_in_pieces() throws Exception {
        TestAuthority authority = new TestAuthority(folder.resolve("authority"));
        try (DockerRegistry registry = registry().start();
                Nginx nginx = nginx(registry.address(), authority, "client_max_body_size 1m;");
                RegistryClient client =
                        RegistryClient.builder().trust(authority.certificate()).build()) {
            client.push(image, nginx.address() + "/acme/server:1.0");

            isPulledWhole(client, nginx.address() + "/acme/server:1.0");
            assertThat(nginx.requests()).anyMatch(line -> line.endsWith(" 413"));
            assertThat(nginx.requests())
                    .filteredOn(line -> line.startsWith("PATCH "))
                    .hasSizeGreaterThanOrEqualTo(3)
                    .anyMatch(line -> line.endsWith(" 202"));
        }
    }

    @Test
    void who_limits_the_rate_of_requests_gets_no_more_of_them() throws Exception {
        TestAuthority authority = new TestAuthority(folder.resolve("authority"));
        AtomicInteger throttled = new AtomicInteger();
        RegistryListener listener = new RegistryListener() {
            @Override
            public void throttled(String registry, Duration wait) {
                throttled.incrementAndGet();
            }
        };
        try (DockerRegistry registry = registry().start();
                Nginx nginx = nginx(
                        registry.address(), authority, "limit_req zone=all burst=1 nodelay; limit_req_status 429;");
                RegistryClient client = RegistryClient.builder()
                        .trust(authority.certificate())
                        .retries(10, Duration.ofMillis(100), Duration.ofSeconds(5))
                        .listener(listener)
                        .build()) {
            client.push(image, nginx.address() + "/acme/server:1.0");

            isPulledWhole(client, nginx.address() + "/acme/server:1.0");
            List<String> requests = nginx.requests();
            assertThat(requests).anyMatch(line -> line.endsWith(" 429"));
            assertThat(throttled).hasPositiveValue();
            assertThat(requests.stream().filter(line -> line.endsWith(" 429")).count())
                    .as("refusals, of %s requests", requests.size())
                    .isLessThan(requests.size() / 2);
        }
    }

    /** What breaks behind nginx ends a stream of the connection, and not the connection. */
    @Test
    void streams_of_http_2_that_break_go_on() throws Exception {
        TestAuthority authority = new TestAuthority(folder.resolve("authority"));
        try (EmbeddedRegistry registry = EmbeddedRegistry.start();
                Nginx nginx =
                        nginx(registry.address(), authority, "proxy_buffering off; proxy_request_buffering off;");
                RegistryClient client = RegistryClient.builder()
                        .trust(authority.certificate())
                        .retries(4, SOON, SOON)
                        .build()) {
            Fault lost = Fault.dropRequestAfter(500_000)
                    .on("PUT", "*/blobs/uploads/*")
                    .times(2);
            registry.inject(lost);
            client.push(image, nginx.address() + "/acme/server:1.0");
            assertThat(registry.hits(lost)).isEqualTo(2);

            for (Fault kind : List.of(Fault.dropAfter(1_000_000), Fault.resetAfter(1_000_000), Fault.drop())) {
                Fault fault = kind.on("GET", "*/blobs/*").times(2);
                registry.inject(fault);
                isPulledWhole(client, nginx.address() + "/acme/server:1.0");
                assertThat(registry.hits(fault)).isEqualTo(2);
                registry.heal();
            }
            assertThat(nginx.requests()).allMatch(line -> line.contains("HTTP/2.0"));
        }
    }

    @Test
    void a_proxy_leads_to_registries_that_only_it_can_find() throws Exception {
        TestAuthority authority = new TestAuthority(folder.resolve("authority"));
        try (DockerRegistry registry = registry().start();
                Nginx nginx = nginx(registry.address(), authority, "");
                Tinyproxy proxy = Tinyproxy.start(folder.resolve("proxy"))) {
            String secure = nginx.address().replace("localhost", "registry.test");
            String plain = registry.address().replace("localhost", "registry.test");
            try (RegistryClient client = RegistryClient.builder()
                    .proxy(proxy.url())
                    .trust(authority.certificate())
                    .allowPlainHttp(plain)
                    .build()) {
                client.push(image, secure + "/acme/server:1.0");
                isPulledWhole(client, secure + "/acme/server:1.0");
                isPulledWhole(client, plain + "/acme/server:1.0");
                isPulledWhole(client, registry.address() + "/acme/server:1.0");
            }
            assertThat(proxy.log()).contains("CONNECT " + secure).contains("GET http://" + plain);
            assertThat(proxy.log()).as("this machine is reached directly").doesNotContain(registry.address());
            try (RegistryClient client = RegistryClient.builder()
                    .proxy(proxy.wrongUrl())
                    .trust(authority.certificate())
                    .build()) {
                assertThatThrownBy(() -> client.resolve(secure + "/acme/server:1.0"))
                        .isInstanceOfAny(TransferException.class, RegistryException.class)
                        .hasMessageNotContaining("s3cr3t");
            }
        }
    }
}
