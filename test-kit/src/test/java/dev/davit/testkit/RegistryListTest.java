package dev.davit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Index;
import dev.davit.oci.MediaType;
import dev.davit.testkit.RegistryCalls.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lists: tags, repositories, referrers. */
class RegistryListTest {
    private static final String SERVER = "acme/server";
    private static final String TAGS = "/v2/" + SERVER + "/tags/list";
    private static final Pattern NEXT = Pattern.compile("<([^>]*)>; rel=\"next\"");

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

    /** Goes through all pages and returns their bodies. */
    private List<String> pages(String path) {
        List<String> pages = new ArrayList<>();
        for (String next = path; next != null; ) {
            Answer page = calls.get(next).hasStatus(200);
            pages.add(page.text());
            String link = page.header("Link");
            Matcher matcher = NEXT.matcher(link == null ? "" : link);
            next = matcher.matches() ? matcher.group(1) : null;
        }
        return pages;
    }

    private void pushTags(String... tags) {
        String manifest = calls.imageManifest(SERVER, "layer", "");
        for (String tag : tags) {
            calls.putManifest(SERVER, tag, RegistryCalls.MANIFEST, manifest).hasStatus(201);
        }
    }

    private static String tagList(String tags) {
        return "{\"name\":\"acme/server\",\"tags\":[" + tags + "]}";
    }

    @Test
    void lists_tags_sorted() {
        pushTags("b", "a10", "a9", "B", "_x");

        Answer answer = calls.get(TAGS).hasStatus(200);

        assertThat(answer.text()).isEqualTo(tagList("\"B\",\"_x\",\"a10\",\"a9\",\"b\""));
        assertThat(answer.header("Link")).isNull();
    }

    @Test
    void lists_tags_page_by_page() {
        pushTags("a", "b", "c", "d", "e");

        assertThat(pages(TAGS + "?n=2"))
                .containsExactly(tagList("\"a\",\"b\""), tagList("\"c\",\"d\""), tagList("\"e\""));
        assertThat(pages(TAGS + "?n=5")).hasSize(1);
        assertThat(pages(TAGS + "?n=1000000")).hasSize(1);
        assertThat(pages(TAGS + "?n=0")).containsExactly(tagList(""));
        assertThat(pages(TAGS + "?last=c")).containsExactly(tagList("\"d\",\"e\""));
        assertThat(pages(TAGS + "?last=bzz&n=1")).hasSize(3);
        assertThat(pages(TAGS + "?last=z")).containsExactly(tagList(""));
    }

    @Test
    void refuses_a_page_size_that_is_none() {
        pushTags("a");

        for (String n : List.of("-1", "x", "", "99999999999")) {
            calls.get(TAGS + "?n=" + n).isError(400, "PAGINATION_NUMBER_INVALID");
        }
    }

    @Test
    void tells_an_unknown_repository_from_one_without_tags() {
        calls.get(TAGS).isError(404, "NAME_UNKNOWN");
        calls.pushBlob(SERVER, "blob");
        assertThat(calls.get(TAGS).hasStatus(200).text()).isEqualTo(tagList(""));
    }

    @Test
    void lists_repositories() {
        assertThat(calls.get("/v2/_catalog").text()).isEqualTo("{\"repositories\":[]}");
        for (String name : List.of("b/c", "a", "b")) {
            calls.pushBlob(name, "blob");
        }

        assertThat(calls.get("/v2/_catalog").text()).isEqualTo("{\"repositories\":[\"a\",\"b\",\"b/c\"]}");
        assertThat(pages("/v2/_catalog?n=2"))
                .containsExactly("{\"repositories\":[\"a\",\"b\"]}", "{\"repositories\":[\"b/c\"]}");
    }

    @Test
    void forgets_a_repository_with_its_last_content() {
        Digest blob = calls.pushBlob("a", "blob");

        calls.delete("/v2/a/blobs/" + blob).hasStatus(202);

        assertThat(calls.get("/v2/_catalog").text()).isEqualTo("{\"repositories\":[]}");
    }

    // ---- referrers

    private static final String SUBJECT = RegistryCalls.digestOf("subject").toString();
    private static final String SUBJECT_MEMBER =
            ",\"subject\":" + RegistryCalls.descriptorOf(RegistryCalls.MANIFEST, RegistryCalls.digestOf("subject"), 7);

