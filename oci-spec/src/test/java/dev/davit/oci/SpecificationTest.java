package dev.davit.oci;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule of the image-spec for its documents, kept and broken: the cases are in {@code documents.txt}. */
class SpecificationTest {
    static Stream<Arguments> documents() throws IOException {
        try (InputStream in = SpecificationTest.class.getResourceAsStream("documents.txt")) {
            String[] lines = new String(Objects.requireNonNull(in).readAllBytes(), UTF_8).split("\n");
            return Stream.of(lines).filter(line -> !line.startsWith("#")).map(SpecificationTest::document);
        }
    }

    private static Arguments document(String line) {
        String[] parts = line.split(" \\| ", 3);
        String[] verdict = parts[0].split(" ", 3);
        String path = verdict.length == 3 ? verdict[2].strip() : verdict[1].equals("pass") ? "pass" : "";
        return Arguments.of(verdict[0], path, parts[1], parts.length == 3 ? parts[2].translateEscapes() : "");
    }

    @ParameterizedTest(name = "{0}: {2} -> {1}")
    @MethodSource("documents")
    void takes_what_keeps_the_rules_and_says_where_others_break_them(
            String kind, String path, String why, String json) {
        byte[] bytes = json.getBytes(UTF_8);
        if (path.equals("pass")) {
            assertThat(new String(read(kind, bytes), UTF_8)).isEqualTo(json);
            return;
        }
        assertThatThrownBy(() -> read(kind, bytes))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining(path.isEmpty() ? "expected" : " at " + path + ": ")
                .hasMessageContaining(", got ")
                .satisfies(SpecificationTest::requireNoForeignException);
    }

    /** Which parser reads the JSON is nobody's business. */
    private static void requireNoForeignException(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            assertThat(t.toString()).doesNotContain("fasterxml").doesNotContain("StreamReadConstraints");
        }
    }

    /** Returns what is written after reading: for a descriptor without the white space that nobody keeps. */
    private static byte[] read(String kind, byte[] bytes) {
        return switch (kind) {
            case "descriptor" -> {
                Descriptor descriptor = Descriptor.parse(bytes);
                assertThat(Descriptor.parse(descriptor.toBytes())).isEqualTo(descriptor);
                yield bytes;
            }
            case "manifest" -> Manifest.parse(bytes).toBytes();
            case "index" -> Index.parse(bytes).toBytes();
            case "config" -> ImageConfig.parse(bytes).toBytes();
            case "layout" -> LayoutHeader.parse(bytes).toBytes();
            default -> throw new IllegalArgumentException(kind);
        };
    }
}
