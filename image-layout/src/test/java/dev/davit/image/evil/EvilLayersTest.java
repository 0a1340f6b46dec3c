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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Unpacks the collection of hostile images, and looks each time at what lies outside the folder. */
@Tag("jdk25")
class EvilLayersTest {
    @TempDir
    Path folder;

    Path outside;
    Path root;

    @BeforeEach
    void canaries() throws IOException {
        outside = Files.createDirectory(folder.resolve("outside"));
        root = folder.resolve("root");
        Path canary = Files.writeString(outside.resolve("canary"), "alive");
        Files.setPosixFilePermissions(canary, PosixFilePermissions.fromString("rw-r-----"));
        Path dir = Files.createDirectory(outside.resolve("dir"));
        Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-x---"));
        for (Path path : List.of(canary, dir, outside)) {
            Files.setLastModifiedTime(path, FileTime.fromMillis(1_000_000_000_000L));
        }
    }

    static Stream<Evil> images() {
        return Stream.of(EvilNames.all(), EvilLinks.all(), EvilWhiteouts.all(), EvilHeaders.all(), EvilAmounts.all())
                .flatMap(List::stream);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("images")
    void nothing_gets_out(Evil evil) throws IOException {
        Image image = TestImages.of(evil.layers().apply(outside));
        Unpacker unpacker = Unpacker.into(root).maxBytes(EvilAmounts.MAX_BYTES).maxEntries(EvilAmounts.MAX_ENTRIES);
        Map<String, String> before = FolderSnapshot.of(folder, root);

        if (evil.isRefused()) {
            assertThatThrownBy(() -> unpacker.unpack(image))
                    .isInstanceOf(DavitException.class)
                    .hasMessageContaining("layer ")
                    .hasMessageContaining(evil.refusal())
                    .message()
                    .doesNotContain("\n", "\u001b");
            evil.check().look(root, null);
        } else {
            UnpackReport report = unpacker.unpack(image);
            evil.check().look(root, report);
        }

        assertThat(FolderSnapshot.of(folder, root)).isEqualTo(before);
    }

    @Test
    void every_case_has_a_name_of_its_own() {
        assertThat(images().map(Evil::name)).doesNotHaveDuplicates().hasSizeGreaterThan(120);
    }
}
