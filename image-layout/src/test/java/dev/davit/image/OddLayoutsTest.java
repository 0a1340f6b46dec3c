package dev.davit.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.Annotations;
import dev.davit.oci.DavitException;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Digester;
import dev.davit.oci.Document;
import dev.davit.oci.Index;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.Platform;
import dev.davit.oci.StorageException;
import dev.davit.oci.image.Image;
import dev.davit.oci.internal.ByteBlob;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Layouts as other tools, damage and attackers make them. */
class OddLayoutsTest {
    private static final Duration DAY = Duration.ofDays(1);
    private static final Descriptor ABSENT = Descriptor.of(MediaType.OCI_MANIFEST, new byte[1]);

    @TempDir
    Path folder;

    private Path place;
    private OciLayout layout;

    @BeforeEach
    void layout() {
        place = folder.resolve("layout");
        layout = OciLayout.at(place);
    }

    @Test
    void what_an_index_says_to_others_stays_byte_for_byte_whatever_is_done() throws IOException {
        Image image = image("one");
        put(MediaType.OCTET_STREAM, "a thing");
        String top = "\"x-top\":{\"a\":[1, 2.50, null],\"\\u0062\":\"\\u00e9\"}";
        String other = "{\"x-first\":{ \"deep\" : [ ] },\"mediaType\":\"application/vnd.other+json\",\"digest\":\"%s\","
                        .formatted(Digest.sha256("a thing".getBytes(UTF_8)))
                + "\"size\":7,\"annotations\":{\"z\":\"1\",\"a\":\"\\u00e9\"}}";
        Files.writeString(
                place.resolve("index.json"),
                "{" + top + ",\"manifests\":[" + other + "],\"schemaVersion\":2,\"annotations\":{\"k\":\"v\"}}");
        makeOld();

        layout.tag(image.descriptor(), "1");
        layout.tag(image.descriptor(), "2");
        layout.untag("1");
        assertThat(layout.collectGarbage(DAY).blobs()).isEmpty();

        String named = new String(
                image.descriptor().toBuilder()
                        .annotation(Annotations.REF_NAME, "2")
                        .build()
                        .toBytes(),
                UTF_8);
        assertThat(place.resolve("index.json"))
                .hasContent("{" + top + ",\"manifests\":[" + other + "," + named
                        + "],\"schemaVersion\":2,\"annotations\":{\"k\":\"v\"}}");
    }

