package dev.davit.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.davit.image.internal.unpack.Trees;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.MediaType;
import dev.davit.oci.StorageException;
import dev.davit.oci.content.Blob;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Another process that changes the folder while an image is unpacked to it: the stream of the layer plays its part. */
@Tag("jdk22")
class RacingProcessTest {
    /** So much is never read ahead of what has been done. */
    private static final int MUCH = 2_000_000;

    @TempDir
    Path folder;

    Path root;
    Path outside;
    Map<String, String> before;

    @BeforeEach
    void folders() throws IOException {
        assumeTrue(Trees.canCallSystem(), "java.nio.file alone is not safe against other processes");
        root = Files.createDirectory(folder.resolve("root"));
        outside = Files.createDirectory(folder.resolve("outside"));
        Files.writeString(outside.resolve("canary"), "alive");
        Files.setPosixFilePermissions(outside.resolve("canary"), PosixFilePermissions.fromString("rw-------"));
        Files.createDirectory(outside.resolve("e"));
        before = FolderSnapshot.of(folder, root);
    }

    @Test
    void a_directory_that_becomes_a_link_is_not_followed() {
        byte[] first = before(others(RawTar.tar().directory("d").file("d/first", "")));
        byte[] second = RawTar.tar().file("d/new", "").bytes();

        assertThatThrownBy(() -> unpack(first, () -> swap(root.resolve("d")), second))
                .isInstanceOf(StorageException.class);
        assertThatOutsideIsAsBefore();
    }

    @Test
    void a_directory_above_that_becomes_a_link_is_not_followed() {
        byte[] first = before(others(RawTar.tar().directory("a/e").file("a/e/first", "")));
        byte[] second = RawTar.tar().file("a/e/new", "").bytes();

        assertThatThrownBy(() -> unpack(first, () -> swap(root.resolve("a")), second))
                .isInstanceOf(StorageException.class);
        assertThatOutsideIsAsBefore();
    }

    @Test
    void a_directory_that_is_held_open_stays_what_it_was() throws IOException {
        byte[] first = before(RawTar.tar().directory("d").file("d/first", ""));
        byte[] second = RawTar.tar()
                .file("d/canary", "dead")
                .directory("d/e", 0777)
                .fifo("d/pipe")
                .symlink("d/link", "x")
                .hardLink("d/again", "filler")
                .bytes();

        unpack(first, () -> swap(root.resolve("d")), second);

        assertThatOutsideIsAsBefore();
        assertThat(root.resolve("stolen/canary")).hasContent("dead");
    }

    @Test
    void a_directory_that_becomes_a_link_before_it_gets_its_mode_changes_nothing_else() {
        byte[] first = before(others(RawTar.tar().directory("d", 0777)));

        assertThatThrownBy(() -> unpack(first, () -> swap(root.resolve("d")), new byte[1024]))
                .isInstanceOf(StorageException.class);
        assertThatOutsideIsAsBefore();
    }

    @Test
    void a_file_that_is_replaced_lends_its_attributes_to_nobody() throws IOException {
        byte[] data = new byte[MUCH + 100_000];
        byte[] file = RawTar.tar()
                .entry('0', "su", "", data, h -> RawTar.octal(h, 100, 8, 04755))
                .bytes();
        byte[] first = Arrays.copyOf(file, MUCH);
        byte[] second = Arrays.copyOfRange(file, MUCH, file.length);

        unpack(
                first,
                () -> {
                    Files.move(root.resolve("su"), root.resolve("moved"));
                    Files.createLink(root.resolve("su"), outside.resolve("canary"));
                },
                second);

        assertThat(outside.resolve("canary")).hasContent("alive");
        assertThat(Files.getPosixFilePermissions(outside.resolve("canary")))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(root.resolve("moved")).hasSize(MUCH + 100_000);
    }

    @Test
    void a_directory_that_becomes_a_link_is_not_cleaned_up_through() {
        byte[] first = before(RawTar.tar().directory("d").file("d/canary", ""));
        byte[] second = RawTar.tar().file("../out", "").bytes();

        assertThatThrownBy(() -> unpack(first, () -> swap(root.resolve("d")), second))
                .hasMessageContaining("..");
        assertThatOutsideIsAsBefore();
    }

    private void swap(Path directory) throws IOException {
        Files.move(directory, folder.resolve("root/stolen"));
        Files.createSymbolicLink(directory, outside);
    }

    private void assertThatOutsideIsAsBefore() {
        try {
            assertThat(FolderSnapshot.of(folder, root)).isEqualTo(before);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Interference {
        void happen() throws IOException;
    }

    /** So many that none of the directories before them is still held open. */
    private static RawTar others(RawTar tar) {
        for (int i = 0; i < 100; i++) {
            tar.file("other" + i + "/x", "");
        }
        return tar;
    }

    /** What stands before the filler has been done when the end of it is read. */
    private static byte[] before(RawTar entries) {
        return entries.file("filler", "x".repeat(MUCH)).unfinished();
    }

    private void unpack(byte[] first, Interference between, byte[] second) {
        byte[] tar = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, tar, first.length, second.length);
        Descriptor descriptor = Descriptor.of(MediaType.OCI_LAYER, tar);
        Blob blob = new Blob() {
            @Override
            public Descriptor descriptor() {
                return descriptor;
            }

            @Override
            public InputStream open() {
                InputStream trigger = new InputStream() {
                    @Override
                    public int read() throws IOException {
                        between.happen();
                        return -1;
                    }

                    @Override
                    public int read(byte[] target, int offset, int length) throws IOException {
                        return read();
                    }
                };
                return new SequenceInputStream(Collections.enumeration(
                        List.of(new ByteArrayInputStream(first), trigger, new ByteArrayInputStream(second))));
            }

            @Override
            public InputStream openRange(long from, long length) {
                throw new UnsupportedOperationException();
            }
        };
        Unpacker.into(root).unpack(TestImages.of(List.of(blob), List.of(Digest.sha256(tar))));
    }
}
