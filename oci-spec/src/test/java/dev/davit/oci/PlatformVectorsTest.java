package dev.davit.oci;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What containerd's package {@code platforms} makes of many platforms. */
class PlatformVectorsTest {
    /** What Java and the kernel call processors, and containerd does not know. */
    private static final Pattern OTHER_SPELLINGS =
            Pattern.compile("linux/(i486|i686|x86|loongarch64)(/.*)?", Pattern.CASE_INSENSITIVE);

    /** In variants, later releases of containerd read a dot too. */
    private static final Pattern WITH_A_DOT =
            Pattern.compile("linux/[A-Za-z0-9_-]+/[A-Za-z0-9_]+\\.[0-9]|linux/a\\.b(/[A-Za-z0-9_][A-Za-z0-9_.-]*)?");

    /** A sign before a word makes it an option of a program somewhere. */
    private static final Pattern WITH_A_SIGN_FIRST = Pattern.compile("-.*|.*/-.*");

    /** What is meant by half a platform would depend on the machine that reads it. */
    private static final Set<String> HALF = Set.of("linux", "amd64", "arm64");

    /** Version 9 of 64-bit ARM runs version 8, which only later releases of containerd say. */
    private static final Set<String> NEWER = Set.of("linux/arm64/v9", "linux/arm64/9");

    @Test
    void parses_as_containerd_does_but_for_the_differences_that_are_listed() {
        List<String[]> rows = rows("parse");
        assertThat(rows).hasSizeGreaterThan(700);
        for (String[] row : rows) {
            String theirs = row[2];
            if (HALF.contains(row[1]) || WITH_A_SIGN_FIRST.matcher(row[1]).matches()) {
                assertThat(parsed(row[1])).as(row[1]).isEqualTo("error");
            } else if (WITH_A_DOT.matcher(row[1]).matches()) {
                assertThat(theirs).as(row[1]).isEqualTo("error");
                assertThat(parsed(row[1])).as(row[1]).isNotEqualTo("error");
            } else if (!OTHER_SPELLINGS.matcher(row[1]).matches()) {
                assertThat(parsed(row[1])).as(row[1]).isEqualTo(theirs);
            }
        }
    }

    @Test
    void normalises_as_containerd_does() {
        List<String[]> rows = rows("normalise");
        assertThat(rows).hasSizeGreaterThan(600);
        for (String[] row : rows) {
            if (!OTHER_SPELLINGS.matcher(row[1]).matches()) {
                assertThat(text(platform(row[1]).normalized())).as(row[1]).isEqualTo(row[2]);
                assertThat(platform(row[1]).normalized().normalized())
                        .isEqualTo(platform(row[1]).normalized());
            }
        }
    }

    @Test
    void ranks_as_containerd_does() {
        List<String[]> rows = rows("order");
        assertThat(rows).hasSizeGreaterThan(70);
        for (String[] row : rows) {
            if (NEWER.contains(row[1])) {
                continue;
            }
            Platform wanted = platform(row[1]);
            List<String> ours = Stream.of(row[2].split(","))
                    .map(text -> new Candidate(text, platform(text)))
                    .filter(candidate -> candidate.platform.satisfies(wanted))
                    .sorted((a, b) -> Platform.bestFor(wanted).compare(a.platform, b.platform))
                    .map(Candidate::text)
                    .toList();
            assertThat(String.join(",", ours)).as("images for " + row[1]).isEqualTo(row.length > 3 ? row[3] : "");
        }
    }

    private record Candidate(String text, Platform platform) {}

    private static List<String[]> rows(String kind) {
        return Vectors.rows("platforms.txt").stream()
                .map(row -> row.split("\t"))
                .filter(row -> row[0].equals(kind))
                .toList();
    }

    private static String parsed(String text) {
        try {
            return text(Platform.parse(text));
        } catch (IllegalArgumentException e) {
            return "error";
        }
    }

    private static String text(Platform platform) {
        return platform.os() + "/" + platform.architecture() + "/"
                + platform.variant().orElse("");
    }

    /** As a document has it. */
    private static Platform platform(String text) {
        String[] parts = Arrays.copyOf((text + "/").split("/", -1), 3);
        return Platform.of(parts[0], parts[1], parts[2]);
    }
}
