package dev.davit.oci;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestTest {
    private static final String HEX = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static final String CONFIG =
            "{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":\"sha256:" + HEX + "\",\"size\":2}";
    private static final String LAYER = "{ \"size\": 7, \"x-späth\": [1, {\"é\": \"\\u00e9\\n\"}],"
            + " \"digest\": \"sha256:" + HEX + "\", \"mediaType\": \"application/vnd.oci.image.layer.v1.tar\" }";
    private static final String WITH_EVERYTHING = "{\n  \"vendor\": {\"deep\": [true, null, 1.50, \"ü\"]},\n"
            + "  \"schemaVersion\": 2,\n  \"config\": " + CONFIG + ",\n  \"layers\": [" + LAYER + "],\n"
            + "  \"annotations\": {\"b\": \"1\", \"a\": \"2\"},\n  \"last\": 1e3\n}\n";

    @Test
    void keeps_the_bytes_it_was_parsed_from() {
        byte[] bytes = WITH_EVERYTHING.getBytes(UTF_8);

        Manifest manifest = Manifest.parse(bytes);

        assertThat(manifest.toBytes()).isEqualTo(bytes);
        assertThat(manifest.digest()).isEqualTo(Digest.sha256(bytes));
        assertThat(manifest.layers()).extracting(Descriptor::size).containsExactly(7L);
        assertThat(manifest.annotations()).containsExactly(Map.entry("b", "1"), Map.entry("a", "2"));
    }

    @Test
    void an_edit_keeps_what_it_does_not_know_at_every_depth_and_in_order() {
        Manifest manifest = Manifest.parse(WITH_EVERYTHING.getBytes(UTF_8));
        Descriptor layer =
                manifest.layers().get(0).toBuilder().annotation("k", "v").build();

        String edited =
                new String(manifest.toBuilder().layers(List.of(layer)).build().toBytes(), UTF_8);

        assertThat(edited)
                .isEqualTo("{\"vendor\":{\"deep\": [true, null, 1.50, \"ü\"]},\"schemaVersion\":2,\"config\":" + CONFIG
                        + ",\"layers\":[{\"size\":7,\"x-späth\":[1, {\"é\": \"\\u00e9\\n\"}],\"digest\":\"sha256:" + HEX
                        + "\",\"mediaType\":\"application/vnd.oci.image.layer.v1.tar\",\"annotations\":{\"k\":\"v\"}}],"
                        + "\"annotations\":{\"b\": \"1\", \"a\": \"2\"},\"last\":1e3}");
    }

    @Test
    void what_is_built_is_canonical_whatever_the_order_of_calls() {
        Descriptor config = Descriptor.of(MediaType.OCI_CONFIG, new byte[2]);
        Descriptor subject = Descriptor.of(MediaType.OCI_MANIFEST, new byte[3]);

        Manifest one = Manifest.builder(config)
                .annotations(Map.of("k", "v"))
                .subject(subject)
                .artifactType("text/x")
                .build();
        Manifest other = Manifest.builder(config)
                .artifactType("text/x")
                .subject(subject)
                .annotations(Map.of("k", "v"))
                .build();

        assertThat(one).isEqualTo(other);
        assertThat(new String(one.toBytes(), UTF_8))
                .startsWith("{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
                        + "\"artifactType\":\"text/x\",\"config\":{\"mediaType\":");
        assertThat(Manifest.parse(one.toBytes()).subject()).contains(subject);
    }

    @Test
    void a_member_that_is_null_counts_as_absent() {
        Manifest manifest = Manifest.parse(("{\"schemaVersion\":2,\"config\":" + CONFIG
                        + ",\"layers\":null,\"subject\":null,\"annotations\":null}")
                .getBytes(UTF_8));

        assertThat(manifest.layers()).isEmpty();
        assertThat(manifest.subject()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/schemaVersion | {'schemaVersion':1,'fsLayers':[]}",
                "/schemaVersion | {'schemaVersion':'2','config':C}",
                "/manifests     | {'schemaVersion':2,'config':C,'manifests':[]}",
                "/              | {'schemaVersion':2,'layers':[]}",
                "/              | {'schemaVersion':2,'mediaType':'application/vnd.oci.image.index.v1+json','config':C}",
                "/layers        | {'schemaVersion':2,'config':C,'layers':{}}",
                "/layers/0/size | {'schemaVersion':2,'config':C,'layers':[{'size':-1}]}",
                "/layers/0/size | {'schemaVersion':2,'config':C,'layers':[{'size':9223372036854775808}]}",
                "/layers/0/size | {'schemaVersion':2,'config':C,'layers':[{'size':1.5}]}",
                "/layers/0      | {'schemaVersion':2,'config':C,'layers':[{'size':1}]}",
                "/layers/0/digest | {'schemaVersion':2,'config':C,'layers':[{'digest':'sha256:../x'}]}",
                "/annotations/k | {'schemaVersion':2,'config':C,'annotations':{'k':1}}",
            })
    void refuses_a_document_that_breaks_a_rule_and_says_where(String path, String document) {
        String json = document.replace('\'', '"').replace("C", CONFIG);

        assertThatThrownBy(() -> Manifest.parse(json.getBytes(UTF_8)))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("image manifest at " + path + ":")
                .hasMessageContaining("expected")
                .hasMessageContaining("got");
    }

    @Test
    void refuses_a_document_that_contradicts_how_it_was_served() {
        byte[] json = Manifest.builder(Descriptor.of(MediaType.OCI_CONFIG, new byte[2]))
                .build()
                .toBytes();

        assertThat(Document.parse(MediaType.OCI_MANIFEST, json)).isInstanceOf(Manifest.class);
        assertThatThrownBy(() -> Document.parse(MediaType.DOCKER_MANIFEST, json))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("as it was named or served");
        assertThatThrownBy(() -> Document.parse(MediaType.OCI_INDEX, json))
                .isInstanceOf(MalformedContentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "{", "{}x", "{\"a\":1,\"a\":2}", "{\"a\":NaN}", "\uFEFF{}", "{'a':1}"})
    void refuses_what_is_no_strict_json(String text) {
        assertThatThrownBy(() -> Manifest.parse(text.getBytes(UTF_8))).isInstanceOf(MalformedContentException.class);
        assertThatThrownBy(() -> Manifest.parse(text.getBytes(java.nio.charset.StandardCharsets.UTF_16LE)))
                .isInstanceOf(MalformedContentException.class);
    }

    @Test
    void refuses_a_document_that_is_cut_anywhere() {
        byte[] bytes = WITH_EVERYTHING.strip().getBytes(UTF_8);
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> Manifest.parse(cut)).isInstanceOf(MalformedContentException.class);
        }
    }

    @Test
    void refuses_what_is_deep_long_or_large() {
        String deep = "{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
        String number = "{\"a\":" + "1".repeat(100_000) + "}";

        assertThatThrownBy(() -> Manifest.parse(deep.getBytes(UTF_8))).isInstanceOf(MalformedContentException.class);
        assertThatThrownBy(() -> Manifest.parse(number.getBytes(UTF_8))).isInstanceOf(MalformedContentException.class);
        assertThatThrownBy(() -> Manifest.parse(new byte[Document.MAX_SIZE + 1]))
                .hasMessageContaining("4194304");
    }

    @Test
    void hostile_text_in_a_message_is_escaped_and_cut() {
        String json = "{\"schemaVersion\":\"\u001b[31m\\n" + "x".repeat(10_000) + "\"}";

        assertThatThrownBy(
                        () -> Manifest.parse(json.replace("\u001b", "\\u001b").getBytes(UTF_8)))
                .hasMessageNotContaining("\u001b")
                .hasMessageNotContaining("\n")
                .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(500));
    }
}
