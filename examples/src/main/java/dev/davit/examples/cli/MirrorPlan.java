package dev.davit.examples.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * What is mirrored to where, as a YAML file says it.
 *
 * @param mirrors one for each repository
 */
record MirrorPlan(List<Mirror> mirrors) {
    /** What refers to images is kept under such tags; it comes with the images. */
    private static final Pattern OF_REFERRERS = Pattern.compile("sha(256|384|512)-[0-9a-f]{64}.*");

    private static final Set<String> KEYS = Set.of("from", "to", "tags", "except", "referrers");

    /**
     * One repository.
     *
     * @param from where it is
     * @param to where it goes
     * @param tags which tags: all if there are none
     * @param except and which of these not
     * @param referrers whether also what refers to the images
     */
    record Mirror(Place from, Place to, List<Pattern> tags, List<Pattern> except, boolean referrers) {
        boolean wants(String tag) {
            return !OF_REFERRERS.matcher(tag).matches()
                    && (tags.isEmpty() || matches(tags, tag))
                    && !matches(except, tag);
        }

        private static boolean matches(List<Pattern> patterns, String tag) {
            return patterns.stream().anyMatch(pattern -> pattern.matcher(tag).matches());
        }
    }

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException if it is no plan, with what is wrong in one line
     * @throws IOException if it cannot be read
     */
    static MirrorPlan read(Path file) throws IOException {
        if (!Files.isReadable(file)) {
            throw new IllegalArgumentException(file + ": expected a file that can be read");
        }
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        try (Reader text = Files.newBufferedReader(file)) {
            Map<?, ?> root = map(file.toString(), new Yaml(new SafeConstructor(options)).load(text), Set.of("mirrors"));
            List<Mirror> mirrors = new ArrayList<>();
            for (Object entry : list(file + ": mirrors", root.get("mirrors"))) {
                mirrors.add(mirror(file + ": mirror " + (mirrors.size() + 1), entry));
            }
            if (mirrors.isEmpty()) {
                throw new IllegalArgumentException(file + ": mirrors: expected at least one, got none");
            }
            return new MirrorPlan(List.copyOf(mirrors));
        } catch (MarkedYAMLException e) {
            throw new IllegalArgumentException(
                    file + ": line " + (e.getProblemMark().getLine() + 1) + ": " + e.getProblem(), e);
        } catch (YAMLException e) {
            throw new IllegalArgumentException(file + ": no YAML", e);
        }
    }

    private static Mirror mirror(String what, @Nullable Object entry) {
        Map<?, ?> map = map(what, entry, KEYS);
        Place from = place(what + ": from", map.get("from"));
        Place to = place(what + ": to", map.get("to"));
        if (to.isArchive()) {
            throw new IllegalArgumentException(what + ": to: expected a repository or a layout, got " + to);
        }
        Object referrers = map.containsKey("referrers") ? map.get("referrers") : false;
        if (!(referrers instanceof Boolean all)) {
            throw new IllegalArgumentException(what + ": referrers: expected true or false, got " + referrers);
        }
        return new Mirror(
                from,
                to,
                patterns(what + ": tags", map.get("tags")),
                patterns(what + ": except", map.get("except")),
                all);
    }

    private static Place place(String what, @Nullable Object value) {
        if (!(value instanceof String text)) {
            throw new IllegalArgumentException(what + ": expected a place such as docker://HOST/NAME, got " + value);
        }
        Place place = Place.parse(text);
        if (place.isNamed()) {
            throw new IllegalArgumentException(
                    what + ": expected a place without a tag, which goes to tags, got " + text);
        }
        return place;
    }

    /** Patterns have {@code *} for any text and {@code ?} for one character. */
    private static List<Pattern> patterns(String what, @Nullable Object value) {
        List<Pattern> patterns = new ArrayList<>();
        for (Object one : list(what, value)) {
            if (!(one instanceof String text)) {
                // 1.10 is a number that has lost its zero by now
                throw new IllegalArgumentException(what + ": expected text, got " + one + ": write it in quotes");
            }
            patterns.add(Pattern.compile(text.chars()
                    .mapToObj(c -> c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(Character.toString(c)))
                    .collect(Collectors.joining())));
        }
        return List.copyOf(patterns);
    }

    private static List<?> list(String what, @Nullable Object value) {
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> list)) {
            throw new IllegalArgumentException(what + ": expected a list, got " + value);
        }
        return list;
    }

    private static Map<?, ?> map(String what, @Nullable Object value, Set<String> keys) {
        if (!(value instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException(what + ": expected keys and values, got " + value);
        }
        for (Object key : map.keySet()) {
            if (!(key instanceof String name && keys.contains(name))) {
                throw new IllegalArgumentException(what + ": expected one of "
                        + keys.stream().sorted().collect(Collectors.joining(", ")) + ", got " + key);
            }
        }
        return map;
    }
}
