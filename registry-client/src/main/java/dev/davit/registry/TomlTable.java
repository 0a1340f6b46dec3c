package dev.davit.registry;

import dev.davit.oci.MalformedContentException;
import dev.davit.oci.internal.Text;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A table of a TOML file. What is of another type than it should be is an exception with the file and the place, and
 * without the value: there are tokens in such files.
 *
 * @param file the file
 * @param place where in it the table is: {@code host."https://mirror.example".}, or nothing
 * @param values strings, booleans, numbers, lists and maps
 */
record TomlTable(Path file, String place, Map<String, Object> values) {
    /** Reads a file, which is there. */
    static TomlTable read(Path file) {
        byte[] bytes = LocalFiles.read(file);
        try {
            return new TomlTable(file, "", TomlReader.read(file, bytes));
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(
                    "to read " + file
                            + ", com.fasterxml.jackson.dataformat:jackson-dataformat-toml has to be on the class"
                            + " path",
                    e);
        }
    }

    Optional<String> string(String name) {
        return optional(name, String.class, "a string");
    }

    boolean flag(String name) {
        return optional(name, Boolean.class, "true or false").orElse(false);
    }

    /** {@return a list of strings; one alone may do without brackets} */
    Optional<List<String>> strings(String name) {
        Object value = values.get(name);
        if (value == null) {
            return Optional.empty();
        }
        List<?> items = value instanceof List<?> list ? list : List.of(value);
        List<String> strings = new ArrayList<>();
        for (Object item : items) {
            if (!(item instanceof String text)) {
                throw malformed(name, "strings");
            }
            strings.add(text);
        }
        return Optional.of(strings);
    }

    /** {@return a value of any type} */
    Optional<Object> any(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /** {@return an array of tables} */
    List<TomlTable> tables(String name) {
        Object value = values.getOrDefault(name, List.of());
        if (!(value instanceof List<?> list)) {
            throw malformed(name, "tables");
        }
        List<TomlTable> tables = new ArrayList<>();
        for (Object item : list) {
            tables.add(table(name + "[" + tables.size() + "]", item));
        }
        return tables;
    }

    /** {@return a table whose keys mean nothing, empty if it is not there} */
    TomlTable table(String name) {
        return table(name, values.getOrDefault(name, Map.of()));
    }

    private TomlTable table(String name, Object value) {
        if (!(value instanceof Map<?, ?> map)) {
            throw malformed(name, "a table");
        }
        Map<String, Object> members = new LinkedHashMap<>();
        map.forEach((key, member) -> members.put((String) key, member));
        return new TomlTable(file, place + name + ".", members);
    }

    private <T> Optional<T> optional(String name, Class<T> type, String expected) {
        Object value = values.get(name);
        if (value != null && !type.isInstance(value)) {
            throw malformed(name, expected);
        }
        return Optional.ofNullable(type.cast(value));
    }

    MalformedContentException malformed(String name, String expected) {
        return new MalformedContentException(file + " at " + Text.plain(place + name) + ": expected " + expected);
    }
}
