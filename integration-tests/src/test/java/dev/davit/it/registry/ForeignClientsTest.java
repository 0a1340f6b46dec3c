package dev.davit.it.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.it.Command;
import dev.davit.it.Parts;
import dev.davit.oci.Digest;
import dev.davit.oci.Index;
import dev.davit.oci.Manifest;
import dev.davit.testkit.EmbeddedRegistry;
import dev.davit.testkit.RecordedRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The embedded registry as skopeo, umoci and buildah see it: what they push they pull, with the same digest. */
class ForeignClientsTest {
    @TempDir
    Path folder;

    private Path layout;
    private Digest pushed;

    @BeforeEach
    void make_an_image() throws IOException {
        Parts.require("skopeo", "umoci");
        layout = folder.resolve("layout");
        String image = layout + ":1.0";
        Path content = Files.createDirectories(folder.resolve("content/etc"));
        Files.writeString(content.resolve("greeting"), "hello\n");
        byte[] large = new byte[20_000_000];
        new Random(7).nextBytes(large);
        Files.write(content.resolve("large"), large);
        Command.of("umoci", "init", "--layout", layout.toString()).run();
        Command.of("umoci", "new", "--image", image).run();
        Command.of("umoci", "insert", "--image", image, content.toString(), "/etc")
                .run();
        pushed = onlyManifest(layout);
    }

    private static Digest onlyManifest(Path layout) throws IOException {
        Index index = Index.parse(Files.readAllBytes(layout.resolve("index.json")));
        assertThat(index.manifests()).hasSize(1);
        return index.manifests().get(0).digest();
    }

    private static Command skopeo(String... arguments) {
        return Command.of("skopeo", arguments);
    }

    private void push(String reference) {
        skopeo("copy", "--dest-tls-verify=false", "oci:" + layout + ":1.0", reference)
                .run();
    }

    @Test
    void skopeo_pushes_and_pulls_the_same_image() throws IOException {
        try (EmbeddedRegistry registry = EmbeddedRegistry.start()) {
            String reference = "docker://" + registry.address() + "/acme/server:1.0";
            push(reference);
            Path pulled = folder.resolve("pulled");
            skopeo("copy", "--src-tls-verify=false", reference, "oci:" + pulled + ":1.0")
                    .run();

            assertThat(onlyManifest(pulled)).isEqualTo(pushed);
            assertThat(skopeo("inspect", "--tls-verify=false", reference).run()).contains(pushed.toString());
            assertThat(skopeo("inspect", "--tls-verify=false", "--raw", reference)
                            .run())
                    .isEqualTo(Files.readString(layout.resolve("blobs/sha256/" + pushed.encoded())));
        }
    }

    @Test
    void skopeo_copies_within_the_registry_lists_and_deletes() {
        try (EmbeddedRegistry registry = EmbeddedRegistry.start()) {
            SkopeoOfItsOwn skopeo = new SkopeoOfItsOwn(folder.resolve("containers"));
            String server = "docker://" + registry.address() + "/acme/server";
            String mirror = "docker://" + registry.address() + "/acme/mirror";
            skopeo.command("copy", "--dest-tls-verify=false", "oci:" + layout + ":1.0", server + ":1.0")
                    .run();
            String log = "";
            for (String copy : List.of(mirror + ":1.0", server + ":1.1")) {
                Command.Result result = skopeo.command(
                                "--debug",
                                "copy",
                                "--src-tls-verify=false",
                                "--dest-tls-verify=false",
                                server + ":1.0",
                                copy)
                        .runAnyhow();
                assertThat(result.exitCode()).as(result.errors()).isZero();
                log += result.errors();
            }

            // Whether it mounts is up to skopeo; if it does, the registry must not make it upload.
            assertThat(registry.requests())
                    .filteredOn(request -> request.parameters().containsKey("mount"))
                    .as("requests to mount; skopeo says: %s", aboutReuse(log))
                    .extracting(RecordedRequest::status)
                    .allMatch(status -> status == 201);
            assertThat(skopeo("list-tags", "--tls-verify=false", server).run()).contains("\"1.0\"", "\"1.1\"");
            skopeo("delete", "--tls-verify=false", server + ":1.0").run(); // by digest: every tag goes with it
            assertThat(skopeo("list-tags", "--tls-verify=false", server).run()).doesNotContain("\"1.");
            assertThat(skopeo("inspect", "--tls-verify=false", mirror + ":1.0").run())
                    .contains(pushed.toString());
        }
    }

    private static String aboutReuse(String log) {
        return log.lines()
                .filter(line -> line.matches("(?i).*(cache|reus|mount|blob).*"))
                .collect(Collectors.joining("\n"));
    }