    @Test
    void an_index_of_indexes_is_whole_when_everything_below_it_is() throws IOException {
        Image image = image("one");
        Descriptor inner = put(Index.builder().addManifest(image.descriptor()).build());
        Descriptor outer = put(Index.builder().addManifest(inner).build());
        image("garbage");
        layout.tag(outer, "nested");
        makeOld();

        assertThat(layout.collectGarbage(DAY).blobs()).hasSize(3);
        assertThat(layout.verify().findings()).isEmpty();
        assertThat(layout.verify().blobs()).isEqualTo(5);

        Files.delete(path(image.config().digest()));
        assertThatThrownBy(() -> layout.tag(outer, "again")).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> layout.allowSparse().tag(outer, "again"))
                .as("an image that is there has to be whole")
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining(image.config().digest().toString());
        Files.delete(path(image.digest()));
        layout.allowSparse().tag(outer, "again");
    }

    @Test
    void an_index_may_be_sparse_if_the_layout_is_told_so() throws IOException {
        Image image = image("one");
        Descriptor index = put(Index.builder()
                .addManifest(ABSENT)
                .addManifest(image.descriptor())
                .build());
        assertThatThrownBy(() -> layout.tag(index, "some")).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> layout.add(index)).isInstanceOf(NotFoundException.class);

        OciLayout sparse = layout.allowSparse();
        sparse.add(index);
        sparse.tag(index, "some");
        makeOld();

        assertThat(layout.resolve("some").digest()).isEqualTo(index.digest());
        assertThat(layout.collectGarbage(DAY).blobs()).isEmpty();
        assertThat(layout.verify().isValid()).isTrue();
        assertThat(layout.verify().findings()).singleElement().satisfies(finding -> {
            assertThat(finding.severity()).isEqualTo(Finding.Severity.WARNING);
            assertThat(finding.place()).isEqualTo("index.json manifests[0].manifests[0]");
        });
        assertThat(Image.load(layout, image.digest().toString(), Platform.LINUX_AMD64)
                        .digest())
                .isEqualTo(image.digest());
        assertThatThrownBy(() -> sparse.tag(ABSENT, "nothing"))
                .as("what is named itself has to be there")
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void names_that_other_tools_gave_to_several_images_are_all_entries_until_they_are_settled() throws IOException {
        Image one = image("one");
        Image two = image("two");
        write(Stream.of(one, two, one)
                .map(image -> named(image.descriptor(), "same"))
                .toList());
        makeOld();

        assertThat(layout.tags()).containsExactly("same");
        assertThat(layout.collectGarbage(DAY).blobs()).isEmpty();
        assertThatThrownBy(() -> layout.resolve("same")).isInstanceOf(MalformedContentException.class);
        layout.tag(two.descriptor(), "other");
        assertThat(layout.index().manifests()).as("other names are not touched").hasSize(4);
        layout.untag("same");
        assertThat(layout.tags()).containsExactly("other");
        assertThat(layout.index().manifests()).hasSize(1);

        write(Stream.of("a", "b", "c")
                .map(name -> named(one.descriptor(), name))
                .toList());
        layout.untag("b");
        assertThat(layout.tags()).containsExactly("a", "c");
        assertThat(layout.resolve("c").digest()).isEqualTo(one.digest());
    }

    @Test
    void something_that_is_named_as_two_kinds_of_content_keeps_what_it_needs() throws IOException {
        Image image = image("one");
        write(List.of(
                image.descriptor().toBuilder()
                        .mediaType(new MediaType("application/vnd.other"))
                        .build(),
                image.descriptor()));
        makeOld();

        assertThat(layout.collectGarbage(DAY).blobs()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"link", "directory", "pipe"})
    void a_blob_that_is_no_regular_file_is_never_read(String kind) throws Exception {
        Image image = image("one");
        layout.tag(image.descriptor(), "1");
        Path manifest = path(image.digest());
        Path elsewhere = Files.move(manifest, folder.resolve("elsewhere"));
        switch (kind) {
            case "link" -> Files.createSymbolicLink(manifest, elsewhere);
            case "directory" -> Files.createDirectory(manifest);
            default ->
                assertThat(new ProcessBuilder("mkfifo", manifest.toString())
                                .start()
                                .waitFor())
                        .isZero();
        }
        makeOld();

        assertThatThrownBy(() -> layout.fetch(image.descriptor()))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("not a regular file");
        assertThatThrownBy(() -> layout.blob(image.descriptor()).openRange(0, 1))
                .isInstanceOf(StorageException.class);
        assertThatThrownBy(() -> layout.tag(image.descriptor(), "2")).isInstanceOf(DavitException.class);
        layout.untag("1");
        assertThatThrownBy(() -> layout.resolve(image.digest().toString()))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("regular file");
        assertThat(layout.verify().findings())
                .singleElement()
                .extracting(Finding::problem)
                .isEqualTo("expected a file named by its digest, got something else");
        assertThat(layout.repair().quarantined()).isEmpty();
        assertThat(layout.collectGarbage(DAY).blobs()).doesNotContain(image.digest());
        assertThat(Files.exists(manifest, LinkOption.NOFOLLOW_LINKS)).isTrue();
    }

    @Test
    void a_blob_that_changes_while_it_is_read_is_not_delivered_as_the_other() throws IOException {
        byte[] bytes = new byte[300_000];
        Descriptor blob = put(MediaType.OCTET_STREAM, new String(bytes, UTF_8));
        Path file = path(blob.digest());

        try (InputStream in = layout.blob(blob).open()) {
            assertThat(in.readNBytes(1000)).hasSize(1000);
            Files.write(file, "other".repeat(60_000).getBytes(UTF_8));
            assertThatThrownBy(in::readAllBytes).isInstanceOf(IntegrityException.class);
        }
        Files.write(file, bytes);
        try (InputStream in = layout.blob(blob).open()) {
            in.readNBytes(1000);
            Files.write(file, new byte[2000]);
            assertThatThrownBy(in::readAllBytes).isInstanceOf(IntegrityException.class);
        }
        Files.write(file, bytes);
        try (InputStream in = layout.blob(blob).open()) {
            in.readNBytes(1000);
            Path other = Files.writeString(folder.resolve("other"), "other");
            Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
            assertThat(in.readAllBytes()).as("it was open").hasSize(bytes.length - 1000);
        }
        assertThatThrownBy(() -> layout.blob(blob).open()).isInstanceOf(IntegrityException.class);
    }

    @Test
    void blobs_of_other_algorithms_are_kept_found_and_verified() throws IOException {
        Descriptor layer = putAs512("a layer".getBytes(UTF_8), MediaType.OCI_LAYER);
        Descriptor config = putAs512("{}".getBytes(UTF_8), MediaType.OCI_EMPTY);
        Manifest manifest = Manifest.builder(config)
                .artifactType("application/x.thing")
                .addLayer(layer)
                .build();
        Descriptor root = putAs512(manifest.toBytes(), MediaType.OCI_MANIFEST);
        Manifest signature = Manifest.builder(config)
                .artifactType("application/x.signature")
                .subject(root)
                .build();
        Descriptor ofRoot = putAs512(signature.toBytes(), MediaType.OCI_MANIFEST);
        Descriptor lost = putAs512("lost".getBytes(UTF_8), MediaType.OCTET_STREAM);
        assertThat(path(root.digest()))
                .isEqualTo(place.resolve("blobs/sha512/" + root.digest().encoded()));
        layout.tag(root, "1");
        makeOld();

        assertThat(layout.resolve(ofRoot.digest().toString())).isEqualTo(ofRoot);
        assertThat(layout.collectGarbage(DAY).blobs()).containsExactly(lost.digest());
        assertThat(layout.verify().findings()).isEmpty();
        assertThat(layout.verify().blobs()).isEqualTo(4);

        byte[] bytes = Files.readAllBytes(path(ofRoot.digest()));
        bytes[3] ^= 1;
        Files.write(path(ofRoot.digest()), bytes);
        assertThatThrownBy(() -> layout.resolve(ofRoot.digest().toString()))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining("got sha512:");
        assertThat(layout.repair().quarantined()).containsExactly(ofRoot.digest());
    }

    /** Without the library for BLAKE3, which is not here. */
    @Test
    void what_cannot_be_verified_is_neither_read_nor_deleted() throws IOException {
        Digest blake3 = Digest.parse("blake3:" + "0".repeat(64));
        Descriptor unknown = Descriptor.of(MediaType.OCI_MANIFEST, blake3, 7);
        Files.createDirectories(place.resolve("blobs/blake3"));
        Files.writeString(path(blake3), "a thing");
        Descriptor lost = put(MediaType.OCTET_STREAM, "lost");
        makeOld();

        assertThat(layout.collectGarbage(DAY).blobs()).containsExactly(lost.digest());
        assertThatThrownBy(() -> layout.fetch(unknown)).isInstanceOf(IntegrityException.class);
        assertThatThrownBy(() -> layout.resolve(blake3.toString())).isInstanceOf(IntegrityException.class);
        assertThatThrownBy(() -> layout.tag(unknown, "1")).isInstanceOf(IntegrityException.class);
        write(List.of(unknown));
        assertThatThrownBy(() -> layout.collectGarbage(DAY))
                .as("nobody knows what it needs")
                .isInstanceOf(IntegrityException.class);
    }

    @Test
    void an_index_that_could_not_be_read_again_is_not_written() throws IOException {
        Image image = image("one");
        List<Descriptor> entries = new ArrayList<>();
        IntStream.range(0, 980).forEach(i -> entries.add(named(image.descriptor(), i + "x".repeat(4000))));
        write(entries);
        byte[] before = Files.readAllBytes(place.resolve("index.json"));

        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100; i++) {
                        layout.tag(image.descriptor(), "more" + i + "y".repeat(4000));
                    }
                })
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("expected at most 4194304 bytes");

        assertThat(before).hasSizeGreaterThan(4_000_000);
        assertThat(layout.tags()).hasSizeBetween(981, 999);
        assertThat(layout.verify().isValid()).isTrue();
    }

    @Test
    void an_index_that_others_write_is_seen_even_if_only_a_letter_of_it_differs() throws IOException {
        Image image = image("one");
        layout.tag(image.descriptor(), "a");
        Path index = place.resolve("index.json");
        FileTime time = Files.getLastModifiedTime(index);

        Files.writeString(index, Files.readString(index).replace("\"a\"", "\"b\""));
        Files.setLastModifiedTime(index, time);

        assertThat(layout.tags()).containsExactly("b");
    }

    private void write(List<Descriptor> entries) throws IOException {
        Files.write(
                place.resolve("index.json"),
                Index.builder().manifests(entries).build().toBytes());
    }

    private static Descriptor named(Descriptor descriptor, String name) {
        return descriptor.toBuilder().annotation(Annotations.REF_NAME, name).build();
    }

    private Descriptor put(Document document) {
        layout.put(new ByteBlob(document.descriptor(), document.toBytes()));
        return document.descriptor();
    }

    private Descriptor put(MediaType type, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        Descriptor descriptor = Descriptor.of(type, bytes);
        layout.put(new ByteBlob(descriptor, bytes));
        return descriptor;
    }

    private Descriptor putAs512(byte[] bytes, MediaType type) {
        Digester digester = Digest.parse("sha512:" + "0".repeat(128)).newDigester();
        digester.update(bytes, 0, bytes.length);
        Descriptor descriptor = Descriptor.of(type, digester.digest(), bytes.length);
        layout.put(new ByteBlob(descriptor, bytes));
        return descriptor;
    }

    /** Links and pipes are as they are: Java would follow or open them. */
    private void makeOld() throws IOException {
        try (Stream<Path> all = Files.walk(place.resolve("blobs"))) {
            for (Path blob : all.filter(file -> Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
                    .toList()) {
                Files.setLastModifiedTime(blob, FileTime.fromMillis(0));
            }
        }
    }

    private Path path(Digest digest) {
        return place.resolve("blobs").resolve(digest.algorithm()).resolve(digest.encoded());
    }

    private Image image(String name) {
        return ImageBuilder.scratch(Platform.LINUX_AMD64)
                .layer(LayerSpec.named(name).file("/name", name.getBytes(UTF_8), 0644))
                .build(layout);
    }
}
