package dev.davit.it.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.image.ImageBuilder;
import dev.davit.image.LayerSpec;
import dev.davit.image.OciLayout;
import dev.davit.it.Command;
import dev.davit.it.Parts;
import dev.davit.oci.DavitException;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.Platform;
import dev.davit.oci.TransferException;
import dev.davit.oci.UnauthorizedException;
import dev.davit.oci.auth.CredentialSource;
import dev.davit.oci.auth.Credentials;
import dev.davit.oci.content.ContentStore.Outcome;
import dev.davit.oci.content.Copier;
import dev.davit.oci.content.TransferListener;
import dev.davit.oci.image.Image;
import dev.davit.registry.RegistryClient;
import dev.davit.registry.RegistryException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Davit against Debian's docker-registry, with skopeo and buildah as the other users of it. */
class DockerRegistryTest {
    private static final Platform PLATFORM = Platform.LINUX_AMD64;
    private static final Credentials ALICE = new Credentials(DockerRegistry.USER, DockerRegistry.PASSWORD);

    @TempDir
    Path folder;

    private OciLayout layout;
    private Image image;

    @BeforeEach
    void make_an_image() throws IOException {
        Parts.require("docker-registry", "skopeo");
        byte[] large = new byte[3_000_000];
        new Random(7).nextBytes(large);
        layout = OciLayout.at(folder.resolve("layout"));
        image = ImageBuilder.scratch(PLATFORM)
                .layer(LayerSpec.named("greeting").file("/etc/greeting", "hello\n".getBytes(UTF_8), 0644))
                .layer(LayerSpec.named("large").file("/large", large, 0644))
                .config(c -> c.entrypoint("/bin/true"))
                .build(layout);
        layout.tag(image.descriptor(), "1.0");
    }

    private DockerRegistry registry() throws IOException {
        return DockerRegistry.start(Files.createDirectory(folder.resolve("registry")));
    }

    private static String skopeo(String... arguments) {
        return Command.of("skopeo", arguments).run();
    }

    private OciLayout empty(String name) {
        return OciLayout.at(folder.resolve(name));
    }

    @Test
    void skopeo_reads_what_is_pushed_with_the_same_digest() throws IOException {
        try (DockerRegistry registry = registry();
                RegistryClient client = RegistryClient.create()) {
            Descriptor pushed = client.push(image, registry.address() + "/acme/server:1.0");

            String reference = "docker://" + registry.address() + "/acme/server:1.0";
            assertThat(pushed).isEqualTo(image.descriptor());
            assertThat(skopeo("inspect", "--tls-verify=false", reference))
                    .contains(image.digest().toString());
            skopeo("copy", "--src-tls-verify=false", reference, "oci:" + folder.resolve("copy") + ":1.0");
            assertThat(OciLayout.open(folder.resolve("copy")).resolve("1.0").digest())
                    .isEqualTo(image.digest());
        }
    }

    @Test
    void foreign_layers_go_neither_to_a_registry_nor_to_a_layout() throws IOException {
        try (DockerRegistry registry = DockerRegistry.builder(folder.resolve("registry"))
                        .with("validation: {manifests: {urls: {allow: [^https://layers.example/]}}}")
                        .start();
                RegistryClient client = RegistryClient.create()) {
            Manifest plain = image.manifest();
            Descriptor foreign = plain.layers().get(1).toBuilder()
                    .mediaType(MediaType.OCI_FOREIGN_LAYER_GZIP)
                    .urls(List.of("https://layers.example/large.tar.gz"))
                    .build();
            Manifest manifest = plain.toBuilder()
                    .layers(List.of(plain.layers().get(0), foreign))
                    .build();
            Descriptor root = layout.ingest(MediaType.OCI_MANIFEST, new ByteArrayInputStream(manifest.toBytes()));
            layout.tag(root, "windows");
            String reference = registry.address() + "/acme/windows:1.0";

            Descriptor copied = Copier.create().copy(layout, "windows", client.repository(reference), "1.0");

            assertThat(copied.digest()).isEqualTo(root.digest());
            assertThatThrownBy(() -> client.repository(reference).blob(foreign).open())
                    .isInstanceOf(NotFoundException.class);
            skopeo("copy", "--src-tls-verify=false", "docker://" + reference, "oci:" + folder.resolve("theirs") + ":1");
            client.pull(reference, PLATFORM, empty("ours"));
            for (String place : List.of("theirs", "ours")) {
                OciLayout pulled = OciLayout.open(folder.resolve(place));
                assertThatThrownBy(() -> pulled.blob(foreign).open()).as(place).isInstanceOf(NotFoundException.class);
                assertThat(pulled.verify().isValid()).as(place).isTrue();
            }
        }
    }

