package dev.davit.oci.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.ImageConfig;
import dev.davit.oci.Index;
import dev.davit.oci.Manifest;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.Platform;
import dev.davit.oci.content.Blob;
import dev.davit.oci.content.ContentSource;
import dev.davit.oci.internal.ByteBlob;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ImageIndexTest {
    private final Map<Digest, byte[]> content = new HashMap<>();
    private final List<Digest> fetched = new ArrayList<>();
    private final ContentSource source = this::blob;
    private int images;

    @Test
    void takes_the_best_of_the_index_and_not_the_first_that_runs() {
        Descriptor old = image("linux/386");
        Descriptor plain = image("linux/amd64");
        Descriptor second = image("linux/amd64/v2");
        Descriptor fourth = image("linux/amd64/v4");
        Descriptor index = index(old, plain, second, fourth);

        assertThat(select(index, "linux/amd64/v3")).isEqualTo(second);
        assertThat(select(index, "linux/amd64")).isEqualTo(plain);
        assertThat(select(index, "linux/386")).isEqualTo(old);
        assertThat(select(index(old, fourth), "linux/amd64")).isEqualTo(old);
        assertThat(select(index(image("linux/arm/v5"), image("linux/arm/v6"), image("linux/arm/v8")), "linux/arm/v7")
                        .platform())
                .contains(Platform.parse("linux/arm/v6"));
    }

    @Test
    void takes_the_first_among_equals() {
        Descriptor first = image("linux/arm64/v8");
        Descriptor second = image("linux/arm64");

        assertThat(select(index(first, second), "linux/arm64")).isEqualTo(first);
        assertThat(select(index(second, first), "linux/arm64")).isEqualTo(second);
        assertThat(select(index(open(second), first), "linux/arm64")).isEqualTo(first);
    }

    @Test
    void looks_into_nested_indexes_only_if_no_entry_is_for_exactly_the_platform() {
        Descriptor nested = index(image("linux/amd64"));
        Descriptor exact = image("linux/amd64");
        Descriptor lesser = image("linux/386");

        assertThat(select(index(nested, exact), "linux/amd64")).isEqualTo(exact);
        assertThat(fetched).doesNotContain(nested.digest());
        assertThat(select(index(lesser, nested), "linux/amd64").platform()).contains(Platform.LINUX_AMD64);
        assertThat(fetched).contains(nested.digest());
    }

    @Test
    void asks_the_configuration_of_an_image_that_leaves_its_platform_open() {
        Descriptor lesser = image("linux/arm/v5");
        Descriptor better = open(image("linux/arm/v7"));

        assertThat(select(index(lesser, better), "linux/arm/v8")).isEqualTo(better);
        assertThat(select(index(better, lesser), "linux/arm/v6")).isEqualTo(lesser);
    }

    @Test
    void keeps_what_it_found_when_the_source_lacks_the_rest() {
        Descriptor lesser = image("linux/386");
        Descriptor lost = index(image("linux/amd64"));
        content.remove(lost.digest());

        assertThat(select(index(lost, lesser), "linux/amd64")).isEqualTo(lesser);
    }

    @Test
    void names_what_there_is_when_nothing_runs() {
        Descriptor index = index(image("linux/s390x"), image("windows(10.0.17763)/amd64"));

        assertThatThrownBy(() -> select(index, "windows(10.0.20348)/amd64"))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("no image for windows(10.0.20348)/amd64")
                .hasMessageEndingWith("which has linux/s390x, windows(10.0.17763)/amd64");
    }

    private Descriptor select(Descriptor root, String platform) {
        return ImageIndex.select(source, root, Platform.parse(platform));
    }

    private Blob blob(Descriptor descriptor) {
        fetched.add(descriptor.digest());
        return new ByteBlob(
                descriptor,
                Optional.ofNullable(content.get(descriptor.digest()))
                        .orElseThrow(() -> new NotFoundException("no " + descriptor)));
    }

    private Descriptor image(String text) {
        Platform platform = Platform.parse(text);
        ImageConfig config =
                ImageConfig.builder(platform).author("image " + ++images).build();
        content.put(config.digest(), config.toBytes());
        Manifest manifest = Manifest.builder(config.descriptor()).build();
        content.put(manifest.digest(), manifest.toBytes());
        return manifest.descriptor().toBuilder().platform(platform).build();
    }

    private static Descriptor open(Descriptor image) {
        return image.toBuilder().platform(null).build();
    }

    private Descriptor index(Descriptor... entries) {
        Index.Builder index = Index.builder();
        List.of(entries).forEach(index::addManifest);
        Index built = index.build();
        content.put(built.digest(), built.toBytes());
        return built.descriptor();
    }
}
