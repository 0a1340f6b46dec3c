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
    /** Nothing in particular: to be known at all. */
    static final Scope NONE = new Scope(List.of());

    private static final int MAX_ENTRIES = 16;
    private static final String REPOSITORY = "repository:";

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

    /** {@return the repository that a request with this scope is about, or nothing if it is about none} */
    String repository() {
        String first = entries.isEmpty() ? "" : entries.get(0);
        int colon = first.lastIndexOf(':');
        return first.startsWith(REPOSITORY) && colon >= REPOSITORY.length()
                ? first.substring(REPOSITORY.length(), colon)
                : "";
    }

    /** {@return this and the other; of one resource, all actions together} */
    Scope and(Scope other) {
        Map<String, Set<String>> actions = new LinkedHashMap<>();
        for (String entry : both(other)) {
            int colon = entry.lastIndexOf(':');
            if (colon < 0) {
                actions.put(entry, Set.of()); // whatever that means to whoever wants it
                continue;
            }
            String resource = entry.substring(0, colon);
            Set<String> known = actions.computeIfAbsent(resource, r -> new LinkedHashSet<>());
            known.addAll(List.of(entry.substring(colon + 1).split(",")));
        }
        List<String> merged = new ArrayList<>();
        actions.forEach(
                (resource, all) -> merged.add(all.isEmpty() ? resource : resource + ':' + String.join(",", all)));
        return new Scope(merged);
    }

    private List<String> both(Scope other) {
        List<String> both = new ArrayList<>(entries);
        both.addAll(other.entries);
        return both;
    }
}