    @Test
    void pulls_what_skopeo_pushed() throws IOException {
        try (DockerRegistry registry = registry();
                RegistryClient client = RegistryClient.create()) {
            String reference = registry.address() + "/acme/server:1.0";
            skopeo("copy", "--dest-tls-verify=false", "oci:" + layout.folder() + ":1.0", "docker://" + reference);

            Image pulled = client.pull(reference, PLATFORM, empty("pulled"));

            assertThat(pulled.digest()).isEqualTo(image.digest());
            assertThat(OciLayout.open(folder.resolve("pulled")).resolve("1.0").digest())
                    .isEqualTo(image.digest());
            assertThat(pulled.layers().get(1).blob().open())
                    .hasSameContentAs(image.layers().get(1).blob().open());
        }
    }

    @Test
    void pulls_dockers_format_as_it_is() throws IOException {
        try (DockerRegistry registry = registry();
                RegistryClient client = RegistryClient.create()) {
            String reference = registry.address() + "/acme/docker:1.0";
            skopeo(
                    "copy",
                    "--dest-tls-verify=false",
                    "--format=v2s2",
                    "oci:" + layout.folder() + ":1.0",
                    "docker://" + reference);

            Image pulled = client.pull(reference, PLATFORM, empty("pulled"));

            assertThat(pulled.descriptor()).isEqualTo(client.resolve(reference));
            assertThat(pulled.manifest().toBytes())
                    .isEqualTo(skopeo("inspect", "--tls-verify=false", "--raw", "docker://" + reference)
                            .getBytes(UTF_8));
        }
    }

    @Test
    void pulls_what_buildah_pushed() throws IOException {
        Parts.require("buildah");
        Parts.requireRoot();
        try (DockerRegistry registry = registry();
                RegistryClient client = RegistryClient.create()) {
            String reference = registry.address() + "/acme/built:1.0";
            Path hello = Files.writeString(folder.resolve("hello"), "hello");
            Buildah buildah = new Buildah(folder.resolve("storage"));
            String container = buildah.run("from", "scratch").strip();
            buildah.run("copy", container, hello.toString(), "/hello");
            buildah.run("config", "--entrypoint", "[\"/hello\"]", container);
            buildah.run("commit", "--format=oci", container, "built");
            buildah.run("push", "--tls-verify=false", "built", "docker://" + reference);

            Image pulled = client.pull(reference, Platform.host(), empty("pulled"));

            assertThat(pulled.layers()).hasSize(1);
            assertThat(pulled.config().execution().entrypoint()).containsExactly("/hello");
        }
    }

    @Test
    void needs_no_more_requests_than_the_protocol() throws IOException {
        try (DockerRegistry registry = registry();
                RegistryClient client = RegistryClient.create()) {
            String reference = registry.address() + "/acme/server:1.0";
            client.push(image, reference);
            assertThat(requests(registry)).as("push of three blobs").isEqualTo(3 * 3 + 1);
            client.push(image, reference);
            assertThat(requests(registry)).as("the same again").isEqualTo(10 + 3 + 1);

            client.pull(reference, PLATFORM, empty("pulled"));
            // one for the manifest, blobs, and none afterwards
            assertThat(requests(registry)).as("pull of three blobs").isEqualTo(14 + 1 + 3);
        }
    }

    private static long requests(DockerRegistry registry) {
        return registry.log()
                .lines()
                .filter(line -> line.contains("\"GET /v2/")
                        || line.contains("\"HEAD /v2/")
                        || line.contains("\"POST /v2/")
                        || line.contains("\"PUT /v2/"))
                .count();
    }

