package dev.davit.image.internal.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Patterns mean what they mean to the packages that Docker is made with. */
class FileSelectionVectorsTest {
    /** In patterns with this, Docker differs: there a backslash and a letter are an escape of Go's regular expressions. */
    private static final String KNOWN = "\\a";

    @Test
    void they_match_what_docker_matches() throws IOException {
        List<String> paths = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        int files = 0;
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                getClass().getResourceAsStream("/vectors/dockerignore.txt"), StandardCharsets.US_ASCII))) {
            String line = in.readLine();
            for (; !line.equals("---"); line = in.readLine()) {
                if (!line.startsWith("#")) {
                    paths.add(unquoted(line));
                }
            }
            for (line = in.readLine(); line != null; line = in.readLine()) {
                files++;
                int space = line.indexOf(' ');
                String content = unquoted(line.substring(space + 1));
                String actual = answer(content, paths);
                if (!actual.equals(line.substring(0, space)) && !content.contains(KNOWN)) {
                    wrong.add(line + "\n" + actual + differing(actual, line, paths));
                }
            }
        }
        assertThat(files).isGreaterThan(800);
        assertThat(wrong).isEmpty();
    }

    private static String differing(String actual, String expected, List<String> paths) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < paths.size() && i < actual.length() && i < expected.length(); i++) {
            if (actual.charAt(i) != expected.charAt(i)) {
                out.append(' ').append(paths.get(i));
            }
        }
        return out.toString();
    }

    private static String answer(String content, List<String> paths) {
        GlobList globs;
        try {
            globs = GlobList.EMPTY.and(GlobList.lines(content));
        } catch (IllegalArgumentException e) {
            return "error";
        }
        StringBuilder bits = new StringBuilder();
        for (String path : paths) {
            GlobList.Result result = null;
            for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
                result = globs.match(path.substring(0, slash), result);
            }
            bits.append(globs.match(path, result).isMatched() ? '-' : '+');
        }
        return bits.toString();
    }

    /** Undoes what Go's {@code strconv.QuoteToASCII} did. */
    private static String unquoted(String quoted) {
        StringBuilder out = new StringBuilder();
        int i = 1;
        while (i < quoted.length() - 1) {
            char c = quoted.charAt(i++);
            if (c != '\\') {
                out.append(c);
                continue;
            }
            char kind = quoted.charAt(i++);
            switch (kind) {
                case 'n' -> out.append('\n');
                case 'r' -> out.append('\r');
                case 't' -> out.append('\t');
                case 'x', 'u', 'U' -> {
                    int length = kind == 'x' ? 2 : kind == 'u' ? 4 : 8;
                    out.appendCodePoint(Integer.parseInt(quoted.substring(i, i + length), 16));
                    i += length;
                }
                default -> out.append(kind);
            }
        }
        return out.toString();
    }
}
