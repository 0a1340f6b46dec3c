package dev.davit.it.fuzz;

import static dev.davit.it.fuzz.Property.require;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.davit.image.Unpacker;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.internal.FolderTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Files, directories and whiteouts of a few names, in any order in any number of layers: what is unpacked is what a
 * model of the image specification says, which keeps a map and is too simple to be wrong.
 */
final class OverlayFuzz {
    /** More entries than this say nothing new, and take long. */
    private static final int MAX_ENTRIES = 40;

    private static final String[] NAMES = {"", "a", "b", "c"};

    private OverlayFuzz() {}

    /** Something in the tree: what a file contains, or null for a directory; and the layer that had it last. */
    private record Thing(@Nullable String content, int layer) {}

    /** Called by the fuzzer: two bytes are an entry. */
    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        Map<String, Thing> model = new TreeMap<>();
        List<byte[]> layers = new ArrayList<>();
        List<byte[]> entries = new ArrayList<>();
        boolean possible = true;
        for (int i = 0; i + 1 < Math.min(input.length, 2 * MAX_ENTRIES); i += 2) {
            String path = path(input[i + 1] & 0xff);
            int kind = input[i] & 7;
            if (kind == 7) {
                layers.add(Archives.archive(entries));
                entries.clear();
            } else if (!path.isEmpty()) {
                String parent = path.substring(0, Math.max(0, path.lastIndexOf('/')));
                String leaf = path.substring(path.lastIndexOf('/') + 1);
                String content = "of entry " + i;
                int layer = layers.size();
                if (kind <= 2) {
                    entries.add(Archives.entry('0', path, "", content.getBytes(US_ASCII)));
                    possible = possible && add(model, path, new Thing(content, layer));
                } else if (kind <= 4) {
                    entries.add(Archives.entry('5', path, "", new byte[0]));
                    possible = possible && add(model, path, new Thing(null, layer));
                } else if (kind == 5) {
                    entries.add(Archives.entry('0', parent + "/.wh." + leaf, "", new byte[0]));
                    hide(model, path, layer, true);
                } else {
                    entries.add(Archives.entry('0', path + "/.wh..wh..opq", "", new byte[0]));
                    hide(model, path, layer, false);
                }
            }
        }
        layers.add(Archives.archive(entries));
        compare(layers, possible ? model : null);
    }

    private static void compare(List<byte[]> layers, @Nullable Map<String, Thing> model) throws IOException {
        Path root = Files.createTempDirectory("overlay-fuzz").resolve("root");
        try {
            Unpacker.into(root).unpack(Archives.image(layers));
            require(model != null, "a file where a directory must be is refused");
            Map<String, String> expected = new TreeMap<>();
            model.forEach((path, thing) -> expected.put(path, String.valueOf(thing.content)));
            Map<String, String> actual = tree(root);
            require(actual.equals(expected), "expected " + expected + ", got " + actual);
        } catch (MalformedContentException e) {
            require(model == null, "refused for no reason: " + e.getMessage());
            require(!Files.exists(root), "nothing is left of what is refused");
        } finally {
            FolderTree.delete(root.getParent());
        }
    }

    private static Map<String, String> tree(Path root) throws IOException {
        Map<String, String> tree = new TreeMap<>();
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.filter(path -> !path.equals(root)).toList()) {
                String content = Files.isDirectory(path) ? "null" : Files.readString(path);
                tree.put(root.relativize(path).toString(), content);
            }
        }
        return tree;
    }

    private static String path(int number) {
        StringBuilder path = new StringBuilder();
        for (int rest = number; (rest & 3) != 0; rest >>= 2) {
            path.append(path.isEmpty() ? "" : "/").append(NAMES[rest & 3]);
        }
        return path.toString();
    }

    /** {@return whether nothing but directories leads to it} */
    private static boolean add(Map<String, Thing> model, String path, Thing thing) {
        for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
            Thing above = model.computeIfAbsent(path.substring(0, slash), p -> new Thing(null, thing.layer));
            if (above.content != null) {
                return false;
            }
        }
        Thing before = model.put(path, thing);
        boolean merges = before != null && before.content == null && thing.content == null;
        if (!merges) {
            model.keySet().removeIf(other -> other.startsWith(path + "/"));
        }
        return true;
    }

    /** Takes away what lower layers left, but for directories in which this layer has something. */
    private static void hide(Map<String, Thing> model, String path, int layer, boolean itself) {
        List<String> lower = new ArrayList<>();
        model.forEach((other, thing) -> {
            boolean below = other.startsWith(path + "/") || (itself && other.equals(path));
            boolean kept = thing.layer == layer
                    || model.entrySet().stream()
                            .anyMatch(e -> e.getKey().startsWith(other + "/") && e.getValue().layer == layer);
            if (below && !kept) {
                lower.add(other);
            }
        });
        lower.forEach(model::remove);
    }
}
