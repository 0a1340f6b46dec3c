package dev.davit.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("jdk25")
class ImageFileSystemTest {
    @Test
    void shows_all_layers_merged() throws IOException {
        byte[] lower = RawTar.tar()
                .directory("etc")
                .file("etc/kept", "kept")
                .file("etc/changed", "before")
                .file("etc/gone", "gone")
                .file("opaque/hidden", "hidden")
                .bytes();
        byte[] upper = RawTar.tar()
                .file("etc/changed", "after")
                .whiteout("etc/gone")
                .opaque("opaque")
                .file("opaque/seen", "seen")
                .bytes();

        try (FileSystem fs = ImageFileSystem.open(TestImages.of(List.of(lower, upper)))) {
            try (Stream<Path> all = Files.walk(fs.getPath("/"))) {
                assertThat(all.map(Path::toString))
                        .containsExactly("/", "/etc", "/etc/changed", "/etc/kept", "/opaque", "/opaque/seen");
            }
            assertThat(Files.readString(fs.getPath("/etc/changed"))).isEqualTo("after");
            assertThat(Files.readString(fs.getPath("etc", "kept"))).isEqualTo("kept");
            assertThatThrownBy(() -> Files.readString(fs.getPath("/etc/gone"))).isInstanceOf(NoSuchFileException.class);
        }
    }
}
