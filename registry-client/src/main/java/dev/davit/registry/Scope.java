package dev.davit.registry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a request needs to be allowed: {@code repository:acme/server:pull,push}, possibly for several repositories.
 *
 * @param entries the scopes, each of another resource
 */
record Scope(List<String> entries) {
    private static final int MAX_ENTRIES = 16;

    Scope {
        entries = List.copyOf(entries);
    }

    static Scope pull(String repository) {
        return new Scope(List.of("repository:" + repository + ":pull"));
    }

    static Scope push(String repository) {
        return new Scope(List.of("repository:" + repository + ":pull,push"));
    }

    /** {@return the scopes of a challenge, which separates them by spaces} */
    static Scope parse(String text) {
        return new Scope(
                text.isBlank()
                        ? List.of()
                        : List.of(text.strip().split(" +")).stream()
                                .limit(MAX_ENTRIES)
                                .toList());
    }

    /** {@return this and the other; of one resource, all actions together} */
    Scope and(Scope other) {
        Map<String, Set<String>> actions = new LinkedHashMap<>();
        for (String entry : both(other)) {
            int colon = entry.lastIndexOf(':');
            String resource = entry.substring(0, Math.max(colon, 0));
            Set<String> known = actions.computeIfAbsent(resource, r -> new LinkedHashSet<>());
            known.addAll(List.of(entry.substring(colon + 1).split(",")));
        }
        List<String> merged = new ArrayList<>();
        actions.forEach((resource, all) -> merged.add(resource + ':' + String.join(",", all)));
        return new Scope(merged);
    }

    private List<String> both(Scope other) {
        List<String> both = new ArrayList<>(entries);
        both.addAll(other.entries);
        return both;
    }
}
