package dev.davit.image.internal.build;

import dev.davit.oci.internal.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One line of a {@code .dockerignore} file, read as the packages do that Docker is made with: cleaned as a path, checked as
 * Go's {@code filepath.Match} checks patterns, and matched against whole paths. Where two stars begin a pattern that has no
 * other wildcard they stand for any text, elsewhere for directories.
 *
 * @param isException whether the line starts with an exclamation mark, and takes files back in
 * @param matcher says whether a path matches
 */
record Glob(boolean isException, Predicate<String> matcher) {
    /**
     * {@return the pattern; null if the line is empty}
     *
     * @throws IllegalArgumentException if it is malformed
     */
    static @Nullable Glob parse(String line) {
        String text = trim(line);
        if (text.isEmpty()) {
            return null;
        }
        if (text.startsWith("!")) {
            text = "!" + cleanLine(trim(text.substring(1)));
        } else {
            text = cleanLine(text);
        }
        // once more, together with the exclamation mark
        String pattern = clean(trim(text));
        boolean isException = pattern.startsWith("!");
        String glob = isException ? pattern.substring(1) : pattern;
        if (glob.isEmpty()) {
            throw malformed(line, "a pattern after the exclamation mark");
        }
        return new Glob(isException, new Translation(line, glob).matcher());
    }

    boolean matches(String path) {
        return matcher.test(path);
    }

    private static String cleanLine(String text) {
        if (text.isEmpty()) {
            return text;
        }
        String cleaned = clean(text);
        return cleaned.length() > 1 && cleaned.startsWith("/") ? cleaned.substring(1) : cleaned;
    }

    /** White space of Unicode, which in Java has no single name. */
    private static boolean isSpace(char c) {
        return Character.isSpaceChar(c) || (c >= '\t' && c <= '\r') || c == '\u0085';
    }

    private static String trim(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isSpace(text.charAt(from))) {
            from++;
        }
        while (to > from && isSpace(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    /** The shortest path that means the same, as Go's {@code path.Clean} finds it. */
    private static String clean(String path) {
        boolean isRooted = path.startsWith("/");
        List<String> elements = new ArrayList<>();
        for (String element : path.split("/", -1)) {
            if (element.isEmpty() || element.equals(".")) {
                continue;
            }
            boolean up = element.equals("..");
            int last = elements.size() - 1;
            if (up && last >= 0 && !elements.get(last).equals("..")) {
                elements.remove(last);
            } else if (!up || !isRooted) {
                elements.add(element);
            }
        }
        String joined = (isRooted ? "/" : "") + String.join("/", elements);
        return joined.isEmpty() ? "." : joined;
    }

    private static IllegalArgumentException malformed(String line, String expected) {
        return new IllegalArgumentException(
                "pattern of file names: expected " + expected + ", got " + Text.quote(line));
    }

    /** Turns one pattern into a test of paths. */
    private static final class Translation {
        private final String line;
        private final String glob;
        private final StringBuilder regex = new StringBuilder();
        private int at;

        /** What kind of test is enough for what was read so far. */
        private Kind kind = Kind.EXACT;

        private enum Kind {
            EXACT,
            PREFIX,
            SUFFIX,
            REGEX
        }

        Translation(String line, String glob) {
            this.line = line;
            this.glob = glob;
        }

        Predicate<String> matcher() {
            while (at < glob.length()) {
                boolean isFirst = at == 0;
                int c = next();
                switch (c) {
                    case '*' -> star(isFirst);
                    case '?' -> wildcard("[^/]");
                    case '[' -> characters();
                    case '\\' -> {
                        literal(escaped());
                        kind = Kind.REGEX;
                    }
                    case ']' -> {
                        literal(c);
                        kind = Kind.REGEX;
                    }
                    default -> literal(c);
                }
            }
            return switch (kind) {
                case EXACT -> glob::equals;
                case PREFIX -> startsWith(glob.substring(0, glob.length() - 2));
                case SUFFIX -> endsWith(glob.substring(2));
                case REGEX -> Pattern.compile(regex.toString(), Pattern.DOTALL).asMatchPredicate();
            };
        }

        private static Predicate<String> startsWith(String prefix) {
            return path -> path.startsWith(prefix);
        }

        private static Predicate<String> endsWith(String suffix) {
            return path -> path.endsWith(suffix) || (suffix.startsWith("/") && path.equals(suffix.substring(1)));
        }

        private int next() {
            int c = glob.codePointAt(at);
            at += Character.charCount(c);
            return c;
        }

        private boolean has(char c) {
            return at < glob.length() && glob.charAt(at) == c;
        }

        private void literal(int c) {
            regex.append("\\x{").append(Integer.toHexString(c)).append('}');
        }

        private void wildcard(String expression) {
            regex.append(expression);
            kind = Kind.REGEX;
        }

        private void star(boolean isFirst) {
            if (!has('*')) {
                wildcard("[^/]*");
                return;
            }
            at++;
            if (has('/')) {
                at++;
            }
            if (at < glob.length()) {
                wildcard("(?:.*/)?");
            } else if (kind == Kind.EXACT) {
                kind = Kind.PREFIX;
            } else {
                wildcard(".*");
            }
            if (isFirst) {
                kind = Kind.SUFFIX;
            }
        }

        private int escaped() {
            if (at == glob.length()) {
                throw malformed(line, "something after the last backslash");
            }
            return next();
        }

        private void characters() {
            regex.append('[');
            if (has('^')) {
                at++;
                regex.append('^');
            }
            boolean isEmpty = true;
            while (isEmpty || !has(']')) {
                int low = character();
                int high = low;
                if (has('-')) {
                    at++;
                    high = character();
                }
                if (low > high) {
                    throw malformed(line, "ranges of characters from low to high");
                }
                literal(low);
                regex.append('-');
                literal(high);
                isEmpty = false;
            }
            at++;
            wildcard("]");
        }

        private int character() {
            if (at == glob.length() || has('-') || has(']')) {
                throw malformed(line, "characters and ranges between brackets");
            }
            int c = next();
            return c == '\\' ? escaped() : c;
        }
    }
}
