package dev.davit.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files, folders and archives in a file system that is not the machine's, and knows less. */
@Tag("jdk25")
class OtherFileSystemsTest {
    private static final Instant TIME = Instant.parse("2020-02-03T04:05:06Z");
    private static final Attribute[] ALL = Attribute.values();

    @TempDir
    Path folder;

    @Test
    void a_zip_file_has_folders_and_times() throws IOException {
        try (FileSystem zip = zip("a.zip", Map.of("create", "true"))) {
            assertThat(LayerLines.of(LayerSpec.named("a")
                            .directory("/x", zip.getPath("/d"))
                            .file("/y", zip.getPath("/d/sub/ä"))
                            .directory(
                                    "/z", zip.getPath("/"), FileSelection.all().include("**/ä"))))
                    .containsExactly(
                            "d0755 x/",
                            "d0755 x/sub/",
                            "-0644 x/sub/ä = content",
                            "-0644 y = content",
                            "d0755 z/",
                            "d0755 z/d/",
                            "d0755 z/d/sub/",
                            "-0644 z/d/sub/ä = content");
            assertThat(LayerLines.of(LayerSpec.named("a")
                            .file("/y", zip.getPath("/d/sub/ä"))
                            .owner(1, 2)
                            .preserve(ALL)))
                    .containsExactly("-0644 y 1:2 " + TIME + " = content");
        }
    }

    @Test
    void permissions_are_kept_where_there_are_any() throws IOException {
        try (FileSystem zip = zip("a.zip", Map.of("create", "true", "enablePosixFileAttributes", "true"))) {
            Path file = zip.getPath("/d/sub/ä");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-x--x"));

            assertThat(LayerLines.of(LayerSpec.named("a").file("/y", file))).containsExactly("-0755 y = content");
            assertThat(LayerLines.of(LayerSpec.named("a").file("/y", file).preserve(Attribute.MODES)))
                    .containsExactly("-0751 y = content");
        }
    }

    @Test
    void an_archive_and_a_list_of_patterns_may_be_in_a_zip_file() throws IOException {
        try (FileSystem zip = zip("a.zip", Map.of("create", "true"))) {
            Path tar = Files.write(
                    zip.getPath("/a.tar"), RawTar.tar().file("a", "x").bytes());
            Path ignore = Files.writeString(zip.getPath("/ignore"), "d");

            assertThat(LayerLines.of(LayerSpec.named("a").tar("/", tar))).containsExactly("-0644 a = x");
            assertThat(LayerLines.of(LayerSpec.named("a")
                            .directory(
                                    "/",
                                    zip.getPath("/"),
                                    FileSelection.all().dockerignore(ignore).exclude("a.tar", "gone"))))
                    .containsExactly("-0644 ignore = d");
        }
    }

    @Test
    void two_zip_files_are_compared() throws IOException {
        try (FileSystem one = zip("1.zip", Map.of("create", "true"));
                FileSystem other = zip("2.zip", Map.of("create", "true"))) {
            assertThat(lines(one, other)).isEmpty();

            Files.writeString(other.getPath("/d/sub/ä"), "CONTENT");
            Files.setLastModifiedTime(other.getPath("/d/sub/ä"), FileTime.from(TIME));
            Files.delete(other.getPath("/gone"));
            Files.createDirectory(one.getPath("/gone-too"));

            assertThat(lines(one, other))
                    .containsExactly(
                            "-0000 .wh.gone = ",
                            "-0000 .wh.gone-too = ",
                            "d0755 d/",
                            "d0755 d/sub/",
                            "-0644 d/sub/ä = CONTENT");
        }
    }

    /** The root of a zip file has the time at which it was opened. */
    private static List<String> lines(FileSystem before, FileSystem after) {
        LayerDiff diff = LayerDiff.between(before.getPath("/"), after.getPath("/"));
        return LayerLines.of(diff.layer("a")).stream()
                .filter(line -> !line.startsWith("d0755 ./"))
                .map(line -> line.replace(" " + TIME, ""))
                .toList();
    }

    /** A new zip file with some files. */
    private FileSystem zip(String name, Map<String, String> options) throws IOException {
        Path file = folder.resolve(name);
        try (FileSystem zip = FileSystems.newFileSystem(file, options)) {
            Files.createDirectories(zip.getPath("/d/sub"));
            Files.writeString(zip.getPath("/d/sub/ä"), "content");
            Files.writeString(zip.getPath("/gone"), "x");
            for (String path : new String[] {"/d/sub/ä", "/gone", "/d/sub", "/d"}) {
                Files.setLastModifiedTime(zip.getPath(path), FileTime.from(TIME));
            }
        }
        return FileSystems.newFileSystem(file, options);
    }
}
