package dev.davit.oci;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the parser of a JSON library may take, and a document must not be: two readers would see two documents. */
class JsonStrictnessTest {
    private static final String INDEX = "{\"schemaVersion\":2,\"manifests\":[],\"x\":%s}";

    private static Index parse(String value) {
        return Index.parse(INDEX.formatted(value).getBytes(UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32LE", "UTF-32BE"})
    void refuses_other_encodings(String charset) {
        byte[] bytes = INDEX.formatted("1").getBytes(Charset.forName(charset));

        assertThatThrownBy(() -> Index.parse(bytes))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("expected JSON in UTF-8");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u00c0\u00af", // an overlong slash
                "\u00e0\u0080\u00af",
                "\u00ed\u00a0\u0080", // half of a pair
                "\u00f4\u0090\u0080\u0080", // beyond Unicode
                "\u00ff",
                "\u00e9", // Latin-1
                "\u0080",
            })
    void refuses_bytes_that_are_no_utf_8(String latin1) {
        byte[] bytes = INDEX.formatted("\"" + latin1 + "\"").getBytes(ISO_8859_1);

        assertThatThrownBy(() -> Index.parse(bytes))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("image index: expected JSON in UTF-8, got 0x")
                .hasMessageContaining("as byte 39");
    }

    @Test
    void refuses_a_byte_order_mark() {
        assertThatThrownBy(() -> Index.parse(("\ufeff" + INDEX.formatted("1")).getBytes(UTF_8)))
                .isInstanceOf(MalformedContentException.class);
    }

    @Test
    void refuses_names_that_readers_take_for_one_another() {
        assertThatThrownBy(() -> Index.parse("{\"schemaVersion\":2,\"manifests\":[],\"\\udc00\":1}".getBytes(UTF_8)))
                .hasMessageContaining("expected strict JSON");
        assertThatThrownBy(() -> Index.parse("{\"schemaVersion\":2,\"manifests\":[],\"MediaType\":1}".getBytes(UTF_8)))
                .hasMessageContaining(
                        "image index at /MediaType: expected the member \"mediaType\", got \"MediaType\"");
        assertThatThrownBy(() ->
                        Index.parse("{\"schemaVersion\":2,\"manifests\":[],\"\\u004danifests\":[]}".getBytes(UTF_8)))
                .isInstanceOf(MalformedContentException.class);
        // known names may be escaped, and annotations may have names in any case
        assertThat(Index.parse("{\"schema\\u0056ersion\":2,\"manifests\":[],\"annotations\":{\"A\":\"1\",\"a\":\"2\"}}"
                                .getBytes(UTF_8))
                        .annotations())
                .containsEntry("A", "1")
                .containsEntry("a", "2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "01",
                "+1",
                ".5",
                "1.",
                "1e",
                "0x1",
                "NaN",
                "Infinity",
                "-",
                "'a'",
                "tru",
                "TRUE",
                "[1,]",
                "[,1]",
                "{,}",
                "{\"a\"}",
                "{\"a\":}",
                "\"\\x\"",
                "\"\\u12\"",
                "\"\t\"",
                "/**/1",
                "1 2",
                "\"",
                "{\"a\":1,}",
                "\u0000",
            })
    void refuses_what_is_no_json(String value) {
        assertThatThrownBy(() -> parse(value))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("expected strict JSON")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n").hasSizeLessThan(600));
    }

    @Test
    void bounds_what_no_document_needs() {
        assertThat(parse("[".repeat(98) + "]".repeat(98)).manifests()).isEmpty();
        assertThatThrownBy(() -> parse("[".repeat(100) + "]".repeat(100)))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("JSON of at most 100 levels");
        assertThatThrownBy(() -> parse("1".repeat(65))).hasMessageContaining("numbers of at most 64 characters");
        assertThatThrownBy(() -> parse("{\"" + "a".repeat(70_000) + "\":1}")).hasMessageContaining("names of 65536");
        assertThatThrownBy(() -> parse("[" + "1,".repeat(500_000) + "1]"))
                .hasMessageContaining("at most 500000 tokens");
    }

    @Test
    void a_document_may_be_larger_if_that_is_asked_for() {
        byte[] large = INDEX.formatted("[" + "123456,".repeat(600_000) + "1]").getBytes(UTF_8);

        assertThatThrownBy(() -> Index.parse(large)).hasMessageContaining("expected at most 4194304 bytes, got");
        // more tokens than the usual limit, but not more than its size explains
        assertThatThrownBy(() -> Document.parse(MediaType.OCI_INDEX, large, large.length))
                .hasMessageContaining("tokens");
        byte[] plain = INDEX.formatted("\"" + "x".repeat(5_000_000) + "\"").getBytes(UTF_8);
        assertThat(Document.parse(MediaType.OCI_INDEX, plain, plain.length).toBytes())
                .isEqualTo(plain);
        assertThatThrownBy(() -> Manifest.parse(null, new byte[3], 2)).hasMessageContaining("at most 2 bytes, got 3");
    }
}
