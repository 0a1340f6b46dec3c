package dev.davit.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.Annotations;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Index;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.Platform;
import dev.davit.oci.StorageException;
import dev.davit.oci.content.Copier;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.image.Image;
import dev.davit.oci.internal.ByteBlob;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OciLayoutTest {
    @TempDir
    Path folder;

    Path place;
    OciLayout layout;

    @BeforeEach
    void layout() {
        place = folder.resolve("layout");
        layout = OciLayout.at(place);
    }

    @Test
    void a_new_layout_has_the_files_of_the_specification() throws IOException {
        assertThat(place.resolve("oci-layout")).hasContent("{\"imageLayoutVersion\":\"1.0.0\"}");
        assertThat(Index.parse(Files.readAllBytes(place.resolve("index.json"))).manifests())
                .isEmpty();
        assertThat(layout.tags()).isEmpty();
    }

    @Test
    void opening_a_layout_changes_nothing_in_it() throws IOException {
        Files.writeString(place.resolve("index.json"), "{ \"schemaVersion\": 2, \"manifests\": [] }");

        OciLayout.at(place);
        OciLayout.open(place).tags();

        assertThat(place.resolve("index.json")).hasContent("{ \"schemaVersion\": 2, \"manifests\": [] }");
    }

    @Test
    void only_what_is_absent_or_empty_becomes_a_layout() throws IOException {
        Path mine = Files.createDirectory(folder.resolve("mine"));
        OciLayout.at(mine);
        Path other = Files.createDirectory(folder.resolve("other"));
        Files.writeString(other.resolve("letter.txt"), "");

        assertThatThrownBy(() -> OciLayout.at(other))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("no file oci-layout but is not empty");
        assertThat(other).isDirectoryContaining("glob:**/letter.txt").isDirectoryNotContaining("glob:**/.davit");
    }

    @Test
    void a_layout_whose_making_was_cut_short_is_finished() throws IOException {
        Files.delete(place.resolve("oci-layout"));
        Files.delete(place.resolve("index.json"));

        assertThat(OciLayout.at(place).tags()).isEmpty();
    }

    @Test
    void open_wants_a_layout_to_be_there() {
        Path nothing = folder.resolve("nothing");

        assertThatThrownBy(() -> OciLayout.open(nothing))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("no image layout at " + nothing);
        assertThat(nothing).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"imageLayoutVersion\":\"2.0.0\"}", "{}", "[]", "", "{\"imageLayoutVersion\":1}"})
    void another_version_is_refused(String marker) throws IOException {
        Files.writeString(place.resolve("oci-layout"), marker);

        assertThatThrownBy(() -> OciLayout.at(place)).isInstanceOf(MalformedContentException.class);
        assertThatThrownBy(() -> OciLayout.open(place)).isInstanceOf(MalformedContentException.class);
    }

    @Test
    void names_stand_for_images() {
        Image one = image("one");
        Image two = image("two");
        layout.tag(one.descriptor(), "1.0");
        layout.tag(one.descriptor(), "latest");
        layout.tag(two.descriptor(), "latest");

        assertThat(layout.tags()).containsExactly("1.0", "latest");
        assertThat(layout.resolve("1.0").digest()).isEqualTo(one.digest());
        assertThat(layout.resolve("latest").digest()).isEqualTo(two.digest());
        assertThat(layout.index().manifests()).hasSize(2);
        assertThatThrownBy(() -> layout.resolve("2.0"))
                .isInstanceOf(NotFoundException.class)
                .hasMessage("no image \"2.0\" in " + place + ", which has 1.0, latest");
    }

    @Test
    void an_image_may_be_resolved_by_its_digest_named_or_not() {
        Image named = image("one");
        Image unnamed = image("two");
        layout.tag(named.descriptor(), "1.0");

        assertThat(layout.resolve(named.digest().toString()).digest()).isEqualTo(named.digest());
        assertThat(layout.resolve(unnamed.digest().toString())).isEqualTo(unnamed.descriptor());
        assertThatThrownBy(() -> layout.resolve(named.id().toString())).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> layout.resolve(Digest.sha256(new byte[1]).toString()))
                .isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> layout.resolve("sha256:../../x")).isInstanceOf(NotFoundException.class);
    }

    @Test
    void the_only_image_needs_no_name() {
        assertThatThrownBy(() -> layout.resolveOnly()).hasMessageContaining("expected one image, got 0");
        Image one = image("one");
        layout.add(one.descriptor());
        layout.add(one.descriptor());
        assertThat(layout.resolveOnly().digest()).isEqualTo(one.digest());
        assertThat(layout.tags()).isEmpty();

        layout.tag(one.descriptor(), "1");
        layout.tag(one.descriptor(), "latest");
        assertThat(layout.resolveOnly().digest()).isEqualTo(one.digest());
        layout.untag("1");
        layout.untag("latest");
        layout.add(one.descriptor());

        layout.tag(image("two").descriptor(), "2");
        assertThatThrownBy(() -> layout.resolveOnly()).hasMessageContaining("expected one image, got 2; name one of 2");
    }

    @Test
    void naming_an_entry_without_name_makes_no_second_entry() {
        Image one = image("one");
        layout.add(one.descriptor());

        layout.tag(one.descriptor(), "1.0");

        assertThat(layout.index().manifests()).hasSize(1);
        assertThat(layout.resolve("1.0").digest()).isEqualTo(one.digest());
    }

    @Test
    void another_name_does_not_keep_the_name_for_containerd() throws IOException {
        Image one = image("one");
        Files.writeString(place.resolve("index.json"), """
                {"schemaVersion":2,"manifests":[{"mediaType":"%s","digest":"%s","size":%d,"annotations":{
                  "org.opencontainers.image.ref.name":"1","io.containerd.image.name":"docker.io/library/one:1"}}]}
                """.formatted(
                one.descriptor().mediaType(), one.digest(), one.descriptor().size()));
        Descriptor before = layout.resolve("1");

        layout.tag(before, "1");
        layout.tag(before, "2");

        assertThat(layout.resolve("1")).isEqualTo(before);
        assertThat(layout.resolve("2").annotations()).isEqualTo(Map.of("org.opencontainers.image.ref.name", "2"));
    }

    @Test
    void an_index_keeps_what_davit_does_not_know() throws IOException {
        Image one = image("one");
        Files.writeString(place.resolve("index.json"), """
                {"schemaVersion":2,"x-unknown":{"a":[1, 2]},
                 "manifests":[{"mediaType":"application/x-other","digest":"%s","size":3,"x-more":true},
                              {"mediaType":"%s","digest":"%s","size":%d,"x-mine":"kept","annotations":{"a":"b"}}]}
                """.formatted(
                        Digest.sha256(new byte[3]),
                        one.descriptor().mediaType(),
                        one.digest(),
                        one.descriptor().size()));

        layout.tag(one.descriptor(), "1.0");

        assertThat(place.resolve("index.json"))
                .content()
                .contains("\"x-unknown\":{\"a\":[1, 2]}", "\"x-more\":true", "\"x-mine\":\"kept\"", "\"a\":\"b\"");
        assertThat(layout.resolve("1.0").annotations()).containsEntry("a", "b");
    }

    @Test
    void a_name_is_given_only_to_what_is_there_whole() throws IOException {
        Image one = image("one");
        Descriptor layer = one.layers().get(0).descriptor();
        Files.delete(place.resolve("blobs/sha256").resolve(layer.digest().encoded()));

        assertThatThrownBy(() -> layout.tag(one.descriptor(), "1.0"))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining(layer.digest().toString());
        assertThat(layout.tags()).isEmpty();
        assertThatThrownBy(() -> layout.tag(layer, "1.0")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> layout.tag(one.descriptor(), "")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> layout.tag(one.descriptor(), "a\nb")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_name_is_not_given_to_a_document_that_is_not_its_digest(boolean embedded) throws IOException {
        Image one = image("one");
        Path manifest = place.resolve("blobs/sha256").resolve(one.digest().encoded());
        byte[] bytes = Files.readAllBytes(manifest);
        Descriptor descriptor =
                embedded ? one.descriptor().toBuilder().data(bytes.clone()).build() : one.descriptor();
        bytes[bytes.length - 2] ^= 1;
        Files.write(manifest, bytes);

        assertThatThrownBy(() -> layout.tag(descriptor, "1.0"))
                .isInstanceOf(IntegrityException.class)
                .hasMessageContaining(one.digest().toString());
        assertThatThrownBy(() -> layout.add(descriptor)).isInstanceOf(IntegrityException.class);
        assertThat(layout.index().manifests()).isEmpty();
    }

    @Test
    void two_images_of_one_name_are_refused() throws IOException {
        Image one = image("one");
        Image two = image("two");
        List<Descriptor> both = Stream.of(one, two)
                .map(image -> image.descriptor().toBuilder()
                        .annotation(Annotations.REF_NAME, "same")
                        .build())
                .toList();
        Files.write(
                place.resolve("index.json"),
                Index.builder().manifests(both).build().toBytes());

        assertThatThrownBy(() -> layout.resolve("same"))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("expected one image named \"same\", got 2");

        layout.tag(one.descriptor(), "same");
        assertThat(layout.resolve("same").digest()).isEqualTo(one.digest());
    }

    @Test
    void t53_only_regular_files_of_bounded_size_are_read() throws IOException {
        Path index = place.resolve("index.json");
        Path elsewhere = Files.write(folder.resolve("elsewhere"), Files.readAllBytes(index));
        Files.delete(index);
        Files.createSymbolicLink(index, elsewhere);
        assertThatThrownBy(() -> layout.tags())
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("regular file");

        Files.delete(index);
        Files.createDirectory(index);
        assertThatThrownBy(() -> layout.tags()).isInstanceOf(MalformedContentException.class);

        Files.delete(index);
        Files.write(index, new byte[5 << 20]);
        assertThatThrownBy(() -> layout.tags())
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("at most");
    }

    @Test
    void a_blob_that_is_not_its_digest_is_not_delivered() throws IOException {
        Image one = image("one");
        layout.tag(one.descriptor(), "1.0");
        Path manifest = place.resolve("blobs/sha256").resolve(one.digest().encoded());
        byte[] bytes = Files.readAllBytes(manifest);
        bytes[10] ^= 1;
        Files.write(manifest, bytes);

        assertThatThrownBy(() -> Image.load(layout, "1.0", Platform.LINUX_AMD64))
                .isInstanceOf(IntegrityException.class);
    }

    @Test
    void an_image_goes_from_layout_to_layout_whole() {
        Image one = image("one");
        OciLayout other = OciLayout.at(folder.resolve("other"));

        Copier.create().copy(one, other, "copy");

        assertThat(Image.load(other, "copy", Platform.LINUX_AMD64).digest()).isEqualTo(one.digest());
    }

    @Test
    void no_name_is_lost_when_threads_tag_at_once() throws Exception {
        Image one = image("one");
        // each thread opens the layout anew, as if it knew nothing of the others
        inEightThreads(thread -> {
            OciLayout own = OciLayout.open(place);
            for (int n = 0; n < 20; n++) {
                own.tag(one.descriptor(), thread + "-" + n);
            }
        });
        assertThat(layout.tags()).hasSize(160);
    }

    @Test
    void no_name_is_lost_when_threads_make_the_same_layout_at_once() throws Exception {
        Image one = image("one");
        for (int round = 0; round < 30; round++) {
            Path same = folder.resolve("same" + round);
            inEightThreads(thread -> Copier.create().copy(one, OciLayout.at(same), String.valueOf(thread)));
            assertThat(OciLayout.open(same).tags()).hasSize(8);
        }
    }

    private static void inEightThreads(IntConsumer action) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        CyclicBarrier start = new CyclicBarrier(8);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                int thread = i;
                all.add(threads.submit(() -> {
                    start.await();
                    action.accept(thread);
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void blobs_come_in_from_anywhere() {
        byte[] bytes = {1, 2, 3};
        Descriptor descriptor = Descriptor.of(MediaType.OCTET_STREAM, bytes);

        assertThat(layout.put(new ByteBlob(descriptor, bytes))).isEqualTo(LocalStore.Outcome.COPIED);
        assertThat(layout.put(new ByteBlob(descriptor, bytes))).isEqualTo(LocalStore.Outcome.EXISTED);
        assertThat(layout.fetch(descriptor)).isEqualTo(bytes);
    }

    private Image image(String name) {
        return ImageBuilder.scratch(Platform.LINUX_AMD64)
                .layer(LayerSpec.named(name).file("/name", name.getBytes(StandardCharsets.UTF_8), 0644))
                .build(layout);
    }
}