    private Digest pushReferrer(String layer, String more) {
        String manifest = calls.imageManifest(SERVER, layer, SUBJECT_MEMBER + more);
        Digest digest = RegistryCalls.digestOf(manifest);
        Answer put = calls.putManifest(SERVER, digest.toString(), RegistryCalls.MANIFEST, manifest)
                .hasStatus(201);
        assertThat(put.header("OCI-Subject")).isEqualTo(SUBJECT);
        return digest;
    }

    private List<Descriptor> referrers(String query) {
        Answer answer =
                calls.get("/v2/" + SERVER + "/referrers/" + SUBJECT + query).hasStatus(200);
        assertThat(answer.header("Content-Type")).isEqualTo(RegistryCalls.INDEX);
        assertThat(answer.header("OCI-Filters-Applied")).isEqualTo(query.isEmpty() ? null : "artifactType");
        return Index.parse(MediaType.OCI_INDEX, answer.bytes()).manifests();
    }

    @Test
    void lists_no_referrers_of_what_nobody_refers_to() {
        assertThat(referrers("")).isEmpty();
        calls.get("/v2/" + SERVER + "/referrers/latest").isError(400, "DIGEST_INVALID");
    }

    @Test
    void lists_referrers_with_their_type_and_annotations() {
        Digest signature =
                pushReferrer("s", ",\"artifactType\":\"test/signature\",\"annotations\":{\"by\":\"\\\"me\\\"\\n\"}");
        Digest plain = pushReferrer("p", "");
        calls.pushImage(SERVER, "unrelated");

        List<Descriptor> referrers = referrers("");

        assertThat(referrers).extracting(Descriptor::digest).containsExactlyInAnyOrder(signature, plain);
        assertThat(referrers).allSatisfy(referrer -> {
            boolean isSignature = referrer.digest().equals(signature);
            assertThat(referrer.mediaType()).isEqualTo(MediaType.OCI_MANIFEST);
            assertThat(referrer.artifactType()).hasValue(isSignature ? "test/signature" : MediaType.OCI_CONFIG.value());
            assertThat(referrer.annotations()).isEqualTo(isSignature ? Map.of("by", "\"me\"\n") : Map.of());
            assertThat(calls.head("/v2/" + SERVER + "/manifests/" + referrer.digest())
                            .header("Content-Length"))
                    .isEqualTo(Long.toString(referrer.size()));
        });
    }

    @Test
    void lists_an_index_that_refers_to_a_subject() {
        String index = "{\"schemaVersion\":2,\"manifests\":[]" + SUBJECT_MEMBER + "}";
        calls.putManifest(SERVER, "index", RegistryCalls.INDEX, index).hasStatus(201);

        assertThat(referrers("")).singleElement().satisfies(referrer -> {
            assertThat(referrer.mediaType()).isEqualTo(MediaType.OCI_INDEX);
            assertThat(referrer.artifactType()).isEmpty();
        });
    }

    @Test
    void filters_referrers_by_type() {
        Digest signature = pushReferrer("s", ",\"artifactType\":\"test/signature+x\"");
        pushReferrer("p", ",\"artifactType\":\"test/other\"");

        assertThat(referrers("?artifactType=test/signature%2Bx"))
                .extracting(Descriptor::digest)
                .containsExactly(signature);
        assertThat(referrers("?artifactType=test/none")).isEmpty();
    }

    @Test
    void lists_referrers_page_by_page() {
        for (int i = 0; i < 3; i++) {
            pushReferrer("r" + i, ",\"artifactType\":\"a/b\"");
        }

        List<String> pages = pages("/v2/" + SERVER + "/referrers/" + SUBJECT + "?n=2&artifactType=a/b");

        assertThat(pages).hasSize(2);
        assertThat(String.join("", pages).split("\"digest\"", -1)).hasSize(4);
    }

    @Test
    void forgets_a_referrer_that_was_deleted() {
        Digest signature = pushReferrer("s", "");

        calls.delete("/v2/" + SERVER + "/manifests/" + signature).hasStatus(202);

        assertThat(referrers("")).isEmpty();
    }
}
