package dev.davit.oci;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ChainIdTest {
    @Test
    void computes_what_sha256sum_computes() {
        List<List<Digest>> rows = Vectors.fields("chain-ids.txt").stream()
                .map(row -> row.stream().map(Digest::parse).toList())
                .toList();
        List<Digest> diffIds = rows.stream().map(row -> row.get(0)).toList();
        List<Digest> chainIds = rows.stream().map(row -> row.get(1)).toList();

        assertThat(diffIds).hasSize(20);
        assertThat(ChainId.allOf(diffIds)).isEqualTo(chainIds);
        for (int layers = 1; layers <= diffIds.size(); layers++) {
            assertThat(ChainId.of(diffIds.subList(0, layers))).isEqualTo(chainIds.get(layers - 1));
        }
    }

    @Test
    void names_the_lowest_layer_by_its_diff_id_of_whatever_algorithm() {
        Digest lowest = Digest.parse("sha512:" + "0".repeat(128));

        assertThat(ChainId.of(List.of(lowest))).isEqualTo(lowest);
        assertThat(ChainId.allOf(List.of(lowest, lowest)).get(1))
                .isEqualTo(Digest.sha256((lowest + " " + lowest).getBytes(UTF_8)));
    }

    @Test
    void has_none_for_no_layer() {
        assertThat(ChainId.allOf(List.of())).isEmpty();
        assertThatThrownBy(() -> ChainId.of(List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least one layer");
    }
}
