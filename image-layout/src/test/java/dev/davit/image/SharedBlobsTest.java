package dev.davit.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.Descriptor;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.Platform;
import dev.davit.oci.StorageException;
import dev.davit.oci.content.Copier;
import dev.davit.oci.image.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Layouts that keep their blobs in one folder. */
class SharedBlobsTest {
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    Path folder;

    private Path shared;
    private OciLayout one;
    private OciLayout two;

    @BeforeEach
    void layouts() {
        shared = folder.resolve("shared");
        one = OciLayout.at(folder.resolve("one"), shared);
        two = OciLayout.at(folder.resolve("two"), shared);
    }

    @Test
    void a_blob_is_in_the_folder_that_is_shared_and_nowhere_else() throws IOException {
        Image image = image(one, "a");
        one.tag(image.descriptor(), "a");
        two.tag(image.descriptor(), "b");

        assertThat(shared.resolve("sha256").resolve(image.digest().encoded())).exists();
        assertThat(folder.resolve("one/blobs")).isEmptyDirectory();
        assertThat(one.tags()).containsExactly("a");
        assertThat(two.tags()).containsExactly("b");
        OciLayout opened = OciLayout.open(folder.resolve("two"), shared);
        assertThat(Image.load(opened, "b", Platform.LINUX_AMD64).digest()).isEqualTo(image.digest());
        assertThat(opened.verify().findings()).isEmpty();
        assertThat(opened.verify().blobs()).isEqualTo(3);

        OciLayout alone = OciLayout.open(folder.resolve("one"));
        assertThatThrownBy(() -> Image.load(alone, "a", Platform.LINUX_AMD64)).isInstanceOf(NotFoundException.class);
        assertThat(alone.verify().isValid()).isFalse();
    }

    @Test
    void garbage_is_what_none_of_the_layouts_needs() throws IOException {
        Image ofOne = image(one, "a");
        Image ofTwo = image(two, "b");
        Image lost = image(two, "c");
        one.tag(ofOne.descriptor(), "a");
        two.tag(ofTwo.descriptor(), "b");
        Files.writeString(shared.resolve(".davit/x.partial"), "half");
        assertThat(OciLayout.collectGarbage(List.of(one, two), DAY).blobs())
                .as("all are young")
                .isEmpty();
        makeOld();

        Garbage found = OciLayout.garbage(List.of(one, two), DAY);
        assertThat(found.blobs()).hasSize(3).contains(lost.digest());
        assertThat(found.abandoned()).isOne();
        assertThat(OciLayout.collectGarbage(List.of(two, one, two), DAY)).isEqualTo(found);

        assertThat(one.verify().findings()).isEmpty();
        assertThat(two.verify().findings()).isEmpty();
        assertThat(two.verify().blobs()).isEqualTo(6);

        one.untag("a");
        assertThat(OciLayout.collectGarbage(List.of(one, two), DAY).blobs()).contains(ofOne.digest());
    }

    @Test
    void one_layout_alone_does_not_know_what_is_garbage() throws IOException {
        one.tag(image(one, "a").descriptor(), "a");
        makeOld();
        for (OciLayout each : List.of(two, OciLayout.open(folder.resolve("two"), shared))) {
            assertThatThrownBy(() -> each.collectGarbage(DAY))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("other layouts may need what is in " + shared)
                    .hasMessageContaining("OciLayout.collectGarbage");
            assertThatThrownBy(() -> each.garbage(DAY)).isInstanceOf(StorageException.class);
        }
        assertThat(one.verify().findings()).isEmpty();
    }

