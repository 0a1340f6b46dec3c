package dev.davit.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.image.Finding.Severity;
import dev.davit.image.internal.codec.DecodeLimits;
import dev.davit.image.internal.codec.LayerDecoder;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Digester;
import dev.davit.oci.Document;
import dev.davit.oci.History;
import dev.davit.oci.ImageConfig;
import dev.davit.oci.Index;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.Platform;
import dev.davit.oci.TransferException;
import dev.davit.oci.content.Blob;
import dev.davit.oci.content.ContentSource;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.TemporaryStore;
import dev.davit.oci.image.Image;
import dev.davit.oci.image.Layer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ImageValidatorTest {
    /** Hands out whatever is in it, right or wrong. */
    private final Map<Digest, byte[]> content = new HashMap<>();

    private final Map<Digest, Integer> opened = new HashMap<>();
    private final Set<Digest> broken = new HashSet<>();

    private final ContentSource source = descriptor -> new Blob() {
        @Override
        public Descriptor descriptor() {
            return descriptor;
        }

        @Override
        public InputStream open() {
            if (broken.contains(descriptor.digest())) {
                return new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw new IOException("the disk is gone");
                    }

                    @Override
                    public int read(byte[] target, int offset, int length) throws IOException {
                        return read();
                    }
                };
            }
            opened.merge(descriptor.digest(), 1, Integer::sum);
            byte[] bytes = content.get(descriptor.digest());
            if (bytes == null) {
                throw new NotFoundException("no " + descriptor);
            }
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public InputStream openRange(long from, long length) {
            throw new UnsupportedOperationException();
        }
    };

    private Manifest manifest;
    private ImageConfig config;

    @BeforeEach
    void make_a_good_image() throws IOException {
        try (TemporaryStore store = LocalStore.temporary()) {
            Image image = ImageBuilder.scratch(Platform.LINUX_AMD64)
                    .layer(LayerSpec.named("one").file("/etc/one", "one".getBytes(UTF_8), 0644))
                    .layer(LayerSpec.named("two").file("/etc/two", "two".getBytes(UTF_8), 0644))
                    .build(store);
            manifest = image.manifest();
            config = image.config();
            add(manifest.descriptor(), manifest.toBytes());
            add(manifest.config(), config.toBytes());
            for (Layer layer : image.layers()) {
                try (InputStream in = layer.open()) {
                    add(layer.descriptor(), in.readAllBytes());
                }
            }
        }
    }

    private Descriptor add(Descriptor descriptor, byte[] bytes) {
        content.put(descriptor.digest(), bytes);
        return descriptor;
    }

    private Descriptor add(MediaType type, byte[] bytes) {
        return add(Descriptor.of(type, bytes), bytes);
    }

    private Descriptor add(Document document) {
        return add(document.descriptor(), document.toBytes());
    }

    private ValidationReport validate(Document root) {
        return ImageValidator.validate(source, add(root));
    }

    /** Makes an image with another configuration. */
    private Manifest with(ImageConfig other) {
        return manifest.toBuilder().config(add(other)).build();
    }

    private static Digest sha512(byte[] bytes) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-512").digest(bytes);
            return Digest.parse("sha512:" + HexFormat.of().formatHex(hash));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private Finding only(ValidationReport report) {
        assertThat(report.findings()).hasSize(1);
        return report.findings().get(0);
    }

    private void requireError(ValidationReport report, String place, String... problem) {
        Finding finding = only(report);
        assertThat(finding.severity()).isEqualTo(Severity.ERROR);
        assertThat(finding.place()).isEqualTo(place);
        assertThat(finding.problem()).contains(problem).doesNotContain("\n");
        assertThat(report.isValid()).isFalse();
    }

    private void requireWarning(ValidationReport report, String place, String... problem) {
        Finding finding = only(report);
        assertThat(finding.severity()).isEqualTo(Severity.WARNING);
        assertThat(finding.place()).isEqualTo(place);
        assertThat(finding.problem()).contains(problem);
        assertThat(report.isValid()).isTrue();
    }

    @Test
    void finds_nothing_in_a_good_image() {
        Descriptor named =
                manifest.descriptor().toBuilder().platform(Platform.LINUX_AMD64).build();

        ValidationReport report = validate(Index.builder().addManifest(named).build());

        assertThat(report.findings()).isEmpty();
        assertThat(report.isValid()).isTrue();
        assertThat(report.documents()).isEqualTo(2);
        assertThat(report.blobs()).isEqualTo(3);
        long size = report.root().size()
                + manifest.descriptor().size()
                + manifest.children().stream().mapToLong(Descriptor::size).sum();
        assertThat(report.bytes()).isEqualTo(size);
    }

    @Test
    void finds_bytes_that_are_not_the_named_ones() {
        Digest layer = manifest.layers().get(1).digest();
        byte[] bytes = content.get(layer).clone();
        bytes[4] ^= 1; // a time in the header of gzip, which no decoder looks at
        content.put(layer, bytes);

        requireError(
                validate(manifest),
                "layers[1]",
                layer.toString(),
                Digest.sha256(bytes).toString());
    }

    @Test
    void finds_that_damaged_content_is_no_archive_and_not_the_named_bytes() {
        Digest layer = manifest.layers().get(0).digest();
        content.put(layer, new byte[content.get(layer).length]);

        ValidationReport report = validate(manifest);

        assertThat(report.errors())
                .isNotEmpty()
                .allMatch(finding -> finding.place().equals("layers[0]"));
        assertThat(report.errors()).anyMatch(finding -> finding.problem().contains(layer.toString()));
    }

    @Test
    void finds_content_that_is_cut_or_missing() {
        Digest cut = manifest.layers().get(0).digest();
        content.put(cut, Arrays.copyOf(content.get(cut), 20));
        content.remove(manifest.layers().get(1).digest());

        ValidationReport report = validate(manifest);

        assertThat(report.errors()).extracting(Finding::place).contains("layers[0]", "layers[1]");
        assertThat(report.errors()).anyMatch(finding -> finding.problem().contains("got 20 bytes"));
    }

    @Test
    void finds_a_diff_id_that_is_that_of_another_archive() {
        ImageConfig swapped = config.toBuilder()
                .diffIds(List.of(config.diffIds().get(1), config.diffIds().get(0)))
                .build();

        ValidationReport report = validate(with(swapped));

        assertThat(report.errors()).extracting(Finding::place).containsExactly("layers[0]", "layers[1]");
        assertThat(report.errors().get(0).problem())
                .isEqualTo("expected the diff_id " + config.diffIds().get(1) + ", got "
                        + config.diffIds().get(0));
    }

    @Test
    void one_layer_twice_is_compared_each_time() {
        Manifest twice = manifest.toBuilder()
                .addLayer(manifest.layers().get(0))
                .config(add(config.toBuilder()
                        .diffIds(List.of(
                                config.diffIds().get(0),
                                config.diffIds().get(1),
                                config.diffIds().get(1)))
                        .history(List.of())
                        .build()))
                .build();

        requireError(validate(twice), "layers[2]", "expected the diff_id");
    }

    @Test
    void finds_too_few_diff_ids_and_steps() {
        ImageConfig less = config.toBuilder()
                .diffIds(config.diffIds().subList(0, 1))
                .history(config.history().subList(0, 1))
                .build();

        ValidationReport report = validate(with(less));

        assertThat(report.findings())
                .extracting(Finding::problem)
                .containsExactly(
                        "expected 2 diff_ids, one for each layer, got 1",
                        "expected 2 steps of history that made a layer, got 1");
        assertThat(report.errors()).hasSize(1);
    }

    @Test
    void steps_that_made_no_layer_do_not_count() {
        ImageConfig more = config.toBuilder()
                .addHistory(History.builder().createdBy("CMD").emptyLayer(true).build())
                .build();

        assertThat(validate(with(more)).findings()).isEmpty();
        assertThat(validate(with(config.toBuilder().history(List.of()).build())).findings())
                .isEmpty();
    }

    @Test
    void finds_media_types_that_are_not_what_the_content_is() {
        List<Descriptor> layers = manifest.layers();
        Manifest zstd = manifest.toBuilder()
                .layers(List.of(
                        layers.get(0).toBuilder()
                                .mediaType(MediaType.OCI_LAYER_ZSTD)
                                .build(),
                        layers.get(1)))
                .build();
        Manifest docker = manifest.toBuilder()
                .layers(List.of(
                        layers.get(0),
                        layers.get(1).toBuilder()
                                .mediaType(MediaType.DOCKER_LAYER_GZIP)
                                .build()))
                .build();
        Manifest text = manifest.toBuilder()
                .layers(List.of(
                        layers.get(0),
                        layers.get(1).toBuilder()
                                .mediaType(new MediaType("text/plain"))
                                .build()))
                .build();

        requireWarning(validate(zstd), "layers[0]", "tar+zstd", "GZIP");
        requireWarning(validate(docker), "layers[1]", "same family", "docker");
        requireWarning(validate(text), "layers[1]", "expected the type of a layer, got text/plain");
    }

    @Test
    void finds_documents_that_break_their_rules() {
        byte[] bad = "{\"os\":1}".getBytes(UTF_8);
        Manifest withBadConfig =
                manifest.toBuilder().config(add(MediaType.OCI_CONFIG, bad)).build();
        Descriptor confused = add(MediaType.OCI_INDEX, manifest.toBytes());

        requireError(validate(withBadConfig), "config", "image config at /os");
        requireError(ImageValidator.validate(source, confused), "", "image index at /config");
        requireError(ImageValidator.validate(source, manifest.layers().get(0)), "", "expected a manifest or an index");
    }

    @Test
    void finds_a_platform_that_is_not_that_of_the_image() {
        Descriptor arm =
                manifest.descriptor().toBuilder().platform(Platform.LINUX_ARM64).build();
        Descriptor variant = manifest.descriptor().toBuilder()
                .platform(Platform.of("linux", "amd64", "v1"))
                .build();

        requireError(
                validate(Index.builder().addManifest(arm).build()),
                "manifests[0]",
                "expected an image for linux/arm64",
                "got one for linux/amd64");
        assertThat(validate(Index.builder().addManifest(variant).build()).findings())
                .isEmpty();
    }

    @Test
    void a_second_place_of_one_manifest_is_compared_like_the_first() {
        Descriptor right =
                manifest.descriptor().toBuilder().platform(Platform.LINUX_AMD64).build();
        Descriptor wrong =
                manifest.descriptor().toBuilder().platform(Platform.LINUX_ARM64).build();
        Descriptor otherType = right.toBuilder().mediaType(MediaType.OCI_INDEX).build();

        requireError(
                validate(Index.builder().addManifest(right).addManifest(wrong).build()),
                "manifests[1]",
                "expected an image for linux/arm64");
        requireError(
                validate(Index.builder()
                        .addManifest(right)
                        .addManifest(otherType)
                        .build()),
                "manifests[1]",
                "expected application/vnd.oci.image.manifest.v1+json as elsewhere",
                "got application/vnd.oci.image.index.v1+json");
    }

    @Test
    void content_that_was_read_as_something_else_is_still_decoded_as_a_layer() {
        Descriptor layer = manifest.layers().get(0);
        Manifest artifact = Manifest.builder(Descriptor.EMPTY)
                .artifactType("application/x.artifact")
                .layers(List.of(layer))
                .build();
        add(MediaType.OCI_EMPTY, "{}".getBytes(UTF_8));
        Manifest swapped = with(config.toBuilder()
                .diffIds(List.of(config.diffIds().get(1), config.diffIds().get(1)))
                .build());

        ValidationReport report = validate(Index.builder()
                .addManifest(add(artifact))
                .addManifest(add(swapped))
                .build());

        requireError(report, "manifests[1].layers[0]", "expected the diff_id");
        assertThat(report.blobs())
                .as("empty configuration, other configuration, two layers")
                .isEqualTo(4);
    }

    @Test
    void diff_ids_of_two_algorithms_are_compared_with_their_own() throws IOException {
        byte[] archive;
        try (LayerDecoder decoder =
                LayerDecoder.open(source.blob(manifest.layers().get(0)), DecodeLimits.NONE, Digester.sha256())) {
            archive = decoder.readAllBytes();
        }
        List<Digest> both = List.of(sha512(archive), config.diffIds().get(1));
        Manifest other = with(config.toBuilder().diffIds(both).build());
        Manifest wrong = with(config.toBuilder()
                .diffIds(List.of(sha512(new byte[1]), config.diffIds().get(1)))
                .build());

        assertThat(validate(Index.builder()
                                .addManifest(manifest.descriptor())
                                .addManifest(add(other))
                                .build())
                        .findings())
                .isEmpty();
        requireError(
                validate(Index.builder()
                        .addManifest(add(other))
                        .addManifest(add(wrong))
                        .build()),
                "manifests[1].layers[0]",
                "expected the diff_id sha512:");
    }

    @Test
    void a_configuration_of_the_other_family_is_worth_a_warning() {
        Manifest mixed = manifest.toBuilder()
                .config(add(MediaType.DOCKER_CONFIG, config.toBytes()))
                .build();

        requireWarning(validate(mixed), "config", "expected a configuration of the same family as", "docker");
    }

    @Test
    void what_two_images_share_is_read_and_counted_once() {
        Manifest other = manifest.toBuilder()
                .annotations(Map.of("org.example.note", "other"))
                .build();

        ValidationReport report = validate(Index.builder()
                .addManifest(add(manifest))
                .addManifest(add(other))
                .build());

        assertThat(report.findings()).isEmpty();
        assertThat(report.documents()).isEqualTo(3);
        assertThat(report.blobs()).isEqualTo(3);
        assertThat(opened.values()).allMatch(times -> times == 1);
    }

    @Test
    void content_that_cannot_be_read_is_a_finding() {
        broken.add(manifest.layers().get(1).digest());

        requireError(validate(manifest), "layers[1]", "cannot read", "the disk is gone");
    }

    @Test
    void an_index_in_an_index_has_an_end() {
        Document document = manifest;
        for (int i = 0; i < 9; i++) {
            document = Index.builder().addManifest(add(document)).build();
        }

        requireError(validate(document), "manifests[0]" + ".manifests[0]".repeat(8), "expected at most 8 levels");
    }

    @Test
    void more_documents_than_anybody_has_are_not_read() {
        Index.Builder all = Index.builder();
        for (int i = 0; i < 100; i++) {
            Index.Builder some = Index.builder();
            for (int j = 0; j < 101; j++) {
                some.addManifest(add(
                        Index.builder().annotations(Map.of("n", i + "-" + j)).build()));
            }
            all.addManifest(add(some.build()));
        }

        ValidationReport report = validate(all.build());

        assertThat(report.documents()).isEqualTo(10_000);
        assertThat(report.errors())
                .isNotEmpty()
                .allSatisfy(error -> assertThat(error.problem()).contains("10000 documents"));
    }

    @Test
    void findings_have_an_end_too() {
        Descriptor lost = Descriptor.of(new MediaType("text/plain"), new byte[1]);
        Index.Builder index = Index.builder();
        for (int i = 0; i < ImageValidator.MAX_FINDINGS; i++) {
            index.addManifest(lost);
        }

        assertThat(validate(index.addManifest(lost).build()).findings()).hasSize(ImageValidator.MAX_FINDINGS);
    }

    @Test
    void an_index_need_not_be_complete_but_its_manifests_must_be() {
        Descriptor absent = Descriptor.of(MediaType.OCI_MANIFEST, new byte[3]);
        Index sparse = Index.builder()
                .addManifest(manifest.descriptor())
                .addManifest(absent)
                .build();

        requireWarning(validate(sparse), "manifests[1]", "is not there");
        requireError(ImageValidator.validate(source, absent), "", "no ");
    }

    @Test
    void finds_what_an_index_should_not_name() {
        Descriptor old = add(MediaType.DOCKER_SCHEMA1_SIGNED, new byte[1]);
        Descriptor blob = add(MediaType.OCTET_STREAM, new byte[2]);

        requireError(validate(Index.builder().addManifest(old).build()), "manifests[0]", "schema 2");
        requireWarning(
                validate(Index.builder().addManifest(blob).build()), "manifests[0]", "expected a manifest or an index");
    }

    @Test
    void finds_one_digest_with_two_sizes() {
        Descriptor first = manifest.layers().get(0);
        Descriptor lie = Descriptor.of(first.mediaType(), first.digest(), first.size() + 1);
        Manifest both = manifest.toBuilder()
                .layers(List.of(first, lie))
                .config(add(config.toBuilder()
                        .diffIds(List.of(
                                config.diffIds().get(0), config.diffIds().get(0)))
                        .build()))
                .build();

        requireError(validate(both), "layers[1]", "expected " + first.size() + " bytes as elsewhere");
    }

    @Test
    void finds_embedded_content_that_is_not_what_it_says() {
        byte[] two = {'{', '}'};
        String json = new String(Descriptor.of(MediaType.OCTET_STREAM, two).toBytes(), UTF_8);
        Descriptor lie =
                Descriptor.parse(json.replace("}", ",\"data\":\"e1s=\"}").getBytes(UTF_8));
        Manifest artifact = Manifest.builder(Descriptor.EMPTY)
                .artifactType("a/b")
                .addLayer(lie)
                .build();
        add(Descriptor.EMPTY, two);
        add(lie, two);

        requireError(validate(artifact), "layers[0]", "data of descriptor");
    }

    @Test
    void artifacts_are_checked_as_what_they_are() {
        add(Descriptor.EMPTY, new byte[] {'{', '}'});
        Descriptor text = add(new MediaType("text/plain"), "hello".getBytes(UTF_8));
        Manifest.Builder artifact = Manifest.builder(Descriptor.EMPTY)
                .addLayer(text)
                .subject(Descriptor.of(MediaType.OCI_MANIFEST, new byte[9]));

        assertThat(validate(artifact.artifactType("text/plain").build()).findings())
                .isEmpty();
        requireError(validate(artifact.artifactType(null).build()), "", "expected an artifactType");
        content.put(text.digest(), "hullo".getBytes(UTF_8));
        requireError(
                validate(artifact.artifactType("text/plain").build()),
                "layers[0]",
                text.digest().toString());
    }

    @Test
    void layers_that_are_elsewhere_may_be_missing() {
        Descriptor foreign = Descriptor.of(MediaType.OCI_FOREIGN_LAYER_GZIP, new byte[7]);
        Manifest image = manifest.toBuilder()
                .addLayer(foreign)
                .config(add(config.toBuilder()
                        .diffIds(List.of(
                                config.diffIds().get(0), config.diffIds().get(1), Digest.sha256(new byte[7])))
                        .history(List.of())
                        .build()))
                .build();

        requireWarning(validate(image), "layers[2]", "fetched from elsewhere");
    }

    @Test
    void says_what_it_cannot_verify() {
        Descriptor unknown = Descriptor.of(MediaType.OCTET_STREAM, Digest.parse("md5:abc"), 1);
        content.put(unknown.digest(), new byte[1]);
        Manifest artifact = Manifest.builder(unknown).artifactType("a/b").build();

        requireError(validate(artifact), "config", "an algorithm that can be verified");
    }

    @Test
    void reports_everything_and_not_only_the_first() {
        content.remove(manifest.layers().get(0).digest());
        Descriptor bad = add(MediaType.OCI_MANIFEST, "{}".getBytes(UTF_8));
        Index index = Index.builder()
                .addManifest(bad)
                .addManifest(manifest.descriptor().toBuilder()
                        .platform(Platform.LINUX_ARM64)
                        .build())
                .addManifest(Descriptor.of(MediaType.OCI_MANIFEST, new byte[3]))
                .build();

        ValidationReport report = validate(index);

        assertThat(report.findings())
                .extracting(Finding::place)
                .containsExactly("manifests[0]", "manifests[1]", "manifests[1].layers[0]", "manifests[2]");
        assertThat(report.findings().get(1))
                .hasToString("error: manifests[1]: expected an image for linux/arm64, as its index says, got one for"
                        + " linux/amd64 (" + manifest.digest() + ")");
    }

    @Test
    void ends_when_the_thread_is_interrupted() {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> validate(manifest)).isInstanceOf(TransferException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
