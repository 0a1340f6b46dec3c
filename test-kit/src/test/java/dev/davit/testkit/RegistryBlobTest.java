package dev.davit.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.oci.Digest;
import dev.davit.oci.Digester;
import dev.davit.testkit.RegistryCalls.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Blobs: handed out whole and in parts, deleted, named safely. */
class RegistryBlobTest {
    private static final byte[] CONTENT = "0123456789".getBytes(UTF_8);

    private static EmbeddedRegistry registry;
    private static RegistryCalls calls;
    private static String path;
    private static Digest digest;

    @BeforeAll
    static void start() {
        registry = EmbeddedRegistry.start();
        calls = new RegistryCalls(registry);
        digest = calls.pushBlob("acme/server", CONTENT);
        path = "/v2/acme/server/blobs/" + digest;
    }

    @AfterAll
    static void stop() {
        registry.close();
    }

    @Test
    void hands_out_what_was_pushed() {
        Answer answer = calls.get(path).hasStatus(200);

        assertThat(answer.bytes()).isEqualTo(CONTENT);
        assertThat(answer.header("Content-Length")).isEqualTo("10");
        assertThat(answer.header("Content-Type")).isEqualTo("application/octet-stream");
        assertThat(answer.header("Docker-Content-Digest")).isEqualTo(digest.toString());
    }

    @Test
    void answers_head_like_get_without_the_body() {
        Answer answer = calls.head(path).hasStatus(200);

        assertThat(answer.bytes()).isEmpty();
        assertThat(answer.header("Content-Length")).isEqualTo("10");
        assertThat(answer.header("Docker-Content-Digest")).isEqualTo(digest.toString());
        calls.call("HEAD", path, new byte[0], "Range", "bytes=0-1").hasStatus(200);
    }

