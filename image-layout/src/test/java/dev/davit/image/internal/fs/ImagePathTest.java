package dev.davit.image.internal.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.image.ImageFileSystem;
import dev.davit.image.RawTar;
import dev.davit.image.TestImages;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.PatternSyntaxException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Paths and patterns mean what they mean to the JDK on Linux, which is asked each time. */
class ImagePathTest {
    private static final FileSystem LOCAL = FileSystems.getDefault();
    private static final String[] ELEMENTS = {"a", "b", "..", ".", "", "/", "//", "a/b", "/a", "b/", "ab", "*"};
    private static FileSystem image;

    private final Random random = new Random(1);

    @BeforeAll
    static void open() throws IOException {
        image = ImageFileSystem.open(TestImages.of(List.of(RawTar.tar().bytes())));
    }

    @AfterAll
    static void close() throws IOException {
        image.close();
    }

    @Test
    void every_operation_gives_what_the_paths_of_the_jdk_give() {
        for (int i = 0; i < 5_000; i++) {
            String a = text();
            String b = text();
            for (Function<Path, Object> operation : List.<Function<Path, Object>>of(
                    Path::toString,
                    Path::getRoot,
                    Path::getFileName,
                    Path::getParent,
                    Path::getNameCount,
                    Path::isAbsolute,
                    p -> p.getName(0),
                    p -> p.subpath(1, 3),
                    p -> p.subpath(0, p.getNameCount()),
                    p -> p.iterator().next())) {
                assertThat(outcome(image, operation, a)).as(a).isEqualTo(outcome(LOCAL, operation, a));
            }
            for (BiFunction<Path, Path, Object> operation : List.<BiFunction<Path, Path, Object>>of(
                    Path::resolve,
                    Path::resolveSibling,
                    Path::startsWith,
                    Path::endsWith,
                    Path::equals,
                    (p, q) -> p.equals(q) == (p.hashCode() == q.hashCode()),
                    (p, q) -> Integer.signum(p.compareTo(q)))) {
                assertThat(outcome(image, operation, a, b))
                        .as("%s and %s", a, b)
                        .isEqualTo(outcome(LOCAL, operation, a, b));
            }
        }
    }

    @Test
    void normal_and_relative_paths_are_those_of_the_jdk_where_they_have_no_dots() {
        for (int i = 0; i < 5_000; i++) {
            String a = text().replace(".", "");
            String b = text().replace(".", "");
            assertThat(outcome(image, Path::relativize, a, b))
                    .as("%s and %s", a, b)
                    .isEqualTo(outcome(LOCAL, Path::relativize, a, b));
            String dots = text();
            assertThat(outcome(image, Path::normalize, dots)).as(dots).isEqualTo(outcome(LOCAL, Path::normalize, dots));
        }
    }

    @Test
    void patterns_match_what_those_of_the_jdk_match() {
        String[] parts = {
            "a", "b", "c", ".", "*", "**", "?", "/", "[", "]", "!", "-", "{", "}", ",", "\\", "[a-c]", "[!a]", "{a,b}"
        };
        String[] paths = {
            "a", "b", "ab", "a/b", "/a", "a.b", "[", "]", "-", "!", "{a", "a,b", "\\", "c/a/b", "", "*", "?", "^"
        };
        for (int i = 0; i < 5_000; i++) {
            StringBuilder pattern = new StringBuilder("glob:");
            for (int n = random.nextInt(5); n >= 0; n--) {
                pattern.append(parts[random.nextInt(parts.length)]);
            }
            if (pattern.indexOf("-[") >= 0) {
                // the JDK forgets to escape the end of such a range
                continue;
            }
            for (String path : paths) {
                assertThat(matches(image, pattern.toString(), path))
                        .as("%s on %s", pattern, path)
                        .isEqualTo(matches(LOCAL, pattern.toString(), path));
            }
        }
        assertThat(matches(image, "regex:a.*", "ab")).isEqualTo("true");
    }

    @Test
    void names_have_no_nul() {
        assertThatThrownBy(() -> image.getPath("a\0b")).isInstanceOf(InvalidPathException.class);
    }

    private static String matches(FileSystem fs, String pattern, String path) {
        try {
            return String.valueOf(fs.getPathMatcher(pattern).matches(fs.getPath(path)));
        } catch (PatternSyntaxException e) {
            return "refused";
        }
    }

    private String text() {
        List<String> parts = new ArrayList<>();
        for (int n = random.nextInt(4); n >= 0; n--) {
            parts.add(ELEMENTS[random.nextInt(ELEMENTS.length)]);
        }
        return String.join(random.nextBoolean() ? "/" : "", parts);
    }

    private static String outcome(FileSystem fs, Function<Path, Object> operation, String text) {
        return outcome(fs, (p, q) -> operation.apply(p), text, text);
    }

    private static String outcome(FileSystem fs, BiFunction<Path, Path, Object> operation, String a, String b) {
        try {
            return String.valueOf(operation.apply(fs.getPath(a), fs.getPath(b)));
        } catch (RuntimeException e) {
            return e.getClass().getName();
        }
    }
}
