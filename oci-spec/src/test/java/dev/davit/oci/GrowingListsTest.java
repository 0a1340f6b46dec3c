package dev.davit.oci;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists of documents that grow item by item. */
class GrowingListsTest {
    private static final String EMPTY_DIGEST = Descriptor.EMPTY.digest().toString();

    @Test
    void what_is_added_to_a_list_goes_behind_what_is_there_byte_for_byte() {
        String before = "{ \"manifests\" : [ {\"size\":2,\"x\" : 1.50,\"digest\":\"" + EMPTY_DIGEST
                + "\",\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\"}\n ] ,\"schemaVersion\":2}";
        Index parsed = Index.parse(before.getBytes(UTF_8));
        Index.Builder builder = parsed.toBuilder();

        Index one = builder.addManifest(parsed.manifests().get(0)).build();
        Index two = builder.addManifest(parsed.manifests().get(0)).build();

        String item = "{\"size\":2,\"x\":1.50,\"digest\":\"" + EMPTY_DIGEST
                + "\",\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\"}";
        String kept = before.substring(before.indexOf('['), before.indexOf("\n ]"));
        assertThat(text(one)).isEqualTo("{\"manifests\":" + kept + "," + item + "],\"schemaVersion\":2}");
        assertThat(text(two)).isEqualTo("{\"manifests\":" + kept + "," + item + "," + item + "],\"schemaVersion\":2}");
        assertThat(one.manifests()).hasSize(2);
        assertThat(two.manifests()).hasSize(3);
        assertThat(Index.parse(two.toBytes()).manifests()).isEqualTo(two.manifests());
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "[ \n\t]", "null"})
    void what_is_added_to_an_empty_list_is_alone_in_it(String empty) {
        String json = "{\"schemaVersion\":2,\"manifests\":" + empty + "}";
        Descriptor manifest = Descriptor.of(MediaType.OCI_MANIFEST, new byte[1]);

        Index index = Index.parse(json.getBytes(UTF_8)).toBuilder()
                .addManifest(manifest)
                .build();

        assertThat(text(index))
                .startsWith("{\"schemaVersion\":2,\"manifests\":[{")
                .endsWith("}]}");
        assertThat(Index.parse(index.toBytes()).manifests()).containsExactly(manifest);
    }

    @Test
    void adding_one_by_one_is_the_same_as_setting_all_and_setting_forgets_what_was_added() {
        List<Descriptor> all = new ArrayList<>();
        Index.Builder one = Index.builder();
        for (int i = 0; i < 20_000; i++) {
            all.add(Descriptor.of(MediaType.OCI_MANIFEST, new byte[i % 10]));
            one.addManifest(all.get(i));
        }

        assertThat(one.build().toBytes())
                .isEqualTo(Index.builder().manifests(all).build().toBytes());
        assertThat(one.manifests(List.of()).build().toBytes())
                .isEqualTo(Index.builder().build().toBytes());
        assertThat(one.addManifest(all.get(0)).build().manifests()).containsExactly(all.get(0));
    }

    private static String text(Index index) {
        return new String(index.toBytes(), UTF_8);
    }
}
