package dev.davit.cri;

import dev.davit.oci.MalformedContentException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A part of a document in Kubernetes' form, read field by field; it knows which of its fields nobody has read. A field that
 * is null counts as absent. Not thread-safe.
 */
final class Fields {
    private final String what;
    private final String path;
    private final Map<String, @Nullable Object> members;
    private final Map<String, List<Fields>> parts = new LinkedHashMap<>();

    private Fields(String what, String path, Map<String, @Nullable Object> members) {
        this.what = what;
        this.path = path;
        this.members = members;
    }

    /**
     * A whole document.
     *
     * @param what its name, for messages
     */
    static Fields of(String what, @Nullable Object document) {
        return new Fields(what, "", map(what, "", document));
    }

    private static Map<String, @Nullable Object> map(String what, String path, @Nullable Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw wrong(what, path, "keys and values", value);
        }
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        map.forEach((key, member) -> {
            if (!(key instanceof String name)) {
                throw wrong(what, path, "keys that are text", key);
            }
            members.put(name, member);
        });
        return members;
    }

    /** Says what a value is, and not the value: it may be secret, endless, or contain itself. */
    private static MalformedContentException wrong(String what, String path, String expected, @Nullable Object value) {
        String got = value == null
                ? "nothing"
                : value instanceof String
                        ? "text"
                        : value instanceof Number
                                ? "a number"
                                : value instanceof Boolean
                                        ? "true or false"
                                        : value instanceof List
                                                ? "a list"
                                                : value instanceof Map ? "keys and values" : "something else";
        return new MalformedContentException(
                what + ": " + (path.isEmpty() ? "" : path + ": ") + "expected " + expected + ", got " + got);
    }

    /** {@return the failure of a value that is none of those that are expected} */
    MalformedContentException wrong(String name, String expected) {
        return new MalformedContentException(what + ": " + at(name) + ": expected " + expected);
    }

    /** {@return the path of a field, such as {@code spec.containers[0].image}} */
    String at(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    boolean has(String name) {
        return members.get(name) != null;
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(take(name)).map(value -> text(at(name), value));
    }

    String requiredText(String name) {
        return text(name).orElseThrow(() -> wrong(what, at(name), "text", null));
    }

    private String text(String at, @Nullable Object value) {
        if (!(value instanceof String text)) {
            throw wrong(what, at, "text (in quotes if it looks like something else)", value);
        }
        return text;
    }

    boolean isTrue(String name) {
        Object value = take(name);
        if (value != null && !(value instanceof Boolean)) {
            throw wrong(what, at(name), "true or false", value);
        }
        return Boolean.TRUE.equals(value);
    }

    OptionalLong number(String name) {
        Object value = take(name);
        if (value == null) {
            return OptionalLong.empty();
        }
        if (!(value instanceof Integer || value instanceof Long)) {
            throw wrong(what, at(name), "a whole number", value);
        }
        return OptionalLong.of(((Number) value).longValue());
    }

    /** Reads an amount, which may be written as a number or as text. */
    <T> Optional<T> amount(String name, Function<String, Optional<T>> parser) {
        Object value = take(name);
        if (value == null) {
            return Optional.empty();
        }
        if (!(value instanceof String || value instanceof Number)) {
            throw wrong(what, at(name), "an amount such as 500m or 128Mi", value);
        }
        return Optional.of(parser.apply(value.toString())
                .orElseThrow(() -> wrong(name, "an amount such as 500m or 128Mi, got something else")));
    }

    List<String> texts(String name) {
        List<String> texts = new ArrayList<>();
        for (Object item : list(name)) {
            texts.add(text(at(name) + "[" + texts.size() + "]", item));
        }
        return texts;
    }

    long[] numbers(String name) {
        return list(name).stream()
                .mapToLong(item -> {
                    if (!(item instanceof Integer || item instanceof Long)) {
                        throw wrong(what, at(name), "whole numbers", item);
                    }
                    return ((Number) item).longValue();
                })
                .toArray();
    }

    /** {@return texts by name, as in labels} */
    Map<String, String> textMap(String name) {
        Object value = take(name);
        Map<String, String> texts = new LinkedHashMap<>();
        if (value != null) {
            map(what, at(name), value).forEach((key, text) -> texts.put(key, text(at(name) + "." + key, text)));
        }
        return texts;
    }

    /** {@return the fields in a field; none if it is absent} */
    Fields part(String name) {
        List<Fields> before = parts.getOrDefault(name, List.of());
        if (before.size() == 1) {
            return before.get(0);
        }
        Object value = take(name);
        Fields part = new Fields(what, at(name), value == null ? Map.of() : map(what, at(name), value));
        parts.put(name, List.of(part));
        return part;
    }

    /** {@return the fields of each item of a list} */
    List<Fields> items(String name) {
        List<Fields> items = new ArrayList<>();
        for (Object item : list(name)) {
            String at = at(name) + "[" + items.size() + "]";
            items.add(new Fields(what, at, map(what, at, item)));
        }
        parts.put(name, items);
        return items;
    }

    private List<?> list(String name) {
        Object value = take(name);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> list)) {
            throw wrong(what, at(name), "a list", value);
        }
        return Collections.unmodifiableList(list);
    }

    private @Nullable Object take(String name) {
        parts.putIfAbsent(name, List.of());
        return members.get(name);
    }

    /** Takes it back that a field was read: it means nothing here. */
    void leaveOut(String name) {
        parts.remove(name);
    }

    Stream<String> names() {
        return members.keySet().stream();
    }

    /** {@return the paths of what nobody has read, in the order of the document} */
    List<String> leftOut() {
        List<String> left = new ArrayList<>();
        members.forEach((name, value) -> {
            List<Fields> read = parts.get(name);
            if (value != null && read == null) {
                left.add(at(name));
            } else if (read != null) {
                read.forEach(part -> left.addAll(part.leftOut()));
            }
        });
        return left;
    }
}
