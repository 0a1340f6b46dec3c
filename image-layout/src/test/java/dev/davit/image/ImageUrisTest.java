package dev.davit.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.NotFoundException;
import dev.davit.oci.Platform;
import dev.davit.oci.content.ContentCache;
import dev.davit.oci.content.Copier;
import dev.davit.oci.image.Image;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images that are opened by URI, which the JDK leads to Davit. */
@Tag("jdk25")
class ImageUrisTest {
    @TempDir
    Path folder;

    private Image image;

    @BeforeEach
    void make_layout() {
        image = TestImages.of(List.of(
                RawTar.tar().file("etc/a b!c", "content").file("ä%+", "more").bytes()));
        OciLayout layout = OciLayout.at(folder.resolve("layout"));
        Copier.create().copy(image, layout, "1.0");
    }

    @Test
    void a_layout_and_a_path_in_it() throws IOException {
        URI uri = URI.create("oci:" + folder + "/layout:1.0");
        try (FileSystem fs = FileSystems.newFileSystem(uri, Map.of())) {
            Path file = fs.getPath("/etc/a b!c");
            assertThat(file.toUri()).hasToString("oci:" + folder + "/layout:1.0!/etc/a%20b%21c");
            assertThat(Path.of(file.toUri())).isEqualTo(file);
            assertThat(Files.readString(Path.of(file.toUri()))).isEqualTo("content");
            assertThat(Files.readString(Path.of(fs.getPath("ä%+").toUri()))).isEqualTo("more");
            assertThat(FileSystems.getFileSystem(uri)).isSameAs(fs);
            assertThat(FileSystems.getFileSystem(URI.create(uri + "!/etc"))).isSameAs(fs);
            assertThat(Path.of(uri)).hasToString("/");
            assertThatThrownBy(() -> FileSystems.newFileSystem(uri, Map.of()))
                    .isInstanceOf(FileSystemAlreadyExistsException.class);
        }
        assertThatThrownBy(() -> FileSystems.getFileSystem(uri)).isInstanceOf(FileSystemNotFoundException.class);
        FileSystems.newFileSystem(uri, Map.of()).close();
    }

    @Test
    void an_archive_is_closed_with_its_file_system() throws IOException {
        Path archive = folder.resolve("a:b!.tar");
        ImageArchive.writeOci(image, archive, "x/y:1");
        for (String uri : List.of("oci:" + folder + "/a%3Ab%21.tar", "oci://" + folder + "/a%3Ab%21.tar:x/y:1")) {
            try (FileSystem fs = FileSystems.newFileSystem(URI.create(uri), Map.of())) {
                assertThat(Files.readString(fs.getPath("etc", "a b!c"))).isEqualTo("content");
            }
        }
    }

    @Test
    void a_platform_and_a_cache_can_be_chosen() throws IOException {
        URI uri = URI.create("oci:" + folder + "/layout");
        ContentCache cache = ContentCache.at(folder.resolve("cache"), 1 << 20);
        for (Object platform : List.of("linux/amd64", Platform.LINUX_AMD64)) {
            FileSystems.newFileSystem(uri, Map.of("platform", platform, "cache", cache))
                    .close();
        }
        assertThat(folder.resolve("cache/derived")).isNotEmptyDirectory();
        assertThatThrownBy(() -> FileSystems.newFileSystem(uri, Map.of("cache", "here")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected a ContentCache, got a java.lang.String");
    }

    @Test
    void what_is_not_there_is_named() {
        assertThatThrownBy(() -> FileSystems.newFileSystem(URI.create("oci:" + folder + "/none"), Map.of()))
                .isInstanceOf(NoSuchFileException.class)
                .hasCauseInstanceOf(NotFoundException.class)
                .hasMessageContaining(folder + "/none");
        assertThatThrownBy(() -> FileSystems.newFileSystem(URI.create("oci:" + folder + "/layout:2.0"), Map.of()))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("2.0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"oci:layout", "oci://host/layout", "oci:/layout?x", "oci:/layout#x"})
    void what_is_no_place_is_refused(String uri) {
        assertThatThrownBy(() -> FileSystems.newFileSystem(URI.create(uri), Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected oci:/PATH[:NAME][!/PATH_IN_IMAGE], got " + uri);
    }

    @Test
    void an_image_that_was_opened_without_a_uri_has_one_for_reading_only() throws IOException {
        try (FileSystem fs = ImageFileSystem.open(image)) {
            URI uri = fs.getPath("/etc").toUri();
            assertThat(uri).hasToString("oci:" + image.digest() + "!/etc");
        }
    }

    @Test
    void nothing_is_left_behind() throws IOException {
        List<Path> during;
        List<Path> before = indexFolders();
        try (FileSystem fs = ImageFileSystem.open(image)) {
            during = indexFolders();
            assertThat(Files.size(fs.getPath("/etc/a b!c"))).isEqualTo(7);
        }
        assertThat(during).hasSizeGreaterThan(before.size());
        assertThat(indexFolders()).hasSizeLessThan(during.size());
    }

    private static List<Path> indexFolders() throws IOException {
        try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return all.filter(p ->
                            p.getFileName().toString().startsWith("davit-") && Files.isDirectory(p.resolve("derived")))
                    .toList();
        }
    }
}