    @Test
    void a_request_to_mount_in_the_words_of_skopeo_is_answered_with_the_blob() throws Exception {
        try (EmbeddedRegistry registry = EmbeddedRegistry.start()) {
            push("docker://" + registry.address() + "/acme/server:1.0");
            String digest = layerOf(pushed).toString();
            HttpClient http = HttpClient.newHttpClient();
            URI mount = registry.uri()
                    .resolve("/v2/acme/mirror/blobs/uploads/?from=acme%2Fserver&mount=" + digest.replace(":", "%3A"));
            HttpResponse<Void> mounted = http.send(
                    HttpRequest.newBuilder(mount)
                            .POST(HttpRequest.BodyPublishers.noBody())
                            .build(),
                    HttpResponse.BodyHandlers.discarding());

            assertThat(mounted.statusCode()).isEqualTo(201);
            URI blob = mount.resolve(mounted.headers().firstValue("Location").orElseThrow());
            assertThat(blob.getPath()).isEqualTo("/v2/acme/mirror/blobs/" + digest);
            assertThat(http.send(HttpRequest.newBuilder(blob).build(), HttpResponse.BodyHandlers.ofByteArray())
                            .body())
                    .hasSameSizeAs(Files.readAllBytes(blobFile(layerOf(pushed))));
        }
    }

    private Digest layerOf(Digest manifest) throws IOException {
        return Manifest.parse(Files.readAllBytes(blobFile(manifest)))
                .layers()
                .get(0)
                .digest();
    }

    private Path blobFile(Digest digest) {
        return layout.resolve("blobs/sha256/" + digest.encoded());
    }

    @Test
    void skopeo_converts_to_dockers_format_and_back() {
        try (EmbeddedRegistry registry = EmbeddedRegistry.start()) {
            String docker = "docker://" + registry.address() + "/acme/docker:1.0";
            skopeo("copy", "--dest-tls-verify=false", "--format=v2s2", "oci:" + layout + ":1.0", docker)
                    .run();

            assertThat(skopeo("inspect", "--tls-verify=false", "--raw", docker).run())
                    .contains("application/vnd.docker.distribution.manifest.v2+json");
            skopeo("copy", "--src-tls-verify=false", "--format=oci", docker, "oci:" + folder.resolve("back") + ":1.0")
                    .run();
        }
    }

    @Test
    void skopeo_trusts_the_certificate_and_needs_the_password() throws IOException {
        try (EmbeddedRegistry registry =
                EmbeddedRegistry.builder().tls().basicAuth("user", "secret").start()) {
            Path certificates = Files.createDirectories(folder.resolve("certs"));
            registry.certificatePem(certificates.resolve("ca.crt"));
            String reference = "docker://" + registry.address() + "/acme/server:1.0";
            String trust = "--cert-dir=" + certificates;
            skopeo(
                            "copy",
                            "--dest-cert-dir=" + certificates,
                            "--dest-creds=user:secret",
                            "oci:" + layout + ":1.0",
                            reference)
                    .run();

            assertThat(skopeo("inspect", trust, "--creds=user:secret", reference)
                            .run())
                    .contains(pushed.toString());
            Command.Result wrongPassword =
                    skopeo("inspect", trust, "--creds=user:wrong", reference).runAnyhow();
            assertThat(wrongPassword.exitCode()).isNotZero();
            assertThat(wrongPassword.errors()).contains("unauthorized");
            Command.Result untrusted =
                    skopeo("inspect", "--creds=user:secret", reference).runAnyhow();
            assertThat(untrusted.exitCode()).isNotZero();
            assertThat(untrusted.errors()).contains("certificate");
        }
    }

    @Test
    void skopeo_reads_the_stored_folder_as_a_layout() throws IOException {
        Path store = folder.resolve("store");
        try (EmbeddedRegistry registry =
                EmbeddedRegistry.builder().storage(store).start()) {
            push("docker://" + registry.address() + "/acme/server:1.0");
        }

        Path copy = folder.resolve("copy");
        skopeo("copy", "oci:" + store + ":acme/server:1.0", "oci:" + copy + ":1.0")
                .run();

        assertThat(onlyManifest(copy)).isEqualTo(pushed);
    }

    @Test
    void buildah_pushes_an_index_and_pulls_its_images() {
        Parts.requireRoot();
        try (EmbeddedRegistry registry = EmbeddedRegistry.start()) {
            String reference = registry.address() + "/acme/built:1.0";
            String container = buildah("from", "scratch").run().strip();
            buildah("copy", container, layout.resolve("index.json").toString(), "/index.json")
                    .run();
            buildah("commit", "--rm", "--manifest=list", container).run();
            buildah("manifest", "push", "--all", "--tls-verify=false", "list", "docker://" + reference)
                    .run();
            buildah("rmi", "--all", "--force").run();

            buildah("pull", "--tls-verify=false", reference).run();

            assertThat(buildah("images", "--json").run()).contains(reference);
            assertThat(skopeo("inspect", "--tls-verify=false", "--raw", "docker://" + reference)
                            .run())
                    .contains("\"manifests\"");
            buildah("rmi", "--all", "--force").run();
        }
    }

    private Command buildah(String... arguments) {
        return Command.of(
                        "buildah",
                        "--root=" + folder.resolve("storage"),
                        "--runroot=" + folder.resolve("run"),
                        "--storage-driver=vfs")
                .with(arguments);
    }
}
