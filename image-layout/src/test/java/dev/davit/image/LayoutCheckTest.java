package dev.davit.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.image.Finding.Severity;
import dev.davit.image.internal.layout.BlobFolder;
import dev.davit.image.internal.layout.LayoutCheck;
import dev.davit.oci.Annotations;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Document;
import dev.davit.oci.Index;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.Platform;
import dev.davit.oci.TransferException;
import dev.davit.oci.content.Copier;
import dev.davit.oci.image.Image;
import dev.davit.oci.internal.ByteBlob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayoutCheckTest {
    @TempDir
    Path folder;

    Path place;
    OciLayout layout;
    Image image;

    @BeforeEach
    void layout() {
        place = folder.resolve("layout");
        layout = OciLayout.at(place);
        image = ImageBuilder.scratch(Platform.LINUX_AMD64)
                .layer(LayerSpec.named("one").file("/name", "one".getBytes(UTF_8), 0644))
                .build(layout);
        layout.tag(image.descriptor(), "1");
    }

    @Test
    void a_good_layout_is_read_to_its_last_byte() {
        LayoutReport report = layout.verify();

        assertThat(report.findings()).isEmpty();
        assertThat(report.isValid()).isTrue();
        assertThat(report.blobs()).isEqualTo(3);
        assertThat(report.bytes())
                .isEqualTo(image.descriptor().size() + image.manifest().config().size() + layer().size());
    }

    @Test
    void a_damaged_blob_is_found_taken_away_and_brought_again() throws IOException {
        OciLayout other = OciLayout.at(folder.resolve("other"));
        Copier.create().copy(image, other, "1");
        byte[] bytes = Files.readAllBytes(path(layer().digest()));
        bytes[20] ^= 1;
        Files.write(path(layer().digest()), bytes);

        requireOnly(
                layout.verify(),
                Severity.ERROR,
                "blobs/sha256/" + layer().digest().encoded(),
                "sha256:");
        assertThat(path(layer().digest())).exists();

        LayoutReport repaired = layout.repair();
        assertThat(repaired.isValid()).isFalse();
        assertThat(repaired.quarantined()).containsExactly(layer().digest());
        assertThat(path(layer().digest())).doesNotExist();
        try (var kept = Files.list(place.resolve(".davit/quarantine"))) {
            assertThat(kept).hasSize(1).allSatisfy(file -> assertThat(file).hasBinaryContent(bytes));
        }
        requireOnly(layout.verify(), Severity.ERROR, "index.json manifests[0].layers[0]", "is not there");

        Copier.create().copy(other, "1", layout, "1");
        assertThat(layout.verify().findings()).isEmpty();
    }

    @Test
    void what_is_missing_is_an_error_but_for_images_that_an_index_names() throws IOException {
        Descriptor absent = Descriptor.of(MediaType.OCI_MANIFEST, new byte[1]);
        Index index = Index.builder()
                .addManifest(image.descriptor())
                .addManifest(absent)
                .build();
        put(index);
        layout.untag("1");
        write(Index.builder().addManifest(index.descriptor()).build());
        requireOnly(layout.verify(), Severity.WARNING, "index.json manifests[0].manifests[1]", "is not there");

        Files.delete(path(image.config().digest()));
        assertThat(layout.verify().findings())
                .extracting(Finding::place)
                .containsExactly("index.json manifests[0].manifests[0].config", "index.json manifests[0].manifests[1]");
        assertThat(layout.verify().isValid()).isFalse();

        write(Index.builder().addManifest(absent).build());
        requireOnly(layout.verify(), Severity.ERROR, "index.json manifests[0]", "is not there");
    }

    @Test
    void what_is_elsewhere_may_be_missing() throws IOException {
        Descriptor foreign = Descriptor.of(MediaType.OCI_LAYER_GZIP, new byte[1]).toBuilder()
                .urls(List.of("https://example.com/layer"))
                .build();
        Manifest manifest = image.manifest().toBuilder().addLayer(foreign).build();
        put(manifest);
        write(Index.builder().addManifest(manifest.descriptor()).build());

        requireOnly(layout.verify(), Severity.WARNING, "index.json manifests[0].layers[1]", "is not there");
    }

    @Test
    void a_reference_with_another_size_or_to_no_document_is_an_error() throws IOException {
        Descriptor one = image.descriptor();
        write(Index.builder()
                .addManifest(Descriptor.of(one.mediaType(), one.digest(), one.size() + 1))
                .build());
        requireOnly(
                layout.verify(),
                Severity.ERROR,
                "index.json manifests[0]",
                "expected " + (one.size() + 1) + " bytes, got " + one.size());

        write(Index.builder()
                .addManifest(Descriptor.of(MediaType.OCI_MANIFEST, layer().digest(), layer().size()))
                .build());
        requireOnly(layout.verify(), Severity.ERROR, "index.json manifests[0]", "image manifest");
    }

    @Test
    void two_images_of_one_name_are_an_error() throws IOException {
        Index other = Index.builder().build();
        put(other);
        write(Index.builder()
                .addManifest(named(image.descriptor(), "same"))
                .addManifest(named(image.descriptor(), "same"))
                .addManifest(named(other.descriptor(), "same"))
                .build());

        requireOnly(layout.verify(), Severity.ERROR, "index.json", "expected one image named \"same\"");
    }

    @Test
    void what_is_no_blob_is_worth_a_warning() throws IOException {
        Path readme = Files.writeString(place.resolve("blobs/sha256/README"), "?");
        requireOnly(layout.verify(), Severity.WARNING, "blobs/sha256/README", "named by its digest");
        Files.delete(readme);

        Path link = Files.createSymbolicLink(place.resolve("blobs/sha256/" + "0".repeat(64)), path(layer().digest()));
        requireOnly(layout.verify(), Severity.WARNING, "blobs/sha256/" + "0".repeat(64), "named by its digest");
        Files.delete(link);

        Files.createDirectory(place.resolve("blobs/other"));
        Files.writeString(place.resolve("blobs/other/0123"), "?");
        requireOnly(layout.verify(), Severity.WARNING, "blobs/other/0123", "cannot be verified");
        assertThat(layout.repair().quarantined()).isEmpty();
    }

    @Test
    void an_index_in_an_index_has_an_end() throws IOException {
        Document document = image.manifest();
        for (int i = 0; i < 10; i++) {
            document = Index.builder().addManifest(document.descriptor()).build();
            put(document);
        }
        write(Index.builder().addManifest(document.descriptor()).build());

        requireOnly(
                layout.verify(),
                Severity.ERROR,
                "index.json manifests[0]" + ".manifests[0]".repeat(9),
                "at most 8 levels");
    }

    @Test
    void an_index_that_breaks_its_rules_is_an_error_of_its_own() throws IOException {
        Files.writeString(place.resolve("index.json"), "{");

        assertThatThrownBy(() -> layout.verify()).isInstanceOf(MalformedContentException.class);
        assertThatThrownBy(() -> layout.repair()).isInstanceOf(MalformedContentException.class);
    }

    @Test
    void ends_when_the_thread_is_interrupted_and_takes_that_for_no_damage() {
        LayoutCheck check = new LayoutCheck(place, BlobFolder.in(place), descriptor -> {
            Thread.currentThread().interrupt();
            return layout.blob(descriptor);
        });
        try {
            assertThatThrownBy(() -> check.run(layout.index(), true))
                    .isInstanceOf(TransferException.class)
                    .hasMessageContaining("interrupted");
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(layout.verify().findings()).isEmpty();
    }

    private static void requireOnly(LayoutReport report, Severity severity, String place, String problem) {
        assertThat(report.findings()).hasSize(1).first().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(severity);
            assertThat(finding.place()).isEqualTo(place);
            assertThat(finding.problem()).contains(problem);
        });
        assertThat(report.isValid()).isEqualTo(severity == Severity.WARNING);
    }

    private Descriptor layer() {
        return image.layers().get(0).descriptor();
    }

    private static Descriptor named(Descriptor descriptor, String name) {
        return descriptor.toBuilder().annotation(Annotations.REF_NAME, name).build();
    }

    private void write(Index index) throws IOException {
        Files.write(place.resolve("index.json"), index.toBytes());
    }

    private void put(Document document) {
        layout.put(new ByteBlob(document.descriptor(), document.toBytes()));
    }

    private Path path(Digest digest) {
        return place.resolve("blobs").resolve(digest.algorithm()).resolve(digest.encoded());
    }
}
