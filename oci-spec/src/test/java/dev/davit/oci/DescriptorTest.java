package dev.davit.oci;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DescriptorTest {
    private static final byte[] HELLO = "hello".getBytes(UTF_8);
    private static final Descriptor DESCRIPTOR = Descriptor.of(MediaType.OCTET_STREAM, HELLO);

    @Test
    void carries_its_content() {
        Descriptor with = DESCRIPTOR.toBuilder().data(HELLO).build();

        assertThat(new String(with.toBytes(), UTF_8)).contains("\"data\":\"aGVsbG8=\"");
        assertThat(Descriptor.parse(with.toBytes()).data()).contains(HELLO);
        assertThat(Descriptor.parse(with.toBytes())).isEqualTo(with).isNotEqualTo(DESCRIPTOR);
        assertThat(with.toBuilder().data(null).build()).isEqualTo(DESCRIPTOR);
    }

    @Test
    void content_that_is_handed_out_cannot_be_changed() {
        byte[] given = HELLO.clone();
        Descriptor with = DESCRIPTOR.toBuilder().data(given).build();
        given[0] = 0;
        with.data().orElseThrow()[0] = 0;

        assertThat(with.data()).contains(HELLO);
    }

    @Test
    void refuses_content_that_is_not_what_it_says_when_that_is_asked_for() {
        String json = new String(DESCRIPTOR.toBuilder().data(HELLO).build().toBytes(), UTF_8);
        Descriptor other = Descriptor.parse(json.replace("aGVsbG8=", "aGVsbG9v").getBytes(UTF_8));
        Descriptor same = Descriptor.parse(json.replace("aGVsbG8=", "aGVsbE8=").getBytes(UTF_8));

        assertThatThrownBy(other::data)
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("expected 5 bytes, got 6 bytes");
        assertThatThrownBy(same::data)
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining(DESCRIPTOR.digest().toString());
        // a lie is carried like everything else
        assertThat(new String(other.toBuilder().annotation("a", "b").build().toBytes(), UTF_8))
                .contains("aGVsbG9v");
    }

    @Test
    void refuses_to_embed_other_content() {
        assertThatThrownBy(() -> DESCRIPTOR.toBuilder().data(new byte[5])).isInstanceOf(IntegrityException.class);
        assertThatThrownBy(() -> DESCRIPTOR.toBuilder().data(new byte[6])).isInstanceOf(IntegrityException.class);
        Descriptor unknown = Descriptor.of(MediaType.OCTET_STREAM, Digest.parse("md5:abc"), 5);
        assertThatThrownBy(() -> unknown.toBuilder().data(HELLO)).isInstanceOf(IntegrityException.class);
    }

    @Test
    void the_empty_descriptor_is_that_of_the_specification() {
        assertThat(new String(Descriptor.EMPTY.toBytes(), UTF_8))
                .isEqualTo("{\"mediaType\":\"application/vnd.oci.empty.v1+json\",\"digest\":\"sha256:"
                        + "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\",\"size\":2,"
                        + "\"data\":\"e30=\"}");
        assertThat(Descriptor.EMPTY.data()).contains("{}".getBytes(UTF_8));
    }

    @Test
    void every_property_can_be_set_and_reads_back() {
        Descriptor built = DESCRIPTOR.toBuilder()
                .mediaType(MediaType.OCI_MANIFEST)
                .urls(List.of("https://example.com/a", "https://example.com/b"))
                .annotations(Map.of("z", "1", "a", "2"))
                .artifactType("text/spdx")
                .platform(Platform.LINUX_ARM64)
                .build();

        Descriptor read = Descriptor.parse(built.toBytes());

        assertThat(read).isEqualTo(built).hasSameHashCodeAs(built);
        assertThat(read.urls()).containsExactly("https://example.com/a", "https://example.com/b");
        assertThat(read.annotations()).containsExactly(Map.entry("a", "2"), Map.entry("z", "1"));
        assertThat(read.artifactType()).contains("text/spdx");
        assertThat(read.platform()).contains(Platform.LINUX_ARM64);
        assertThat(read.toBuilder()
                        .mediaType(MediaType.OCTET_STREAM)
                        .urls(List.of())
                        .annotations(Map.of())
                        .artifactType(null)
                        .platform(null)
                        .build())
                .isEqualTo(DESCRIPTOR);
    }

    @Test
    void each_property_counts_for_equality() {
        assertThat(List.of(
                        DESCRIPTOR,
                        DESCRIPTOR.toBuilder().mediaType(MediaType.OCI_LAYER).build(),
                        DESCRIPTOR.toBuilder().urls(List.of("a:b")).build(),
                        DESCRIPTOR.toBuilder().annotation("a", "b").build(),
                        DESCRIPTOR.toBuilder().data(HELLO).build(),
                        DESCRIPTOR.toBuilder().artifactType("a/b").build(),
                        DESCRIPTOR.toBuilder().platform(Platform.LINUX_AMD64).build(),
                        Descriptor.of(MediaType.OCTET_STREAM, DESCRIPTOR.digest(), 6),
                        Descriptor.of(MediaType.OCTET_STREAM, Digest.sha256(new byte[5]), 5)))
                .doesNotHaveDuplicates();
    }

    @Test
    void refuses_what_a_descriptor_cannot_be() {
        assertThatThrownBy(() -> Descriptor.of(MediaType.OCTET_STREAM, DESCRIPTOR.digest(), -1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> DESCRIPTOR.toBuilder().urls(List.of("no url")))
                .isInstanceOf(MalformedContentException.class);
        assertThatThrownBy(() -> DESCRIPTOR.toBuilder().artifactType("no type"))
                .isInstanceOf(MalformedContentException.class);
    }
}
