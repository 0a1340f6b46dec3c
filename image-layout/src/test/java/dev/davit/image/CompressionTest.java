package dev.davit.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.Platform;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.TemporaryStore;
import dev.davit.oci.image.Layer;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("jdk25")
class CompressionTest {
    private final TemporaryStore store = LocalStore.temporary();
    private final LayerSpec spec = LayerSpec.named("a")
            .file(
                    "a",
                    IntStream.range(0, 50_000)
                            .mapToObj(i -> Integer.toString(i * i % 7919))
                            .collect(Collectors.joining(" "))
                            .getBytes(StandardCharsets.US_ASCII),
                    0644);

    @AfterEach
    void close() {
        store.close();
    }

    @ParameterizedTest
    @EnumSource(
            value = Compression.class,
            names = {"GZIP", "ZSTD"})
    void a_higher_level_gives_less_and_the_same_archive(Compression compression) {
        Layer fast = spec.writeTo(store, compression, 1);
        Layer small = spec.writeTo(store, compression, compression.maxLevel());

        assertThat(small.descriptor().size()).isLessThan(fast.descriptor().size());
        assertThat(small.diffId()).isEqualTo(fast.diffId());
        assertThat(small.descriptor().mediaType()).isEqualTo(fast.descriptor().mediaType());
        assertThat(LayerLines.of(spec)).hasSize(1);
        LayerReader.read(small, entry -> {});
        assertThat(spec.writeTo(store, compression, compression.maxLevel()).descriptor())
                .as("once more")
                .isEqualTo(small.descriptor());
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void the_default_is_a_level_like_others(Compression compression) {
        Layer layer = spec.writeTo(store, compression);

        assertThat(spec.writeTo(store, compression, compression.defaultLevel()).descriptor())
                .isEqualTo(layer.descriptor());
        assertThat(ImageBuilder.scratch(Platform.LINUX_AMD64)
                        .compression(compression, compression.defaultLevel())
                        .layer(spec)
                        .build(store)
                        .layers()
                        .get(0)
                        .descriptor())
                .isEqualTo(layer.descriptor());
    }

    @Test
    void other_levels_are_refused_at_once() {
        assertRefused(Compression.GZIP, 0, "level of GZIP: expected 1 to 9, got 0");
        assertRefused(Compression.GZIP, 10, "got 10");
        assertRefused(Compression.ZSTD, 23, "level of ZSTD: expected 1 to 22, got 23");
        assertRefused(Compression.NONE, 1, "level of NONE: expected no level, got 1");
        ImageBuilder builder = ImageBuilder.scratch(Platform.LINUX_AMD64);
        assertThatThrownBy(() -> builder.compression(Compression.GZIP, -1))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private void assertRefused(Compression compression, int level, String message) {
        assertThatThrownBy(() -> spec.writeTo(store, compression, level))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }
}
