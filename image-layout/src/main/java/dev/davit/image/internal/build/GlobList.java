package dev.davit.image.internal.build;

import dev.davit.image.internal.Names;
import dev.davit.oci.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Patterns in order, of which the last that matches a path decides. What matches a directory matches all that is in it.
 * Immutable.
 *
 * @param globs the patterns
 */
public record GlobList(List<Glob> globs) {
    /** No pattern: nothing matches. */
    public static final GlobList EMPTY = new GlobList(List.of());

    private static final String BYTE_ORDER_MARK = "\ufeff";

    /** {@return the list with more patterns, as in lines of a file without comments} */
    public GlobList and(List<String> patterns) {
        List<Glob> all = new ArrayList<>(globs);
        for (String pattern : patterns) {
            Glob glob = Glob.parse(pattern);
            if (glob != null) {
                all.add(glob);
            }
        }
        return new GlobList(List.copyOf(all));
    }

    /** {@return the list with the patterns of a {@code .dockerignore} file} */
    public GlobList and(Path file) {
        byte[] content;
        try {
            content = Files.readAllBytes(file);
        } catch (IOException e) {
            throw new StorageException("read", file, e);
        }
        try {
            return and(lines(Names.decode(content, 0, content.length)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    static List<String> lines(String content) {
        String text = content.startsWith(BYTE_ORDER_MARK) ? content.substring(1) : content;
        List<String> lines = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            if (!line.startsWith("#")) {
                lines.add(line);
            }
        }
        return lines;
    }

    /** {@return whether there is a pattern that takes back what an earlier one matched} */
    boolean hasExceptions() {
        return globs.stream().anyMatch(Glob::isException);
    }

    /**
     * What came of matching a path.
     *
     * @param isMatched whether the last pattern that matched it, or a directory above, is no exception
     * @param each which patterns matched
     */
    record Result(boolean isMatched, BitSet each) {}

    /**
     * Matches a path. A pattern is not looked at if it could not change anything, and then does not count as one that
     * matched a directory above either: that is how Docker does it.
     *
     * @param path the path, without slash at either end
     * @param above what came of the directory above; null at the top
     */
    Result match(String path, @Nullable Result above) {
        boolean isMatched = false;
        BitSet each = new BitSet(globs.size());
        for (int i = 0; i < globs.size(); i++) {
            Glob glob = globs.get(i);
            boolean matches = above != null && above.each.get(i);
            if (!matches && glob.isException() == isMatched) {
                matches = glob.matches(path);
            }
            if (matches) {
                each.set(i);
                isMatched = !glob.isException();
            }
        }
        return new Result(isMatched, each);
    }
}
