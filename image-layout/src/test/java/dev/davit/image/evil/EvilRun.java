package dev.davit.image.evil;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.image.FolderSnapshot;
import dev.davit.image.TestImages;
import dev.davit.image.UnpackReport;
import dev.davit.image.Unpacker;
import dev.davit.oci.DavitException;
import dev.davit.oci.image.Image;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Unpacks hostile images, and looks each time at what lies outside the folder: in a test, or as another user. */
final class EvilRun {
    private final Path folder;
    private final boolean javaOnly;

    EvilRun(Path folder, boolean javaOnly) {
        this.folder = folder;
        this.javaOnly = javaOnly;
    }

    static Stream<Evil> images() {
        return Stream.of(
                        EvilNames.all(),
                        EvilLinks.all(),
                        EvilWhiteouts.all(),
                        EvilHeaders.all(),
                        EvilSparse.all(),
                        EvilAmounts.all())
                .flatMap(List::stream);
    }

    /** Runs all as whoever started this process, each in a folder of its own, and ends with 1 if anything failed. */
    public static void main(String[] args) throws IOException {
        PrintStream out = System.out;
        boolean failed = false;
        int count = 0;
        for (Evil evil : (Iterable<Evil>) images()::iterator) {
            try {
                new EvilRun(Files.createTempDirectory(Path.of(args[0]), "evil-"), false)
                        .nothingGetsOut(
                                evil,
                                // what is inside is not what root would see, and may not even let its owner look
                                (root, report) -> Files.setPosixFilePermissions(
                                        root, PosixFilePermissions.fromString("rwx------")));
                count++;
            } catch (AssertionError | RuntimeException e) {
                failed = true;
                out.println(evil.name() + ": " + e);
            }
        }
        out.println("survived " + count);
        System.exit(failed ? 1 : 0);
    }

    void nothingGetsOut(Evil evil) throws IOException {
        nothingGetsOut(evil, evil.check());
    }

    private void nothingGetsOut(Evil evil, Evil.Check check) throws IOException {
        Path outside = canaries();
        Path root = folder.resolve("root");
        Image image = TestImages.of(evil.layers().apply(outside));
        Unpacker unpacker = Unpacker.into(root).maxBytes(EvilAmounts.MAX_BYTES).maxEntries(EvilAmounts.MAX_ENTRIES);
        Unpacker chosen = javaOnly ? unpacker.javaOnly() : unpacker;
        Map<String, String> before = FolderSnapshot.of(folder, root);

        if (evil.isRefused()) {
            assertThatThrownBy(() -> chosen.unpack(image))
                    .isInstanceOf(DavitException.class)
                    .hasMessageContaining("layer ")
                    .hasMessageContaining(evil.refusal())
                    .message()
                    .doesNotContain("\n", "\u001b");
            assertThat(root).doesNotExist();
        } else {
            UnpackReport report = chosen.unpack(image);
            check.look(root, report);
        }

        assertThat(FolderSnapshot.of(folder, root)).isEqualTo(before);
    }

    private Path canaries() throws IOException {
        Path outside = Files.createDirectory(folder.resolve("outside"));
        Path canary = Files.writeString(outside.resolve("canary"), "alive");
        Files.setPosixFilePermissions(canary, PosixFilePermissions.fromString("rw-r-----"));
        Path dir = Files.createDirectory(outside.resolve("dir"));
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-x---"));
        for (Path path : List.of(canary, dir, outside)) {
            Files.setLastModifiedTime(path, FileTime.fromMillis(1_000_000_000_000L));
        }
        return outside;
    }
}
