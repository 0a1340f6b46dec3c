package dev.davit.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileSelectionTest {
    @TempDir
    Path folder;

    @BeforeEach
    void files() throws IOException {
        for (String name : List.of("a.txt", "src/A.java", "src/x/B.java", "src/x/b.txt", "target/A.class", "doc/x/y")) {
            Path file = folder.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "x");
        }
        Files.createDirectory(folder.resolve("empty"));
    }

    @Test
    void everything_is_taken_unless_something_is_said() {
        assertThat(taken(FileSelection.all())).hasSize(12);
    }

    @Test
    void what_is_included_comes_with_the_directories_that_lead_to_it() {
        assertThat(taken(FileSelection.all().include("**/*.java")))
                .containsExactly("src/", "src/A.java", "src/x/", "src/x/B.java");
        assertThat(taken(FileSelection.all().include("doc", "empty")))
                .containsExactly("doc/", "doc/x/", "doc/x/y", "empty/");
        assertThat(taken(FileSelection.all().include("nothing"))).isEmpty();
    }

    @Test
    void what_is_excluded_is_out_also_if_it_is_included() {
        assertThat(taken(FileSelection.all().include("src", "*.txt").exclude("**/*.txt", "src/A.java")))
                .containsExactly("src/", "src/x/", "src/x/B.java");
        assertThat(taken(FileSelection.all().exclude("target").exclude("src", "!src/x/*.java", "doc/", "/empty")))
                .containsExactly("a.txt", "src/", "src/x/", "src/x/B.java");
    }

    @Test
    void a_file_has_patterns_comments_and_exceptions() throws IOException {
        Path file = Files.writeString(folder.resolve("src/.dockerignore"), """
                # comment
                *
                !src\s\s

                src/x
                """);

        assertThat(taken(FileSelection.all().dockerignore(file)))
                .containsExactly("src/", "src/.dockerignore", "src/A.java");
        assertThat(taken(FileSelection.all().dockerignore(file).exclude("**/.dockerignore", "!a.txt")))
                .containsExactly("a.txt", "src/", "src/A.java");
    }

    @Test
    void directories_that_are_taken_for_what_is_in_them_keep_their_attributes() throws IOException {
        Files.setPosixFilePermissions(folder.resolve("src/x"), PosixFilePermissions.fromString("rwx------"));

        assertThat(LayerLines.of(LayerSpec.named("a")
                        .directory("/app", folder, FileSelection.all().include("src/x/*.java"))
                        .preserve(Attribute.MODES)))
                .contains("d0755 app/src/", "d0700 app/src/x/", "-0644 app/src/x/B.java = x")
                .hasSize(4);
    }

    @Test
    void a_name_that_means_a_deletion_may_be_left_out() throws IOException {
        Files.writeString(folder.resolve("src/.wh.a"), "");

        assertThatThrownBy(() -> taken(FileSelection.all())).isInstanceOf(IllegalArgumentException.class);
        assertThat(taken(FileSelection.all().exclude("**/.wh.*"))).hasSize(12);
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "[]", "a[b-]", "[z-a]", "a\\", "!", "a/[^"})
    void malformed_patterns_are_refused(String pattern) throws IOException {
        assertThatThrownBy(() -> FileSelection.all().exclude(pattern))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("pattern of file names: expected ");
        Path file = Files.writeString(folder.resolve(".dockerignore"), "a\n" + pattern);
        assertThatThrownBy(() -> FileSelection.all().dockerignore(file))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(file.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"a|b*", "a{2}?", "\\d*", "^a*", "a$*", "(a)*", "[*]", "a.c*"})
    void what_means_something_in_regular_expressions_means_itself(String pattern) throws IOException {
        Path other = Files.createDirectory(folder.resolve("other"));
        String name = pattern.equals("[*]") ? "*" : pattern.replace("\\", "").replaceFirst("[*?]$", "x");
        for (String file : List.of(name, "a", "b", "aab", "1", "ac", "abc")) {
            Files.writeString(other.resolve(file), "x");
        }

        assertThat(LayerLines.of(LayerSpec.named("a")
                        .directory("/", other, FileSelection.all().include(pattern))))
                .containsExactly("-0644 " + name + " = x");
    }

    @Test
    void a_missing_file_is_named() {
        Path missing = folder.resolve("missing");
        assertThatThrownBy(() -> FileSelection.all().dockerignore(missing))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(missing.toString());
    }

    private List<String> taken(FileSelection selection) {
        return LayerLines.of(LayerSpec.named("a").directory("/", folder, selection)).stream()
                .map(line -> line.substring(6).replace(" = x", ""))
                .map(line -> line.split(" = ", 2)[0])
                .toList();
    }
}
