package dev.davit.oci;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Texts of which the reference implementation says whether they are digests. */
class DigestVectorsTest {
    @Test
    void agrees_with_the_reference_implementation_but_for_blake3_which_it_does_not_know() {
        List<List<String>> rows = Vectors.fields("digests.txt");
        assertThat(rows).hasSizeGreaterThan(200);
        for (List<String> row : rows) {
            String text = row.get(0);
            boolean blake3 = text.startsWith("blake3:");
            String expected = blake3 ? (text.matches("blake3:[0-9a-f]{64}") ? "valid" : "error") : row.get(1);
            assertThat(judgement(text)).as(text).isEqualTo(expected);
        }
    }

    private static String judgement(String text) {
        try {
            Digest digest = Digest.parse(text);
            assertThat(digest).hasToString(text);
            return digest.isVerifiable() ? "valid" : "unsupported";
        } catch (MalformedContentException e) {
            return "error";
        }
    }
}
