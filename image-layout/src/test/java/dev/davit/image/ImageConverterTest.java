package dev.davit.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.image.ImageConverter.Conversion;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.ImageConfig;
import dev.davit.oci.Index;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.Platform;
import dev.davit.oci.content.Blob;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.TemporaryStore;
import dev.davit.oci.image.Image;
import dev.davit.oci.internal.ByteBlob;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ImageConverterTest {
    private static final byte[] ARCHIVE =
            RawTar.tar().file("a", "content ".repeat(1000)).bytes();

    private final TemporaryStore store = LocalStore.temporary();

    @AfterEach
    void close() {
        store.close();
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void any_compression_becomes_any_other_and_the_image_stays_the_same(Compression before) {
        Image image = image(before);
        for (Compression after : Compression.values()) {
            Image converted = ImageConverter.create().compression(after).convert(image, store);

            assertThat(converted.id()).isEqualTo(image.id());
            assertThat(converted.layers().get(0).diffId()).isEqualTo(Digest.sha256(ARCHIVE));
            MediaType type = converted.manifest().layers().get(0).mediaType();
            assertThat(type.layerCompression().orElse("none")).isEqualToIgnoringCase(after.name());
            assertThat(ImageDiff.between(image, converted).isSameContent()).isTrue();
            assertThat(ImageValidator.validate(converted.content(), converted.descriptor())
                            .findings())
                    .isEmpty();
            assertThat(converted == image).isEqualTo(after == before);
            assertThat(ImageConverter.create()
                            .compression(after)
                            .convert(image, store)
                            .digest())
                    .isEqualTo(converted.digest());
        }
    }

    @Test
    void a_level_is_used() {
        Image image = image(Compression.NONE);
        Image fast = ImageConverter.create().compression(Compression.GZIP, 1).convert(image, store);
        Image small = ImageConverter.create().compression(Compression.GZIP, 9).convert(image, store);
        assertThat(fast.digest()).isNotEqualTo(small.digest());
        assertThatThrownBy(() -> ImageConverter.create().compression(Compression.GZIP, 10))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void documents_become_those_of_docker_and_back() {
        Image oci = image(Compression.GZIP);
        Image docker = ImageConverter.create().toDocker().convert(oci, store);

        assertThat(docker.manifest().mediaType()).isEqualTo(MediaType.DOCKER_MANIFEST);
        assertThat(docker.manifest().config().mediaType()).isEqualTo(MediaType.DOCKER_CONFIG);
        assertThat(docker.manifest().layers().get(0).mediaType()).isEqualTo(MediaType.DOCKER_LAYER_GZIP);
        assertThat(docker.layers().get(0).descriptor().digest())
                .isEqualTo(oci.layers().get(0).descriptor().digest());
        assertThat(docker.layers().get(0).blob().descriptor())
                .isEqualTo(docker.manifest().layers().get(0));
        assertThat(docker.id()).isEqualTo(oci.id());
        assertThat(ImageValidator.validate(docker.content(), docker.descriptor())
                        .findings())
                .isEmpty();
        assertThat(ImageConverter.create().toOci().convert(docker, store).digest())
                .isEqualTo(oci.digest());
    }

    @Test
    void what_docker_does_not_know_is_converted_dropped_or_refused() {
        Image zstd = image(Compression.ZSTD);
        Manifest annotated = zstd.manifest().toBuilder()
                .annotations(Map.of("a", "b"))
                .subject(zstd.descriptor())
                .artifactType("application/x")
                .build();
        Image image =
                Image.of(annotated, zstd.config(), List.of(zstd.layers().get(0).blob()));

        Image docker = ImageConverter.create().toDocker().convert(image, store);

        assertThat(docker.manifest().layers().get(0).mediaType()).isEqualTo(MediaType.DOCKER_LAYER_GZIP);
        assertThat(docker.manifest().annotations()).isEmpty();
        assertThat(docker.manifest().subject()).isEmpty();
        assertThat(docker.manifest().artifactType()).isEmpty();
        assertThatThrownBy(() -> ImageConverter.create().toDocker().compression(Compression.ZSTD))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected gzip or none, got zstd");
        assertThatThrownBy(() ->
                        ImageConverter.create().compression(Compression.ZSTD).toDocker())
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void what_nobody_knows_is_kept_and_what_is_about_old_bytes_goes() {
        Image image = image(Compression.GZIP);
        Descriptor layer = image.manifest().layers().get(0).toBuilder()
                .annotations(Map.of("mine", "1", "containerd.io/snapshot/stargz/toc.digest", "sha256:0"))
                .urls(List.of("https://example.com/layer"))
                .build();
        byte[] bytes = new String(
                        image.manifest().toBuilder()
                                .layers(List.of(layer))
                                .annotations(Map.of("org", "x"))
                                .build()
                                .toBytes(),
                        StandardCharsets.UTF_8)
                .replaceFirst("\\{", "{\"unknown\":[1,2],")
                .getBytes(StandardCharsets.UTF_8);
        Image odd = Image.of(
                Manifest.parse(bytes),
                image.config(),
                List.of(image.layers().get(0).blob()));

        Image converted = ImageConverter.create().compression(Compression.NONE).convert(odd, store);

        assertThat(new String(converted.manifest().toBytes(), StandardCharsets.UTF_8))
                .contains("\"unknown\":[1,2]");
        assertThat(converted.manifest().annotations()).containsEntry("org", "x");
        assertThat(converted.manifest().layers().get(0).annotations()).containsExactly(Map.entry("mine", "1"));
        assertThat(converted.manifest().layers().get(0).urls()).isEmpty();
    }

    @Test
    void layers_that_are_as_wanted_foreign_or_unknown_are_not_read() {
        byte[] stored = stored(Compression.GZIP);
        List<Blob> blobs = List.of(
                unread(MediaType.OCI_LAYER_GZIP, stored),
                unread(MediaType.OCI_FOREIGN_LAYER_ZSTD, stored),
                unread(new MediaType("application/vnd.oci.image.layer.v1.tar+gzip+encrypted"), stored),
                unread(new MediaType("application/x-other"), stored));
        Digest diffId = Digest.sha256(ARCHIVE);
        Image image = TestImages.of(blobs, List.of(diffId, diffId, diffId, diffId));

        assertThat(ImageConverter.create().compression(Compression.GZIP).convert(image, store))
                .isSameAs(image);
        assertThat(ImageConverter.create().toDocker().convert(image, store).layers())
                .hasSize(4);
    }

    @Test
    void a_layer_that_is_not_what_it_says_is_refused_and_leaves_nothing() {
        byte[] stored = stored(Compression.GZIP);
        Blob layer = new ByteBlob(Descriptor.of(MediaType.OCI_LAYER_GZIP, stored), stored);
        Image liar = TestImages.of(List.of(layer), List.of(Digest.sha256(new byte[0])));

        assertThatThrownBy(() ->
                        ImageConverter.create().compression(Compression.NONE).convert(liar, store))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("diffID");

        Descriptor plain = Descriptor.of(MediaType.OCI_LAYER, ARCHIVE);
        assertThatThrownBy(() -> store.blob(plain).open()).isInstanceOf(NotFoundException.class);
    }

    @Test
    void an_index_is_converted_image_by_image_without_what_is_about_the_old_ones() {
        Image amd = image(Compression.GZIP);
        ImageConfig config =
                amd.config().toBuilder().platform(Platform.LINUX_ARM64).build();
        Image arm = put(Image.of(
                amd.manifest().toBuilder().config(config.descriptor()).build(),
                config,
                List.of(amd.layers().get(0).blob())));
        put(amd);
        Image plain = put(image(Compression.NONE));
        Descriptor attestation = artifact();
        Index index = Index.builder()
                .addManifest(amd.descriptor().toBuilder()
                        .platform(Platform.LINUX_AMD64)
                        .annotation("kept", "yes")
                        .build())
                .addManifest(arm.descriptor().toBuilder()
                        .platform(Platform.LINUX_ARM64)
                        .build())
                .addManifest(plain.descriptor())
                .addManifest(about(attestation, amd))
                .addManifest(about(attestation, plain))
                .addManifest(attestation)
                .build();
        store.put(new ByteBlob(index.descriptor(), index.toBytes()));

        Conversion conversion =
                ImageConverter.create().compression(Compression.NONE).convert(store, index.descriptor(), store);

        Index after = Index.parse(conversion.content().fetch(conversion.root()));
        assertThat(conversion.leftOut()).containsExactly(about(attestation, amd));
        assertThat(after.manifests()).hasSize(5);
        assertThat(after.manifests().get(0).digest()).isEqualTo(plain.digest());
        assertThat(after.manifests().get(0).platform()).contains(Platform.LINUX_AMD64);
        assertThat(after.manifests().get(0).annotations()).containsEntry("kept", "yes");
        assertThat(after.manifests().get(1).digest()).isNotEqualTo(arm.digest());
        assertThat(after.manifests().get(3)).isEqualTo(about(attestation, plain));
        assertThat(ImageValidator.validate(conversion.content(), conversion.root())
                        .errors())
                .isEmpty();
        assertThat(ImageConverter.create()
                        .compression(Compression.NONE)
                        .convert(conversion.content(), conversion.root(), store)
                        .root())
                .isEqualTo(conversion.root());
    }

    private Image put(Image image) {
        image.manifest().children().forEach(child -> store.put(image.content().blob(child)));
        store.put(image.content().blob(image.descriptor()));
        return image;
    }

    /** As BuildKit makes them: the configuration is that of an image, but no layer is one. */
    private Descriptor artifact() {
        byte[] statement = "{}".getBytes(StandardCharsets.UTF_8);
        Descriptor layer = Descriptor.of(new MediaType("application/vnd.in-toto+json"), statement);
        ImageConfig config = ImageConfig.builder(Platform.parse("unknown/unknown"))
                .diffIds(List.of(layer.digest()))
                .build();
        Manifest manifest =
                Manifest.builder(config.descriptor()).layers(List.of(layer)).build();
        store.put(new ByteBlob(layer, statement));
        store.put(new ByteBlob(config.descriptor(), config.toBytes()));
        store.put(new ByteBlob(manifest.descriptor(), manifest.toBytes()));
        return manifest.descriptor();
    }

    private static Descriptor about(Descriptor attestation, Image image) {
        return attestation.toBuilder()
                .annotation("vnd.docker.reference.digest", image.digest().toString())
                .build();
    }

    private static Blob unread(MediaType type, byte[] stored) {
        return new ByteBlob(Descriptor.of(type, stored), new byte[0]);
    }

    private Image image(Compression compression) {
        MediaType type = switch (compression) {
            case NONE -> MediaType.OCI_LAYER;
            case GZIP -> MediaType.OCI_LAYER_GZIP;
            case ZSTD -> MediaType.OCI_LAYER_ZSTD;
        };
        return TestImages.of(List.of(stored(compression)), List.of(ARCHIVE), type);
    }

    private byte[] stored(Compression compression) {
        Digest diffId = Digest.sha256(ARCHIVE);
        Blob plain = new ByteBlob(Descriptor.of(MediaType.OCI_LAYER, ARCHIVE), ARCHIVE);
        Image image = TestImages.of(List.of(plain), List.of(diffId));
        Image converted = ImageConverter.create().compression(compression).convert(image, store);
        return converted.content().fetch(converted.manifest().layers().get(0));
    }
}
