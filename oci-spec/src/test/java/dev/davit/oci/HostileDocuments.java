package dev.davit.oci;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * Parses documents of the largest size that each consist of one thing as often as it fits: a program, to be run in a
 * small heap. Prints a line for each that was read or refused.
 */
final class HostileDocuments {
    private static final String HEX = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private static final String DESCRIPTOR = "{\"mediaType\":\"a/b\",\"digest\":\"sha256:" + HEX + "\",\"size\":1";
    private static final String MANIFEST = "{\"schemaVersion\":2,\"config\":" + DESCRIPTOR + "},\"layers\":[";
    private static final String CONFIG =
            "{\"os\":\"linux\",\"architecture\":\"amd64\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}";

    private HostileDocuments() {}

    /** A document: what comes first, what is repeated, and what comes last. */
    record Shape(String head, IntFunction<String> item, String tail, Function<byte[], Document> parse) {
        byte[] bytes() {
            StringBuilder json = new StringBuilder(Document.MAX_SIZE).append(head);
            int room = Document.MAX_SIZE - tail.length();
            int size = head.getBytes(UTF_8).length;
            for (int i = 0; ; i++) {
                String next = (i == 0 ? "" : ",") + item.apply(i);
                size += next.getBytes(UTF_8).length;
                if (size > room) {
                    return json.append(tail).toString().getBytes(UTF_8);
                }
                json.append(next);
            }
        }
    }

    static final Map<String, Shape> SHAPES = shapes();

    private static Map<String, Shape> shapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        Function<byte[], Document> manifest = Manifest::parse;
        Function<byte[], Document> index = Index::parse;
        Function<byte[], Document> config = ImageConfig::parse;
        shapes.put("names", new Shape(MANIFEST + "],", i -> name(i) + ":1", "}", manifest));
        shapes.put("unknown names", new Shape(MANIFEST + "],\"x\":{", i -> name(i) + ":1", "}}", manifest));
        shapes.put(
                "names in many objects", new Shape(MANIFEST + "],\"x\":[", i -> "{" + name(i) + ":1}", "]}", manifest));
        shapes.put(
                "tiny descriptors",
                new Shape(MANIFEST, i -> "{\"mediaType\":\"a/b\",\"digest\":\"a:b\",\"size\":1}", "]}", manifest));
        shapes.put("descriptors", new Shape(MANIFEST, i -> DESCRIPTOR + "}", "]}", manifest));
        shapes.put(
                "names in descriptors", new Shape(MANIFEST, i -> DESCRIPTOR + "," + name(i) + ":1}", "]}", manifest));
        shapes.put(
                "platforms",
                new Shape(
                        "{\"schemaVersion\":2,\"manifests\":[",
                        i -> "{\"mediaType\":\"a/b\",\"digest\":\"a:b\",\"size\":1,"
                                + "\"platform\":{\"os\":\"a\",\"architecture\":\"b\"}}",
                        "]}",
                        index));
        shapes.put("empty arrays", new Shape(MANIFEST + "],\"x\":[", i -> "[]", "]}", manifest));
        shapes.put("empty objects", new Shape(MANIFEST + "],\"x\":[", i -> "{}", "]}", manifest));
        shapes.put("depth", new Shape(MANIFEST + "],\"x\":[", i -> "[".repeat(90) + "]".repeat(90), "]}", manifest));
        shapes.put("annotations", new Shape(MANIFEST + "],\"annotations\":{", i -> name(i) + ":\"\"", "}}", manifest));
        shapes.put("short strings", new Shape(CONFIG + ",\"config\":{\"Env\":[", i -> "\"a\"", "]}}", config));
        shapes.put("ports", new Shape(CONFIG + ",\"config\":{\"ExposedPorts\":{", i -> name(i) + ":{}", "}}}", config));
        shapes.put("history", new Shape(CONFIG + ",\"history\":[", i -> "{}", "]}", config));
        shapes.put("full history", new Shape(CONFIG + ",\"history\":[", i -> "{\"comment\":\"a\"}", "]}", config));
        shapes.put("features", new Shape(CONFIG + ",\"os.features\":[", i -> "\"é\"", "]}", config));
        shapes.put(
                "one text",
                new Shape(CONFIG + ",\"author\":\"", i -> i == 0 ? "a".repeat(4_000_000) : "a", "\"}", config));
        shapes.put(
                "one escaped text",
                new Shape(CONFIG + ",\"author\":\"", i -> i == 0 ? "\\u00e9".repeat(690_000) : "a", "\"}", config));
        shapes.put(
                "one wide text",
                new Shape(CONFIG + ",\"author\":\"", i -> i == 0 ? "€".repeat(1_300_000) : "a", "\"}", config));
        shapes.put(
                "long names", new Shape(MANIFEST + "],", i -> "\"" + i + "a".repeat(60_000) + "\":1", "}", manifest));
        shapes.put("numbers", new Shape(MANIFEST + "],\"x\":[", i -> "1e9", "]}", manifest));
        return shapes;
    }

    public static void main(String[] args) {
        SHAPES.forEach(HostileDocuments::run);
    }

    private static String name(int i) {
        return "\"" + Integer.toString(i, 36) + "\"";
    }

    private static void run(String what, Shape shape) {
        byte[] bytes = shape.bytes();
        try {
            Document document = shape.parse.apply(bytes);
            System.out.println("read " + document.descriptor().size() + ": " + what);
        } catch (MalformedContentException e) {
            System.out.println("refused: " + what + ": " + e.getMessage());
        }
    }
}
