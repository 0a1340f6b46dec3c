package dev.davit.testkit.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiConsumer;

/** The header fields of a message, in their order; names are compared without regard to case. Immutable. */
public final class Headers {
    private static final Headers NONE = new Headers(List.of());

    private final List<Field> fields;

    private Headers(List<Field> fields) {
        this.fields = List.copyOf(fields);
    }

    /** Returns headers without any field. */
    public static Headers none() {
        return NONE;
    }

    /** Returns these headers with one more field, after those of the same name that are there already. */
    public Headers adding(String name, String value) {
        List<Field> more = new ArrayList<>(fields);
        more.add(new Field(name, value));
        return new Headers(more);
    }

    /** Returns these headers with one field of the given name and no other of that name. */
    public Headers with(String name, String value) {
        return without(name).adding(name, value);
    }

    /** Returns these headers without the fields of the given name. */
    public Headers without(String name) {
        return new Headers(fields.stream()
                .filter(field -> !field.name.equalsIgnoreCase(name))
                .toList());
    }

    /** Returns the value of the first field of the given name. */
    public Optional<String> first(String name) {
        return fields.stream()
                .filter(field -> field.name.equalsIgnoreCase(name))
                .map(Field::value)
                .findFirst();
    }

    /** Returns the values of all fields of the given name, in their order; empty if there is none. */
    public List<String> all(String name) {
        return fields.stream()
                .filter(field -> field.name.equalsIgnoreCase(name))
                .map(Field::value)
                .toList();
    }

    /** Tells whether a field that is a list of words holds the given one, as {@code Connection: close} does. */
    boolean lists(String name, String word) {
        for (String value : all(name)) {
            for (String item : value.split(",", -1)) {
                if (item.strip().equalsIgnoreCase(word)) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Hands every field to the given consumer, in their order. */
    public void forEach(BiConsumer<? super String, ? super String> consumer) {
        fields.forEach(field -> consumer.accept(field.name, field.value));
    }

    @Override
    public String toString() {
        StringBuilder names = new StringBuilder("Headers[");
        forEach((name, value) -> names.append(names.length() > 8 ? ", " : "").append(name.toLowerCase(Locale.ROOT)));
        return names.append(']').toString(); // names alone: values hold secrets
    }

    private record Field(String name, String value) {
        Field {
            if (!HttpGrammar.isToken(name)) {
                throw new IllegalArgumentException("not a header name: " + HttpGrammar.printable(name));
            }
            if (!HttpGrammar.isFieldValue(value)) {
                throw new IllegalArgumentException("the value of header " + name + " holds a control character");
            }
        }
    }
}
