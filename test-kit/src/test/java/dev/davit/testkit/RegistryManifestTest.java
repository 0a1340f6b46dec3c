package dev.davit.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.oci.Digest;
import dev.davit.oci.Digester;
import dev.davit.oci.MediaType;
import dev.davit.testkit.RegistryCalls.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Manifests, indexes and tags: kept byte for byte, complete, and only as what they are. */
class RegistryManifestTest {
    private static final String SERVER = "acme/server";
    private static final String MANIFESTS = "/v2/" + SERVER + "/manifests/";

    private EmbeddedRegistry registry;
    private RegistryCalls calls;

    @BeforeEach
    void start() {
        registry = EmbeddedRegistry.start();
        calls = new RegistryCalls(registry);
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    @Test
    void keeps_a_manifest_byte_for_byte_under_tag_and_digest() {
        String manifest = calls.imageManifest(SERVER, "layer", ", \"unknown\" : [1.0e0, null] ")
                .replace(",", " , ");
        Digest digest = RegistryCalls.digestOf(manifest);

        Answer put = calls.putManifest(SERVER, "1.0", RegistryCalls.MANIFEST + "; charset=utf-8", manifest)
                .hasStatus(201);

        assertThat(put.header("Location")).isEqualTo(MANIFESTS + digest);
        assertThat(put.header("Docker-Content-Digest")).isEqualTo(digest.toString());
        for (String reference : List.of("1.0", digest.toString())) {
            Answer get = calls.get(MANIFESTS + reference).hasStatus(200);
            assertThat(get.text()).isEqualTo(manifest);
            assertThat(get.header("Content-Type")).isEqualTo(RegistryCalls.MANIFEST);
            assertThat(get.header("Docker-Content-Digest")).isEqualTo(digest.toString());
            Answer head = calls.head(MANIFESTS + reference).hasStatus(200);
            assertThat(head.bytes()).isEmpty();
            assertThat(head.header("Content-Length")).isEqualTo(Integer.toString(manifest.length()));
        }
    }

    @Test
    void keeps_manifests_and_lists_of_docker_as_such() {
        String docker = calls.imageManifest(SERVER, "layer", "")
                .replace(RegistryCalls.MANIFEST, MediaType.DOCKER_MANIFEST.value());
        calls.putManifest(SERVER, "1.0", MediaType.DOCKER_MANIFEST.value(), docker)
                .hasStatus(201);
        String list = index(MediaType.DOCKER_MANIFEST_LIST, MediaType.DOCKER_MANIFEST, docker);
        calls.putManifest(SERVER, "list", MediaType.DOCKER_MANIFEST_LIST.value(), list)
                .hasStatus(201);

        assertThat(calls.get(MANIFESTS + "1.0").header("Content-Type")).isEqualTo(MediaType.DOCKER_MANIFEST.value());
        assertThat(calls.get(MANIFESTS + "list").header("Content-Type"))
                .isEqualTo(MediaType.DOCKER_MANIFEST_LIST.value());
    }

    private static String index(MediaType type, MediaType childType, String... children) {
        List<String> descriptors = new ArrayList<>();
        for (String child : children) {
            descriptors.add(
                    RegistryCalls.descriptorOf(childType.value(), RegistryCalls.digestOf(child), child.length()));
        }
        return "{\"schemaVersion\":2,\"mediaType\":\"" + type + "\",\"manifests\":[" + String.join(",", descriptors)
                + "]}";
    }

    @Test
    void moves_a_tag_and_keeps_what_it_named() {
        String old = calls.pushImage(SERVER, "latest");
        String young = calls.imageManifest(SERVER, "younger", "");
        calls.putManifest(SERVER, "latest", RegistryCalls.MANIFEST, young).hasStatus(201);

        assertThat(calls.get(MANIFESTS + "latest").text()).isEqualTo(young);
        assertThat(calls.get(MANIFESTS + RegistryCalls.digestOf(old)).text()).isEqualTo(old);
    }

    @Test
    void refuses_a_manifest_while_a_blob_is_missing() {
        String manifest = calls.imageManifest("acme/elsewhere", "layer", "");

        calls.putManifest(SERVER, "1.0", RegistryCalls.MANIFEST, manifest).isError(404, "MANIFEST_BLOB_UNKNOWN");

        calls.get(MANIFESTS + "1.0").isError(404, "MANIFEST_UNKNOWN");
        calls.get("/v2/" + SERVER + "/tags/list").isError(404, "NAME_UNKNOWN");
    }

    @Test
    void refuses_an_index_while_a_manifest_is_missing() {
        String manifest = calls.imageManifest(SERVER, "layer", "");
        String index = index(MediaType.OCI_INDEX, MediaType.OCI_MANIFEST, manifest);

        calls.putManifest(SERVER, "1.0", RegistryCalls.INDEX, index).isError(404, "MANIFEST_BLOB_UNKNOWN");
        calls.putManifest(SERVER, RegistryCalls.digestOf(manifest).toString(), RegistryCalls.MANIFEST, manifest)
                .hasStatus(201);

        calls.putManifest(SERVER, "1.0", RegistryCalls.INDEX, index).hasStatus(201);
        String nested = index(MediaType.OCI_INDEX, MediaType.OCI_INDEX, index);
        calls.putManifest(SERVER, "nested", RegistryCalls.INDEX, nested).hasStatus(201);
        String empty = index(MediaType.OCI_INDEX, MediaType.OCI_MANIFEST);
        calls.putManifest(SERVER, "empty", RegistryCalls.INDEX, empty).hasStatus(201);
    }

    @Test
    void takes_manifests_without_their_children_where_that_is_allowed() {
        try (EmbeddedRegistry sparse = EmbeddedRegistry.builder().allowSparse().start()) {
            RegistryCalls sparseCalls = new RegistryCalls(sparse);
            String manifest = calls.imageManifest("acme/elsewhere", "layer", "");

            sparseCalls
                    .putManifest(SERVER, "1.0", RegistryCalls.MANIFEST, manifest)
                    .hasStatus(201);
            sparseCalls
                    .putManifest(
                            SERVER, "2.0", RegistryCalls.INDEX, index(MediaType.OCI_INDEX, MediaType.OCI_MANIFEST, "x"))
                    .hasStatus(201);
        }
    }

    @Test
    void needs_no_layer_that_is_to_be_fetched_from_elsewhere() {
        String foreign = "{\"mediaType\":\"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip\",\"size\":5,"
                + "\"digest\":\"" + RegistryCalls.digestOf("foreign") + "\",\"urls\":[\"https://layers.example/1\"]}";
        String manifest =
                calls.imageManifest(SERVER, "layer", "").replace("\"layers\":[", "\"layers\":[" + foreign + ",");

        calls.putManifest(SERVER, "windows", RegistryCalls.MANIFEST, manifest).hasStatus(201);
    }

    @Test
    void takes_an_image_without_layers() {
        String config = RegistryCalls.descriptorOf(MediaType.OCI_CONFIG.value(), calls.pushBlob(SERVER, "{}"), 2);
        String manifest = "{\"schemaVersion\":2,\"mediaType\":\"" + RegistryCalls.MANIFEST + "\",\"config\":" + config
                + ",\"layers\":[]}";

        calls.putManifest(SERVER, "bare", RegistryCalls.MANIFEST, manifest).hasStatus(201);
    }

    @Test
    void refuses_a_manifest_pushed_by_another_digest() {
        String manifest = calls.imageManifest(SERVER, "layer", "");
        String wrong = RegistryCalls.digestOf("other").toString();

        calls.putManifest(SERVER, wrong, RegistryCalls.MANIFEST, manifest).isError(400, "DIGEST_INVALID");

        calls.get(MANIFESTS + wrong).isError(404, "MANIFEST_UNKNOWN");
    }

    @Test
    void refuses_what_is_not_what_it_says() {
        String manifest = calls.imageManifest(SERVER, "layer", "");
        String docker = MediaType.DOCKER_MANIFEST.value();
        for (String body : List.of(
                "",
                "{",
                "[]",
                "null",
                "hello",
                manifest + "x",
                "\ufeff" + manifest,
                "{\"schemaVersion\":1}",
                manifest.replace("\"schemaVersion\":2", "\"schemaVersion\":1"),
                manifest.replace("\"config\"", "\"manifests\":[],\"config\""),
                manifest.replace("\"schemaVersion\":2", "\"schemaVersion\":2,\"schemaVersion\":2"),
                manifest.replace("sha256:", "sha256:../"),
                "[".repeat(100_000))) {
            calls.putManifest(SERVER, "1.0", RegistryCalls.MANIFEST, body).isError(400, "MANIFEST_INVALID");
        }
        calls.putManifest(SERVER, "1.0", docker, manifest).isError(400, "MANIFEST_INVALID");
        calls.putManifest(SERVER, "1.0", RegistryCalls.INDEX, manifest).isError(400, "MANIFEST_INVALID");
        calls.putManifest(SERVER, "1.0", "application/json", manifest).isError(400, "MANIFEST_INVALID");
        calls.putManifest(SERVER, "1.0", "nonsense", manifest).isError(400, "MANIFEST_INVALID");
        calls.call("PUT", MANIFESTS + "1.0", manifest.getBytes(UTF_8)).isError(400, "MANIFEST_INVALID");

        calls.get(MANIFESTS + "1.0").isError(404, "MANIFEST_UNKNOWN");
    }

    @Test
    void takes_manifests_of_up_to_four_mebibytes() {
        int most = 4 * 1024 * 1024;
        String manifest = calls.imageManifest(SERVER, "layer", "");
        String largest = manifest + " ".repeat(most - manifest.length());

        calls.putManifest(SERVER, "large", RegistryCalls.MANIFEST, largest).hasStatus(201);
        calls.putManifest(SERVER, "large", RegistryCalls.MANIFEST, largest + " ")
                .isError(413, "SIZE_INVALID");

        assertThat(calls.get(MANIFESTS + "large").text()).isEqualTo(largest);
    }

    @ParameterizedTest
    @ValueSource(strings = {".hidden", "-x", "a%2Fb", "..", "a%20b", "%C3%A9", "a%00", "a%0A"})
    void refuses_what_is_no_tag(String tag) {
        String manifest = calls.imageManifest(SERVER, "layer", "");

        for (Answer answer : List.of(
                calls.putManifest(SERVER, tag, RegistryCalls.MANIFEST, manifest),
                calls.get(MANIFESTS + tag),
                calls.delete(MANIFESTS + tag))) {
            assertThat(answer.status()).isIn(400, 404);
        }
        calls.putManifest(SERVER, "a".repeat(129), RegistryCalls.MANIFEST, manifest)
                .isError(400, "TAG_INVALID");
        calls.get("/v2/" + SERVER + "/tags/list").hasStatus(200);
        assertThat(calls.get("/v2/" + SERVER + "/tags/list").text()).endsWith("\"tags\":[]}");
    }

    @Test
    void refuses_references_that_are_no_digest() {
        for (String reference : List.of("sha256:abc", "sha256:", ":", "md5:d41d8cd98f00b204e9800998ecf8427e")) {
            calls.get(MANIFESTS + reference).isError(400, "DIGEST_INVALID");
            calls.delete(MANIFESTS + reference).isError(400, "DIGEST_INVALID");
            calls.putManifest(SERVER, reference, RegistryCalls.MANIFEST, "{}").isError(400, "DIGEST_INVALID");
        }
    }

    @Test
    void deletes_a_tag_and_nothing_else() {
        String manifest = calls.pushImage(SERVER, "1.0");
        calls.putManifest(SERVER, "1", RegistryCalls.MANIFEST, manifest).hasStatus(201);

        calls.delete(MANIFESTS + "1.0").hasStatus(202);

        calls.get(MANIFESTS + "1.0").isError(404, "MANIFEST_UNKNOWN");
        calls.delete(MANIFESTS + "1.0").isError(404, "MANIFEST_UNKNOWN");
        assertThat(calls.get(MANIFESTS + "1").text()).isEqualTo(manifest);
        calls.get(MANIFESTS + RegistryCalls.digestOf(manifest)).hasStatus(200);
    }

    @Test
    void deletes_a_manifest_with_all_its_tags_and_keeps_its_blobs() {
        String manifest = calls.pushImage(SERVER, "1.0");
        calls.putManifest(SERVER, "1", RegistryCalls.MANIFEST, manifest).hasStatus(201);
        String kept = calls.pushImage(SERVER, "kept");

        calls.delete(MANIFESTS + RegistryCalls.digestOf(manifest)).hasStatus(202);

        for (String reference :
                List.of("1", "1.0", RegistryCalls.digestOf(manifest).toString())) {
            calls.get(MANIFESTS + reference).isError(404, "MANIFEST_UNKNOWN");
        }
        calls.get("/v2/" + SERVER + "/blobs/" + RegistryCalls.digestOf("layer of 1.0"))
                .hasStatus(200);
        assertThat(calls.get(MANIFESTS + "kept").text()).isEqualTo(kept);
        assertThat(calls.get("/v2/" + SERVER + "/tags/list").text()).endsWith("\"tags\":[\"kept\"]}");
    }

    @Test
    void tags_a_manifest_that_is_pushed_by_digest() {
        String manifest = calls.imageManifest(SERVER, "layer", "");
        Digester digester = Digest.parse("sha512:" + "0".repeat(128)).newDigester();
        digester.update(manifest.getBytes(UTF_8), 0, manifest.length());
        Digest sha512 = digester.digest();

        Answer put = calls.putManifest(SERVER, sha512 + "?tag=a&tag=b", RegistryCalls.MANIFEST, manifest)
                .hasStatus(201);

        assertThat(put.header("OCI-Tag")).isEqualTo("a, b");
        assertThat(calls.get(MANIFESTS + "b").header("Docker-Content-Digest")).isEqualTo(sha512.toString());
        calls.putManifest(SERVER, sha512 + "?tag=..", RegistryCalls.MANIFEST, manifest)
                .isError(400, "TAG_INVALID");
    }

    @Test
    void changes_a_tag_only_under_the_condition_of_the_client() {
        String first = calls.imageManifest(SERVER, "first", "");
        String second = calls.imageManifest(SERVER, "second", "");
        put(first, "If-Match", "*").isError(412, "DENIED");
        put(first, "If-None-Match", "*").hasStatus(201);
        put(second, "If-None-Match", "*").isError(412, "DENIED");
        String etag = calls.get(MANIFESTS + "t").header("ETag");

        put(second, "If-Match", etag).hasStatus(201);
        put(first, "If-Match", etag).isError(412, "DENIED");
        calls.delete(MANIFESTS + "t", "If-Match", etag).isError(412, "DENIED");

        assertThat(calls.get(MANIFESTS + "t").text()).isEqualTo(second);
        calls.get(MANIFESTS + "t", "If-None-Match", etag).hasStatus(200);
        String now = calls.get(MANIFESTS + "t").header("ETag");
        assertThat(calls.get(MANIFESTS + "t", "If-None-Match", "\"x\", W/" + now)
                        .hasStatus(304)
                        .bytes())
                .isEmpty();
    }

    private Answer put(String manifest, String... headers) {
        String[] all = new String[headers.length + 2];
        all[0] = "Content-Type";
        all[1] = RegistryCalls.MANIFEST;
        System.arraycopy(headers, 0, all, 2, headers.length);
        return calls.call("PUT", MANIFESTS + "t", manifest.getBytes(UTF_8), all);
    }

    @Test
    void loses_no_tag_of_many_writers() throws Exception {
        String manifest = calls.imageManifest(SERVER, "layer", "");
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try {
            List<Future<Answer>> pushes = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                String tag = "t" + i;
                pushes.add(threads.submit(() -> calls.putManifest(SERVER, tag, RegistryCalls.MANIFEST, manifest)));
            }
            for (Future<Answer> push : pushes) {
                push.get().hasStatus(201);
            }
        } finally {
            threads.shutdownNow();
        }

        for (int i = 0; i < 100; i++) {
            calls.head(MANIFESTS + "t" + i).hasStatus(200);
        }
    }
}
