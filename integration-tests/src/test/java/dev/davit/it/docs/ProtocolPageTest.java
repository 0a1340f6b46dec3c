package dev.davit.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What docs/protocol.md says of registries is shown by tests, and these are there. */
class ProtocolPageTest {
    private static final Path PROJECT = Path.of("").toAbsolutePath().getParent();
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w*Test)\\.(\\w+)`");

    @Test
    void every_test_that_is_named_is_there() throws IOException {
        List<MatchResult> named = TEST.matcher(Files.readString(PROJECT.resolve("docs/protocol.md")))
                .results()
                .toList();
        List<Path> sources = sources();

        List<String> missing = new ArrayList<>();
        for (MatchResult test : named) {
            if (!isThere(sources, test.group(1), test.group(2))) {
                missing.add(test.group());
            }
        }
        assertThat(named).hasSizeGreaterThan(100);
        assertThat(missing).isEmpty();
    }

    @Test
    void every_line_names_a_test() throws IOException {
        List<String> lines = Files.readAllLines(PROJECT.resolve("docs/protocol.md")).stream()
                .filter(line -> line.startsWith("|"))
                .filter(line -> !line.startsWith("|---") && !line.endsWith("| shown by |"))
                .toList();

        assertThat(lines).hasSizeGreaterThan(80);
        assertThat(lines).allMatch(line -> TEST.matcher(line).find());
    }

    /** Two modules may have a class of one name. */
    private static boolean isThere(List<Path> sources, String type, String method) throws IOException {
        Pattern declaration = Pattern.compile(
                "@(Test|ParameterizedTest|TestFactory)\\b(?:(?!\\bvoid\\b).)*\\bvoid " + method + "\\(",
                Pattern.DOTALL);
        for (Path source : sources) {
            if (source.endsWith(type + ".java")
                    && declaration.matcher(Files.readString(source)).find()) {
                return true;
            }
        }
        return false;
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> modules = Files.list(PROJECT)) {
            List<Path> found = new ArrayList<>();
            for (Path module : modules.map(module -> module.resolve("src/test/java"))
                    .filter(Files::isDirectory)
                    .toList()) {
                try (Stream<Path> files = Files.walk(module)) {
                    files.filter(file -> file.toString().endsWith("Test.java")).forEach(found::add);
                }
            }
            return found;
        }
    }
}
