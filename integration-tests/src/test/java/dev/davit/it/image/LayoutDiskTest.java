package dev.davit.it.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.image.Garbage;
import dev.davit.image.ImageBuilder;
import dev.davit.image.LayerSpec;
import dev.davit.image.OciLayout;
import dev.davit.it.Parts;
import dev.davit.oci.Descriptor;
import dev.davit.oci.MediaType;
import dev.davit.oci.Platform;
import dev.davit.oci.StorageException;
import dev.davit.oci.content.ContentStore.Outcome;
import dev.davit.oci.image.Image;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Layouts on a disk that is full, or may only be read. */
class LayoutDiskTest {
    @TempDir
    Path folder;

    @BeforeEach
    void root() {
        Parts.requireRoot();
    }

    @Test
    void a_full_disk_is_an_error_that_says_so_and_leaves_the_layout_as_it_was() throws IOException {
        SmallDisk.with(folder, "size=1m", disk -> {
            OciLayout layout = OciLayout.at(disk.resolve("layout"));
            layout.tag(image(layout, 1, 100_000).descriptor(), "1");
            int images = 1;
            StorageException full = null;
            while (full == null) {
                try {
                    layout.tag(image(layout, ++images, 200_000).descriptor(), "" + images);
                } catch (StorageException e) {
                    full = e;
                }
            }
            assertThat(full).hasMessageContaining("No space left on device");
            assertThat(layout.tags()).hasSize(images - 1);
            assertThat(layout.verify().findings()).isEmpty();

            fill(disk);
            Descriptor one = layout.resolve("1");
            for (ThrowingCallable change :
                    List.<ThrowingCallable>of(() -> layout.tag(one, "again"), () -> layout.untag("1"))) {
                assertThatThrownBy(change)
                        .isInstanceOf(StorageException.class)
                        .hasMessageContaining("No space left on device");
            }
            assertThat(layout.resolve("1")).isEqualTo(one);
            assertThat(layout.verify().findings()).isEmpty();

            Garbage garbage = layout.collectGarbage(Duration.ZERO);
            assertThat(garbage.abandoned())
                    .as("what fails leaves no part of it")
                    .isZero();
            Files.delete(disk.resolve("filler"));
            layout.tag(one, "again");
            assertThat(layout.tags()).contains("again");
        });
    }

    private static void fill(Path disk) {
        try (var out = Files.newOutputStream(disk.resolve("filler"))) {
            while (true) {
                out.write(new byte[4096]);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left on device");
        }
    }

    @Test
    void a_layout_that_may_only_be_read_can_be_read() throws IOException {
        SmallDisk.with(folder, "size=2m", disk -> {
            Path place = disk.resolve("layout");
            OciLayout writable = OciLayout.at(place);
            Image image = image(writable, 1, 1000);
            Image other = image(writable, 2, 1000);
            writable.tag(image.descriptor(), "1");
            Path foreign = disk.resolve("foreign");
            Files.createDirectories(foreign);
            Files.copy(place.resolve("oci-layout"), foreign.resolve("oci-layout"));
            Files.copy(place.resolve("index.json"), foreign.resolve("index.json"));
            SmallDisk.makeReadOnly(disk);

            for (OciLayout layout : List.of(OciLayout.open(place), OciLayout.at(place))) {
                assertThat(layout.tags()).containsExactly("1");
                assertThat(Image.load(layout, "1", Platform.LINUX_AMD64).digest())
                        .isEqualTo(image.digest());
                assertThat(layout.verify().findings()).isEmpty();
                assertThat(layout.garbage(Duration.ZERO).blobs()).hasSize(3);
                assertThat(layout.put(image.layers().get(0).blob())).isEqualTo(Outcome.EXISTED);
                requireReadOnly(() -> layout.tag(image.descriptor(), "2"));
                requireReadOnly(() -> layout.add(other.descriptor()));
                requireReadOnly(() -> layout.untag("1"));
                requireReadOnly(() -> layout.collectGarbage(Duration.ZERO));
                requireReadOnly(layout::newBlob);
                requireReadOnly(() -> layout.ingest(MediaType.OCTET_STREAM, new ByteArrayInputStream(new byte[9])));
                assertThat(layout.tags()).containsExactly("1");
            }
            OciLayout theirs = OciLayout.open(foreign);
            assertThat(theirs.resolve("1").digest()).isEqualTo(image.digest());
            requireReadOnly(() -> theirs.untag("1"));
            requireReadOnly(() -> OciLayout.at(disk.resolve("new")));
            assertThat(OciLayout.open(foreign, place.resolve("blobs")).verify().findings())
                    .isEmpty();
        });
    }

    private static void requireReadOnly(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(StorageException.class).hasMessageContaining("Read-only file system");
    }

    private static Image image(OciLayout layout, int seed, int size) {
        byte[] noise = new byte[size];
        new Random(seed).nextBytes(noise);
        return ImageBuilder.scratch(Platform.LINUX_AMD64)
                .layer(LayerSpec.named("noise").file("/noise", noise, 0644))
                .build(layout);
    }
}