    @Test
    void copies_within_a_registry_without_moving_a_byte() throws IOException {
        try (DockerRegistry registry = registry();
                RegistryClient client = RegistryClient.create()) {
            client.push(image, registry.address() + "/acme/server:1.0");
            Queue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
            Copier copier = Copier.builder()
                    .listener(new TransferListener() {
                        @Override
                        public void finished(Descriptor node, Outcome outcome) {
                            if (!node.mediaType().isDocument()) {
                                outcomes.add(outcome);
                            }
                        }
                    })
                    .build();
            long before = requests(registry);

            copier.copy(
                    client.repository(registry.address() + "/acme/server"),
                    "1.0",
                    client.repository(registry.address() + "/acme/mirror"),
                    "2.0");

            assertThat(outcomes).hasSize(3).containsOnly(Outcome.MOUNTED);
            assertThat(requests(registry) - before)
                    .as("manifest, three mounts, tag")
                    .isEqualTo(5);
            assertThat(client.resolve(registry.address() + "/acme/mirror:2.0").digest())
                    .isEqualTo(image.digest());
        }
    }

    @Test
    void tags_what_is_there_and_lists_tags() throws IOException {
        try (DockerRegistry registry = registry();
                RegistryClient client = RegistryClient.create()) {
            client.push(image, registry.address() + "/acme/server:1.0");
            var repository = client.repository(registry.address() + "/acme/server");

            repository.tag(image.descriptor(), "latest");

            assertThat(repository.tags()).containsExactly("1.0", "latest");
            assertThat(repository.resolve("latest").digest()).isEqualTo(image.digest());
            assertThat(repository.resolve(image.digest().toString()).digest()).isEqualTo(image.digest());
        }
    }

    @Test
    void a_part_of_a_blob_can_be_read() throws IOException {
        try (DockerRegistry registry = registry();
                RegistryClient client = RegistryClient.create()) {
            client.push(image, registry.address() + "/acme/server:1.0");
            Descriptor layer = image.layers().get(1).descriptor();
            var blob = client.repository(registry.address() + "/acme/server").blob(layer);

            byte[] whole = layout.blob(layer).open().readAllBytes();
            try (var part = blob.openRange(1000, 2000)) {
                assertThat(part.readAllBytes()).isEqualTo(java.util.Arrays.copyOfRange(whole, 1000, 3000));
            }
            try (var end = blob.openRange(layer.size() - 5, 100)) {
                assertThat(end.readAllBytes()).hasSize(5);
            }
        }
    }

    @Test
    void basic_authentication_lets_in_who_knows_the_password() throws IOException {
        try (DockerRegistry registry = DockerRegistry.builder(Files.createDirectory(folder.resolve("registry")))
                .basicAuth()
                .start()) {
            String reference = registry.address() + "/acme/server:1.0";
            try (RegistryClient client = RegistryClient.builder()
                    .credentials(CredentialSource.of(registry.address(), ALICE))
                    .build()) {
                client.push(image, reference);
                assertThat(client.pull(reference, PLATFORM, empty("pulled")).digest())
                        .isEqualTo(image.digest());
                assertThat(registry.log().lines().filter(line -> line.contains(" 401 ")))
                        .as("asked once, then sent by itself")
                        .hasSize(1);
            }
            assertThat(skopeo("inspect", "--tls-verify=false", "--creds=alice:correct horse", "docker://" + reference))
                    .contains(image.digest().toString());
        }
    }

    @Test
    void basic_authentication_refuses_everybody_else_in_one_line() throws IOException {
        try (DockerRegistry registry = DockerRegistry.builder(Files.createDirectory(folder.resolve("registry")))
                .basicAuth()
                .start()) {
            String reference = registry.address() + "/acme/server:1.0";
            Credentials wrong = new Credentials("alice", "a wrong secret");
            try (RegistryClient client = RegistryClient.builder()
                    .credentials(CredentialSource.of(registry.address(), wrong))
                    .build()) {
                assertThatThrownBy(() -> client.push(image, reference))
                        .isInstanceOf(UnauthorizedException.class)
                        .hasMessageContaining("the credentials of \"alice\" were refused by " + registry.address())
                        .hasMessageNotContaining("secret");
            }
            try (RegistryClient client = RegistryClient.create()) {
                assertThatThrownBy(() -> client.resolve(reference))
                        .isInstanceOf(UnauthorizedException.class)
                        .hasMessageContaining(registry.address() + " wants credentials")
                        .hasCauseInstanceOf(RegistryException.class);
            }
        }
    }

