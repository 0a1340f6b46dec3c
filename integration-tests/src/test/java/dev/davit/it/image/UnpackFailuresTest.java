package dev.davit.it.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.image.ImageBuilder;
import dev.davit.image.LayerSpec;
import dev.davit.image.OciLayout;
import dev.davit.image.Unpacker;
import dev.davit.it.Command;
import dev.davit.it.Parts;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Platform;
import dev.davit.oci.StorageException;
import dev.davit.oci.content.Blob;
import dev.davit.oci.image.Image;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is left when unpacking ends before its time: nothing that could be taken for the image. */
@Tag("jdk25")
class UnpackFailuresTest {
    private static final int FILES = 3000;

    @TempDir
    Path folder;

    private OciLayout layout;
    private Image image;

    @BeforeEach
    void image() {
        Parts.requireRoot();
        layout = OciLayout.at(folder.resolve("layout"));
        byte[] noise = new byte[4096];
        new Random(1).nextBytes(noise);
        LayerSpec layer = LayerSpec.named("files");
        for (int i = 0; i < FILES; i++) {
            layer = layer.file("/d" + i % 100 + "/f" + i, noise, 0644);
        }
        image = ImageBuilder.scratch(Platform.host()).layer(layer).build(layout);
        layout.tag(image.descriptor(), "1.0");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_full_disk_is_an_error_that_says_so_and_leaves_nothing(boolean javaOnly) throws IOException {
        SmallDisk.with(folder, "size=2m", disk -> {
            for (Path target : List.of(disk.resolve("new"), Files.createDirectory(disk.resolve("empty")))) {
                assertThatThrownBy(() -> unpacker(target, javaOnly).unpack(image))
                        .isInstanceOf(StorageException.class)
                        .hasMessageContaining("layer 0")
                        .hasMessageContaining("No space left on device");
            }
            try (Stream<Path> left = Files.walk(disk)) {
                assertThat(left).containsExactlyInAnyOrder(disk, disk.resolve("empty"));
            }
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_disk_without_room_for_more_names_is_the_same(boolean javaOnly) throws IOException {
        SmallDisk.with(folder, "nr_inodes=200", disk -> {
            assertThatThrownBy(() -> unpacker(disk.resolve("new"), javaOnly).unpack(image))
                    .isInstanceOf(StorageException.class)
                    .hasMessageContaining("No space left on device");
            assertThat(disk).isEmptyDirectory();
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_place_that_may_only_be_read_is_an_error_that_says_so(boolean javaOnly) throws IOException {
        SmallDisk.with(folder, "size=1m", disk -> {
            Path empty = Files.createDirectory(disk.resolve("empty"));
            SmallDisk.makeReadOnly(disk);
            for (Path target : List.of(disk.resolve("new"), empty)) {
                assertThatThrownBy(() -> unpacker(target, javaOnly).unpack(image))
                        .isInstanceOf(StorageException.class)
                        .hasMessageContaining("Read-only file system");
            }
        });
    }

    @Test
    void a_process_that_is_killed_leaves_no_target_and_does_not_hinder_the_next() throws Exception {
        Path target = folder.resolve("killed/root");
        Process jvm = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        layout.folder().toString(),
                        target.toString())
                .inheritIO()
                .start();
        try {
            for (int i = 0; i < 300 && count(target.getParent()) < FILES / 10; i++) {
                assertThat(jvm.isAlive()).isTrue();
                Thread.sleep(100);
            }
        } finally {
            jvm.destroyForcibly();
        }
        assertThat(jvm.waitFor(10, TimeUnit.SECONDS)).isTrue();

        assertThat(count(target.getParent())).isBetween(FILES / 10, FILES);
        assertThat(target).doesNotExist();
        assertThat(unpacker(target, false).unpack(image).isExact()).isTrue();
        assertThat(count(target)).isGreaterThan(FILES);
    }

    /** Unpacks an image of whose layer the second half never comes. */
    static final class Child {
        private Child() {}

        public static void main(String[] args) {
            Image image = Image.load(OciLayout.open(Path.of(args[0])), "1.0", Platform.host());
            Blob layer = image.layers().get(0).blob();
            Blob half = new Blob() {
                @Override
                public Descriptor descriptor() {
                    return layer.descriptor();
                }

                @Override
                public InputStream open() {
                    return new Half(layer.open(), layer.descriptor().size() / 2);
                }

                @Override
                public InputStream openRange(long from, long length) {
                    throw new UnsupportedOperationException();
                }
            };
            Unpacker.into(Path.of(args[1])).unpack(Image.of(image.manifest(), image.config(), List.of(half)));
        }
    }

    /** A stream that stops in the middle, as one from a network does. */
    private static final class Half extends FilterInputStream {
        private long left;

        Half(InputStream in, long length) {
            super(in);
            this.left = length;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (left <= 0) {
                LockSupport.park();
            }
            int n = super.read(target, offset, (int) Math.min(left, length));
            left -= n;
            return n;
        }
    }

    private static int count(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return 0;
        }
        return (int) Command.of("find", directory.toString())
                .runAnyhow()
                .output()
                .lines()
                .count();
    }

    private static Unpacker unpacker(Path target, boolean javaOnly) {
        Unpacker unpacker = Unpacker.into(target);
        return javaOnly ? unpacker.javaOnly() : unpacker;
    }
}
