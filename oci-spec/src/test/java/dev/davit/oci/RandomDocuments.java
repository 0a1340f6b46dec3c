package dev.davit.oci;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/**
 * Makes valid documents that nobody would write: members in any order, white space anywhere, escapes, and unknown
 * members at every depth.
 */
final class RandomDocuments {
    private final Random random;

    RandomDocuments(long seed) {
        this.random = new Random(seed);
    }

    byte[] manifest() {
        Map<String, String> members = new LinkedHashMap<>();
        members.put("schemaVersion", "2");
        members.put("config", descriptor());
        members.put("layers", array(this::descriptor));
        maybe(members, "mediaType", () -> "\"application/vnd.oci.image.manifest.v1+json\"");
        maybe(members, "subject", this::descriptor);
        maybe(members, "annotations", this::strings);
        maybe(members, "artifactType", () -> "\"a/b\"");
        return object(members).getBytes(UTF_8);
    }

    byte[] index() {
        Map<String, String> members = new LinkedHashMap<>();
        members.put("schemaVersion", "2");
        members.put("manifests", array(this::descriptor));
        maybe(members, "mediaType", () -> "\"application/vnd.oci.image.index.v1+json\"");
        maybe(members, "subject", this::descriptor);
        maybe(members, "annotations", this::strings);
        return object(members).getBytes(UTF_8);
    }

    byte[] config() {
        Map<String, String> members = new LinkedHashMap<>();
        members.put("architecture", "\"amd64\"");
        members.put("os", text());
        Map<String, String> rootfs = new LinkedHashMap<>();
        rootfs.put("type", "\"layers\"");
        rootfs.put("diff_ids", array(() -> "\"" + digest() + "\""));
        members.put("rootfs", object(rootfs));
        maybe(members, "created", () -> "\"2024-02-29T23:59:59Z\"");
        maybe(members, "author", this::text);
        maybe(members, "variant", this::text);
        maybe(members, "os.features", () -> array(this::text));
        maybe(members, "config", this::execution);
        maybe(members, "history", () -> array(this::step));
        return object(members).getBytes(UTF_8);
    }

    private String execution() {
        Map<String, String> members = new LinkedHashMap<>();
        for (String list : List.of("Env", "Entrypoint", "Cmd", "OnBuild", "Shell")) {
            maybe(members, list, () -> array(this::text));
        }
        for (String text : List.of("User", "WorkingDir", "StopSignal")) {
            maybe(members, text, this::text);
        }
        for (String set : List.of("ExposedPorts", "Volumes")) {
            maybe(members, set, () -> "{\"80/tcp\" : {}, \"é\":{ }}");
        }
        maybe(members, "Labels", this::strings);
        maybe(members, "ArgsEscaped", () -> "true");
        maybe(members, "Memory", () -> Long.toString(random.nextLong()));
        maybe(members, "Healthcheck", () -> object(Map.of("Retries", "3", "Interval", "5")));
        return object(members);
    }

    private String step() {
        Map<String, String> members = new LinkedHashMap<>();
        maybe(members, "created_by", this::text);
        maybe(members, "comment", this::text);
        maybe(members, "empty_layer", () -> "true");
        return object(members);
    }

    private String descriptor() {
        Map<String, String> members = new LinkedHashMap<>();
        members.put("mediaType", "\"a/b\"");
        members.put("digest", "\"" + digest() + "\"");
        members.put("size", Long.toString(random.nextLong() & Long.MAX_VALUE));
        maybe(members, "annotations", this::strings);
        maybe(members, "urls", () -> array(() -> "\"https://example.com/\""));
        maybe(members, "platform", () -> object(Map.of("os", "\"linux\"", "architecture", "\"arm\"")));
        return object(members);
    }

    private Digest digest() {
        return Digest.sha256(Long.toString(random.nextLong()).getBytes(UTF_8));
    }

    private void maybe(Map<String, String> members, String name, Supplier<String> value) {
        if (random.nextBoolean()) {
            members.put(name, random.nextInt(8) == 0 ? "null" : value.get());
        }
    }

    /** Adds members nobody knows, and writes all in any order. */
    private String object(Map<String, String> known) {
        Map<String, String> all = new LinkedHashMap<>(known);
        for (int i = random.nextInt(3); i > 0; i--) {
            all.put("x-" + i + "é\\n", anything(3));
        }
        List<String> names = new ArrayList<>(all.keySet());
        Collections.shuffle(names, random);
        StringBuilder json = new StringBuilder("{");
        for (String name : names) {
            json.append(json.length() > 1 ? "," : "").append(space());
            json.append('"').append(name).append('"').append(space()).append(':');
            json.append(space()).append(all.get(name)).append(space());
        }
        return json.append('}').toString();
    }

    private String strings() {
        Map<String, String> members = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            members.put("key" + i, text());
        }
        StringBuilder json = new StringBuilder("{");
        members.forEach((name, value) -> json.append(json.length() > 1 ? "," : "")
                .append('"' + name + "\":")
                .append(value));
        return json.append('}').toString();
    }

    private String array(Supplier<String> item) {
        StringBuilder json = new StringBuilder("[").append(space());
        for (int i = random.nextInt(4); i > 0; i--) {
            json.append(item.get()).append(space()).append(i > 1 ? "," : "");
        }
        return json.append(']').toString();
    }

    private String text() {
        String[] parts = {"a", "é", "\\n", "\\u00e9", "\\\"", "\\/", "€", "😀", "\\ud83d\\ude00", " ", "{", "\\\\"};
        StringBuilder text = new StringBuilder("\"");
        for (int i = random.nextInt(5); i > 0; i--) {
            text.append(parts[random.nextInt(parts.length)]);
        }
        return text.append('"').toString();
    }

    private String anything(int depth) {
        return switch (random.nextInt(depth == 0 ? 5 : 7)) {
            case 0 -> "null";
            case 1 -> "false";
            case 2 -> "-1.50e+7";
            case 3 -> Long.toString(random.nextLong());
            case 4 -> text();
            case 5 -> array(() -> anything(depth - 1));
            default -> object(Map.of("y", anything(depth - 1)));
        };
    }

    private String space() {
        return List.of("", "", " ", "\n  ", "\t").get(random.nextInt(5));
    }
}
