package dev.davit.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Document;
import dev.davit.oci.Index;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.Platform;
import dev.davit.oci.content.ContentStore.Outcome;
import dev.davit.oci.content.Copier;
import dev.davit.oci.image.Image;
import dev.davit.oci.internal.ByteBlob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GarbageTest {
    private static final Duration DAY = Duration.ofDays(1);

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
    void what_no_name_leads_to_is_deleted_when_it_is_old() throws IOException {
        Image one = image("one");
        Image two = image("two");
        layout.tag(one.descriptor(), "1");
        layout.tag(two.descriptor(), "2");
        layout.untag("2");
        assertThat(layout.collectGarbage(DAY).blobs()).as("all are young").isEmpty();
        makeOld();

        Garbage garbage = layout.collectGarbage(DAY);

        assertThat(garbage.blobs())
                .containsExactlyInAnyOrder(
                        two.digest(),
                        two.config().digest(),
                        two.layers().get(0).descriptor().digest());
        assertThat(garbage.bytes())
                .isEqualTo(two.descriptor().size()
                        + two.manifest().config().size()
                        + two.layers().get(0).descriptor().size());
        assertThat(garbage.blobs()).noneMatch(this::isThere);
        assertThat(layout.tags()).containsExactly("1");
        assertThat(layout.verify().findings()).isEmpty();
        assertThat(layout.collectGarbage(DAY)).isEqualTo(new Garbage(List.of(), 0, 0));
    }

    @Test
    void a_dry_run_finds_the_same_and_deletes_nothing() throws IOException {
        image("one");
        makeOld();

        Garbage found = layout.garbage(DAY);

        assertThat(found.blobs()).hasSize(3).allMatch(this::isThere);
        assertThat(layout.collectGarbage(DAY)).isEqualTo(found);
    }

    @Test
    void a_name_that_nothing_has_cannot_be_taken_away() {
        assertThatThrownBy(() -> layout.untag("lost"))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("\"lost\"");
    }

    @Test
    void an_entry_without_name_is_in_use() throws IOException {
        layout.add(image("one").descriptor());
        makeOld();

        assertThat(layout.collectGarbage(DAY).blobs()).isEmpty();
    }

    @Test
    void what_refers_to_something_in_use_is_in_use_and_goes_with_it() throws IOException {
        Image one = image("one");
        layout.tag(one.descriptor(), "1");
        Manifest signature = referrer(one.descriptor(), "signature");
        Manifest ofSignature = referrer(signature.descriptor(), "signature of the signature");
        Manifest ofNothing = referrer(Descriptor.of(MediaType.OCI_MANIFEST, new byte[1]), "lost");
        makeOld();

        assertThat(layout.collectGarbage(DAY).blobs())
                .containsExactlyInAnyOrder(
                        ofNothing.digest(), ofNothing.layers().get(0).digest());
        assertThat(List.of(signature, ofSignature))
                .allSatisfy(kept -> assertThat(kept.children()).allMatch(child -> isThere(child.digest())));

        layout.untag("1");
        assertThat(layout.collectGarbage(DAY).blobs()).contains(signature.digest(), ofSignature.digest());
        assertThat(blobs()).isEmpty();
    }

    @Test
    void an_index_may_name_what_is_not_there_and_keeps_what_is() throws IOException {
        Image one = image("one");
        Index index = Index.builder()
                .addManifest(one.descriptor())
                .addManifest(Descriptor.of(MediaType.OCI_MANIFEST, new byte[1]))
                .build();
        put(index);
        Files.write(
                place.resolve("index.json"),
                Index.builder().addManifest(index.descriptor()).build().toBytes());
        makeOld();

        assertThat(layout.collectGarbage(DAY).blobs()).isEmpty();
    }

    @Test
    void nothing_is_deleted_when_a_document_in_use_is_damaged() throws IOException {
        Image one = image("one");
        layout.tag(one.descriptor(), "1");
        image("two");
        Files.write(path(one.digest()), new byte[(int) one.descriptor().size()]);
        makeOld();
        List<Path> before = blobs();

        assertThatThrownBy(() -> layout.collectGarbage(DAY)).isInstanceOf(IntegrityException.class);
        assertThat(blobs()).isEqualTo(before);
    }

    @Test
    void what_is_put_again_is_young_again() throws IOException {
        byte[] bytes = {1, 2, 3};
        ByteBlob blob = new ByteBlob(Descriptor.of(MediaType.OCTET_STREAM, bytes), bytes);
        layout.put(blob);
        makeOld();

        assertThat(OciLayout.open(place).put(blob)).isEqualTo(Outcome.EXISTED);
        assertThat(layout.collectGarbage(DAY).blobs()).isEmpty();

        makeOld();
        assertThat(layout.put(blob)).as("also by one who has read it before").isEqualTo(Outcome.EXISTED);
        assertThat(layout.collectGarbage(DAY).blobs()).isEmpty();
    }

    @Test
    void files_that_were_never_finished_go_when_they_are_old() throws IOException {
        Path old = Files.write(place.resolve(".davit/a.partial"), new byte[7]);
        Path young = Files.write(place.resolve(".davit/b.partial"), new byte[7]);
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(DAY.multipliedBy(2))));

        assertThat(layout.collectGarbage(DAY)).isEqualTo(new Garbage(List.of(), 1, 7));

        assertThat(old).doesNotExist();
        assertThat(young).exists();
        assertThat(place.resolve(".davit/lock")).exists();
    }

    @Test
    void files_that_are_no_blobs_are_left_alone() throws IOException {
        Path foreign = Files.createDirectories(place.resolve("blobs/sha256")).resolve("README");
        Files.writeString(foreign, "what is this?");
        Path link = place.resolve("blobs/sha256/" + "0".repeat(64));
        Files.createSymbolicLink(link, foreign);
        makeOld();

        assertThat(layout.collectGarbage(DAY).blobs()).isEmpty();
        assertThat(foreign).exists();
        assertThat(Files.isSymbolicLink(link)).isTrue();
    }

    /** The layout is full of old garbage, and everybody copies what is garbage at that very moment. */
    @Test
    void nothing_that_is_copied_meanwhile_is_lost() throws Exception {
        OciLayout source = OciLayout.at(folder.resolve("source"));
        List<Image> images = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            images.add(image(source, "image " + i));
            Copier.create().copy(images.get(i), layout, "" + i);
            layout.untag("" + i);
        }
        makeOld();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        AtomicBoolean done = new AtomicBoolean();
        try {
            Future<Integer> collector = threads.submit(() -> {
                int collected = 0;
                while (!done.get()) {
                    collected +=
                            OciLayout.open(place).collectGarbage(DAY).blobs().size();
                }
                return collected;
            });
            List<Future<?>> copies = new ArrayList<>();
            for (int thread = 0; thread < 3; thread++) {
                int first = thread;
                copies.add(threads.submit(() -> {
                    OciLayout own = OciLayout.open(place);
                    for (int i = first; i < images.size(); i += 3) {
                        Copier.create().copy(images.get(i), own, "" + i);
                    }
                }));
            }
            for (Future<?> copy : copies) {
                copy.get();
            }
            done.set(true);
            collector.get();
        } finally {
            done.set(true);
            threads.shutdown();
        }
        assertThat(layout.tags()).hasSize(images.size());
        assertThat(layout.verify().findings()).isEmpty();
    }

    private void makeOld() throws IOException {
        for (Path blob : blobs()) {
            Files.getFileAttributeView(blob, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .setTimes(FileTime.from(Instant.now().minus(DAY.multipliedBy(2))), null, null);
        }
    }

    private List<Path> blobs() throws IOException {
        try (Stream<Path> all = Files.walk(place.resolve("blobs"))) {
            return all.filter(path -> !Files.isDirectory(path)).sorted().toList();
        }
    }

    private Path path(Digest digest) {
        return place.resolve("blobs").resolve(digest.algorithm()).resolve(digest.encoded());
    }

    private boolean isThere(Digest digest) {
        return Files.exists(path(digest));
    }

    private void put(Document document) {
        layout.put(new ByteBlob(document.descriptor(), document.toBytes()));
    }

    private Manifest referrer(Descriptor subject, String text) {
        byte[] content = text.getBytes(UTF_8);
        Descriptor layer = Descriptor.of(MediaType.OCTET_STREAM, content);
        layout.put(new ByteBlob(layer, content));
        layout.put(new ByteBlob(Descriptor.EMPTY, "{}".getBytes(UTF_8)));
        Manifest manifest = Manifest.builder(Descriptor.EMPTY)
                .artifactType("application/x.signature")
                .addLayer(layer)
                .subject(subject)
                .build();
        put(manifest);
        return manifest;
    }

    private Image image(String name) {
        return image(layout, name);
    }

    private static Image image(OciLayout where, String name) {
        return ImageBuilder.scratch(Platform.LINUX_AMD64)
                .layer(LayerSpec.named(name).file("/name", name.getBytes(UTF_8), 0644))
                .build(where);
    }
}