    @Test
    void tls_with_an_authority_of_its_own_is_trusted_if_told_so() throws IOException {
        try (DockerRegistry registry = DockerRegistry.builder(Files.createDirectory(folder.resolve("registry")))
                .tls()
                .basicAuth()
                .start()) {
            String reference = registry.address() + "/acme/server:1.0";
            try (RegistryClient client = RegistryClient.builder()
                    .trust(registry.certificate())
                    .credentials(CredentialSource.of(registry.address(), ALICE))
                    .build()) {
                client.push(image, reference);
                assertThat(client.pull(reference, PLATFORM, empty("pulled")).digest())
                        .isEqualTo(image.digest());
            }
            try (RegistryClient client = RegistryClient.builder()
                    .insecureTls(registry.address())
                    .credentials(CredentialSource.of(registry.address(), ALICE))
                    .build()) {
                assertThat(client.resolve(reference).digest()).isEqualTo(image.digest());
            }
            assertThat(skopeo(
                            "inspect",
                            "--cert-dir=" + registry.certificate().getParent(),
                            "--creds=alice:correct horse",
                            "docker://" + reference))
                    .contains(image.digest().toString());
        }
    }

    @Test
    void tls_that_is_not_trusted_is_refused_and_nothing_goes_over_plain_http() throws IOException {
        try (DockerRegistry registry = DockerRegistry.builder(Files.createDirectory(folder.resolve("registry")))
                        .tls()
                        .start();
                RegistryClient client = RegistryClient.builder()
                        .allowPlainHttp(registry.address())
                        .build()) {
            assertThatThrownBy(() -> client.resolve(registry.address() + "/acme/server:1.0"))
                    .isInstanceOf(TransferException.class)
                    .hasMessageContaining("cannot reach " + registry.address() + ": its certificate is not trusted")
                    .hasMessageContaining("trust(");
            assertThat(registry.log()).doesNotContain("HTTP request to an HTTPS server");
        }
    }

    @Test
    void a_missing_tag_and_a_missing_repository_are_not_found() throws IOException {
        try (DockerRegistry registry = registry();
                RegistryClient client = RegistryClient.create()) {
            client.push(image, registry.address() + "/acme/server:1.0");
            for (String missing :
                    List.of("/acme/server:2.0", "/acme/other:1.0", "/acme/server@sha256:" + "0".repeat(64))) {
                assertThatThrownBy(() -> client.pull(registry.address() + missing, PLATFORM, empty("pulled")))
                        .as(missing)
                        .isInstanceOf(NotFoundException.class)
                        .hasMessageContaining(registry.address() + missing.replaceAll("[:@].*", ""));
            }
            assertThat(OciLayout.open(folder.resolve("pulled")).index().manifests())
                    .isEmpty();
            assertThat(folder.resolve("pulled/blobs/sha256")).doesNotExist();
        }
    }

    @Test
    void a_registry_that_is_not_there_is_one_readable_line() throws IOException {
        String address;
        try (DockerRegistry registry = registry()) {
            address = registry.address();
        }
        try (RegistryClient client = RegistryClient.create()) {
            assertThatThrownBy(() -> client.pull(address + "/acme/server:1.0", PLATFORM, empty("pulled")))
                    .isInstanceOf(TransferException.class)
                    .hasMessage("cannot reach " + address + ": connection refused");
            assertThatThrownBy(() -> client.resolve("registry.invalid/acme/server:1.0"))
                    .isInstanceOf(DavitException.class)
                    .hasMessage("cannot reach registry.invalid: unknown host");
        }
    }

    /** buildah with a storage of its own, so that it leaves nothing behind on the machine. */
    private record Buildah(Path storage) {
        String run(String... arguments) {
            return Command.of("buildah", "--root", storage.resolve("root").toString())
                    .with("--runroot", storage.resolve("run").toString(), "--storage-driver", "vfs")
                    .with(arguments)
                    .run();
        }
    }
}