    @Test
    void a_layout_whose_own_blobs_others_share_knows_no_better() throws IOException {
        OciLayout owner = OciLayout.at(folder.resolve("owner"));
        OciLayout guest = OciLayout.at(folder.resolve("guest"), folder.resolve("owner/blobs"));
        guest.tag(image(guest, "a").descriptor(), "a");
        assertThatThrownBy(() -> owner.collectGarbage(Duration.ZERO)).isInstanceOf(StorageException.class);
        assertThat(owner.verify().findings())
                .as("what Davit itself keeps beside shared blobs is no blob")
                .isEmpty();
        assertThat(guest.verify().findings()).isEmpty();
        OciLayout both = OciLayout.open(folder.resolve("owner"), folder.resolve("owner/blobs"));
        assertThat(OciLayout.collectGarbage(List.of(both, guest), Duration.ZERO).blobs())
                .isEmpty();

        Path linked = folder.resolve("linked");
        OciLayout.at(linked);
        Files.delete(linked.resolve("blobs"));
        Files.createSymbolicLink(linked.resolve("blobs"), Files.createDirectory(folder.resolve("elsewhere")));
        assertThatThrownBy(() -> OciLayout.open(linked).collectGarbage(DAY)).isInstanceOf(StorageException.class);
    }

    @Test
    void only_layouts_of_one_folder_are_cleaned_together() throws IOException {
        OciLayout other = OciLayout.at(folder.resolve("other"), folder.resolve("others"));
        OciLayout own = OciLayout.at(folder.resolve("own"));

        for (List<OciLayout> wrong :
                List.of(List.of(one, other), List.of(one, own), List.of(own), List.<OciLayout>of())) {
            assertThatThrownBy(() -> OciLayout.collectGarbage(wrong, DAY)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> OciLayout.garbage(wrong, DAY)).isInstanceOf(IllegalArgumentException.class);
        }
        Path link = Files.createSymbolicLink(folder.resolve("link"), shared);
        assertThat(OciLayout.collectGarbage(List.of(one, OciLayout.open(folder.resolve("two"), link)), DAY)
                        .blobs())
                .isEmpty();
    }

    @Test
    void what_is_damaged_is_found_with_its_path_and_taken_away_for_all() throws IOException {
        Image image = image(one, "a");
        one.tag(image.descriptor(), "a");
        Descriptor layer = image.layers().get(0).descriptor();
        Path file = shared.resolve("sha256").resolve(layer.digest().encoded());
        Files.write(file, new byte[(int) layer.size()]);

        LayoutReport report = two.repair();

        assertThat(report.findings()).singleElement().extracting(Finding::place).isEqualTo(file.toString());
        assertThat(report.quarantined()).containsExactly(layer.digest());
        assertThat(shared.resolve(".davit/quarantine")).isNotEmptyDirectory();
    }

    /** All is old garbage, and both layouts take it in, in opposite order, while it is collected. */
    @Test
    void nothing_that_a_layout_is_given_meanwhile_is_lost() throws Exception {
        OciLayout source = OciLayout.at(folder.resolve("source"));
        List<Image> images = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            images.add(image(source, "image " + i));
            Copier.create().copy(images.get(i), one, "" + i);
            one.untag("" + i);
        }
        makeOld();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        int collected = 0;
        try {
            List<Future<?>> copies = new ArrayList<>();
            for (OciLayout layout : List.of(one, two)) {
                copies.add(threads.submit(() -> {
                    for (int i = 0; i < images.size(); i++) {
                        int n = layout == one ? i : images.size() - 1 - i;
                        Copier.create().copy(images.get(n), layout, "" + n);
                    }
                }));
            }
            while (!copies.stream().allMatch(Future::isDone)) {
                collected +=
                        OciLayout.collectGarbage(List.of(one, two), DAY).blobs().size();
            }
            for (Future<?> each : copies) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(collected).isPositive();
        assertThat(one.verify().findings()).isEmpty();
        assertThat(two.verify().findings()).isEmpty();
        assertThat(two.tags()).hasSize(images.size()).isEqualTo(one.tags());
    }

    private void makeOld() throws IOException {
        try (Stream<Path> all = Files.walk(shared)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(DAY.multipliedBy(2))));
            }
        }
    }

    private static Image image(OciLayout where, String name) {
        return ImageBuilder.scratch(Platform.LINUX_AMD64)
                .layer(LayerSpec.named(name).file("/name", name.getBytes(UTF_8), 0644))
                .build(where);
    }
}
