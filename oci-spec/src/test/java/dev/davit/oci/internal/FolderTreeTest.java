package dev.davit.oci.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderTreeTest {
    @TempDir
    private Path temporary;

    private Path outside;
    private Path folder;

    @BeforeEach
    void make() throws IOException {
        outside = Files.createDirectory(temporary.resolve("outside"));
        Files.writeString(outside.resolve("file"), "precious");
        folder = Files.createDirectories(temporary.resolve("folder"));
    }

    @Test
    void everything_in_a_folder_goes_and_nothing_beside_it() throws IOException {
        Files.createDirectories(folder.resolve("a/b/c"));
        Files.writeString(folder.resolve("a/b/file"), "x");
        FolderTree.delete(folder);
        assertThat(folder).doesNotExist();
        assertThat(outside.resolve("file")).hasContent("precious");
    }

    @Test
    void links_go_and_what_they_lead_to_stays() throws IOException {
        Files.createSymbolicLink(folder.resolve("to-folder"), outside);
        Files.createSymbolicLink(folder.resolve("to-file"), outside.resolve("file"));
        Files.createSymbolicLink(folder.resolve("to-nothing"), temporary.resolve("none"));
        FolderTree.delete(folder);
        assertThat(folder).doesNotExist();
        assertThat(outside.resolve("file")).hasContent("precious");
    }

    @Test
    void a_link_to_a_folder_is_none() throws IOException {
        Path link = Files.createSymbolicLink(temporary.resolve("link"), outside);
        FolderTree.delete(link);
        assertThat(link).exists();
        assertThat(outside.resolve("file")).hasContent("precious");
    }

    @Test
    void without_a_folder_there_is_nothing_to_do() throws IOException {
        FolderTree.delete(temporary.resolve("none"));
        FolderTree.delete(outside.resolve("file"));
        assertThat(outside.resolve("file")).hasContent("precious");
    }
}
