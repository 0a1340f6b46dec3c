package dev.davit.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The README shows code that is compiled: each of its Java snippets stands in the examples, line for line. */
class ReadmeTest {
    private static final Path PROJECT = Path.of("").toAbsolutePath().getParent();
    private static final Pattern SNIPPET = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @Test
    void every_snippet_is_code_that_is_compiled() throws IOException {
        String examples = unindented(
                Files.readString(PROJECT.resolve("examples/src/main/java/dev/davit/examples/snippets/Snippets.java")));
        List<String> snippets = SNIPPET.matcher(Files.readString(PROJECT.resolve("README.md")))
                .results()
                .map(MatchResult::group)
                .map(block -> block.substring("```java\n".length(), block.length() - "```".length()))
                .toList();

        assertThat(snippets).hasSizeGreaterThanOrEqualTo(5);
        assertThat(snippets).allSatisfy(snippet -> assertThat(examples).contains(unindented(snippet)));
    }

    @Test
    void every_file_it_links_to_exists() throws IOException {
        List<String> links = Pattern.compile("\\]\\(([^)#:]+)\\)")
                .matcher(Files.readString(PROJECT.resolve("README.md")))
                .results()
                .map(link -> link.group(1))
                .toList();

        assertThat(links).isNotEmpty();
        assertThat(links).allSatisfy(link -> assertThat(PROJECT.resolve(link)).exists());
    }

    private static String unindented(String code) {
        return code.lines().map(String::strip).collect(Collectors.joining("\n"));
    }
}