    @Test
    void understands_an_escaped_colon() {
        assertThat(calls.get(path.replace("sha256:", "sha256%3A")).bytes()).isEqualTo(CONTENT);
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, 0-0",
        "bytes=2-4, 234, 2-4",
        "bytes=7-, 789, 7-9",
        "bytes=-3, 789, 7-9",
        "bytes=5-1000, 56789, 5-9",
        "bytes=-1000, 0123456789, 0-9",
    })
    void hands_out_a_range(String range, String expected, String contentRange) {
        Answer answer = calls.get(path, "Range", range).hasStatus(206);

        assertThat(answer.text()).isEqualTo(expected);
        assertThat(answer.header("Content-Range")).isEqualTo("bytes " + contentRange + "/10");
        assertThat(answer.header("Content-Length")).isEqualTo(Integer.toString(expected.length()));
        assertThat(answer.header("Docker-Content-Digest")).isEqualTo(digest.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=10-", "bytes=10-20", "bytes=5-4", "bytes=-0"})
    void refuses_a_range_that_is_not_there(String range) {
        Answer answer = calls.get(path, "Range", range).isError(416, "RANGE_INVALID");

        assertThat(answer.header("Content-Range")).isEqualTo("bytes */10");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=0-1,4-5", "bytes=-", "bytes=a-b", "items=0-1", "bytes=99999999999999999999-"})
    void hands_out_everything_for_a_range_that_it_does_not_understand(String range) {
        assertThat(calls.get(path, "Range", range).hasStatus(200).bytes()).isEqualTo(CONTENT);
    }

    @Test
    void hands_out_a_range_only_of_the_content_that_the_client_means() {
        String etag = calls.get(path).header("ETag");

        calls.get(path, "Range", "bytes=0-1", "If-Range", etag).hasStatus(206);
        calls.get(path, "Range", "bytes=0-1", "If-Range", "\"another\"").hasStatus(200);
    }

    @Test
    void keeps_an_empty_blob() {
        Digest empty = calls.pushBlob("acme/empty", new byte[0]);

        assertThat(calls.get("/v2/acme/empty/blobs/" + empty).hasStatus(200).bytes())
                .isEmpty();
        calls.get("/v2/acme/empty/blobs/" + empty, "Range", "bytes=0-").isError(416, "RANGE_INVALID");
    }

    @Test
    void knows_a_blob_only_in_the_repositories_that_have_it() {
        calls.get("/v2/acme/other/blobs/" + digest).isError(404, "BLOB_UNKNOWN");
        assertThat(calls.head("/v2/acme/other/blobs/" + digest).hasStatus(404).bytes())
                .isEmpty();
    }

    @Test
    void deletes_a_blob_from_one_repository_and_keeps_it_in_another() {
        Digest shared = calls.pushBlob("delete/one", "shared");
        calls.pushBlob("delete/two", "shared");

        calls.delete("/v2/delete/one/blobs/" + shared).hasStatus(202);

        calls.get("/v2/delete/one/blobs/" + shared).isError(404, "BLOB_UNKNOWN");
        calls.delete("/v2/delete/one/blobs/" + shared).isError(404, "BLOB_UNKNOWN");
        assertThat(calls.get("/v2/delete/two/blobs/" + shared).text()).isEqualTo("shared");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sha256:",
                "sha256:abc",
                "sha256:../../../../../../../../../../../../../../../../../../../../../etc/passwd",
                "sha256:ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ",
                "sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
                "md5:d41d8cd98f00b204e9800998ecf8427e",
                "blake2b:af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262",
                "latest",
            })
    void refuses_what_is_no_digest_it_can_verify(String text) {
        String escaped = text.replace("/", "%2F");

        Answer answer = calls.get("/v2/acme/server/blobs/" + escaped);

        assertThat(answer.status()).isIn(400, 404); // a slash makes it another path
        assertThat(answer.text()).doesNotContain("root:");
        if (!text.contains("/")) {
            answer.isError(400, "DIGEST_INVALID");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "..",
                "../..",
                "a/..",
                "a/../b",
                "./a",
                "a//b",
                "/a",
                "A",
                "a_",
                "-a",
                "a/-b",
                "a b",
                "a:b",
                "\u00e9",
                "a\u0000b",
                "_catalog",
                "a\nb",
                "..\\a",
            })
    void refuses_what_is_no_repository_name(String name) {
        String escaped = java.net.URLEncoder.encode(name, UTF_8).replace("+", "%20");

        for (String rest : new String[] {"blobs/" + digest, "manifests/a", "tags/list", "referrers/" + digest}) {
            calls.get("/v2/" + escaped + "/" + rest).isError(400, "NAME_INVALID");
        }
        calls.post("/v2/" + escaped + "/blobs/uploads/").isError(400, "NAME_INVALID");
    }

    @Test
    void accepts_every_repository_name_of_the_grammar() {
        for (String name : new String[] {"a", "0", "a.b", "a_b", "a__b", "a-b", "a--b", "a/b/c/d", "blobs/uploads"}) {
            calls.pushBlob(name, "named");
            calls.get("/v2/" + name + "/blobs/" + RegistryCalls.digestOf("named"))
                    .hasStatus(200);
        }
        calls.pushBlob("a".repeat(255), "named");
        calls.post("/v2/" + "a".repeat(256) + "/blobs/uploads/").isError(400, "NAME_INVALID");
    }

    @Test
    void answers_other_methods_and_paths_in_the_form_of_an_error() {
        assertThat(calls.call("PATCH", path, CONTENT)
                        .isError(405, "UNSUPPORTED")
                        .header("Allow"))
                .isEqualTo("GET, HEAD, DELETE");
        calls.get("/").isError(404, "UNSUPPORTED");
        calls.get("/v1/_ping").isError(404, "UNSUPPORTED");
        calls.get("/v2/acme/server/blobs").isError(404, "UNSUPPORTED");
        calls.get("/v2/a%22%0Ab/what").isError(404, "UNSUPPORTED");
    }

    @Test
    void says_that_it_is_a_registry() {
        for (String base : new String[] {"/v2/", "/v2"}) {
            assertThat(calls.get(base).hasStatus(200).header("Docker-Distribution-API-Version"))
                    .isEqualTo("registry/2.0");
        }
    }

    @Test
    void keeps_blobs_by_sha512_too() {
        Digester digester = Digest.parse("sha512:" + "0".repeat(128)).newDigester();
        digester.update(CONTENT, 0, CONTENT.length);
        Digest sha512 = digester.digest();

        calls.call("PUT", calls.beginUpload("acme/long") + "?digest=" + sha512, CONTENT)
                .hasStatus(201);

        assertThat(calls.get("/v2/acme/long/blobs/" + sha512).hasStatus(200).bytes())
                .isEqualTo(CONTENT);
    }
}
