package dev.davit.oci.internal;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The members of one JSON object in their order, each as the exact bytes of its value. This is what makes a document
 * lossless: a value class reads the members it knows, and whatever it does not know stays here, at its place, through
 * any edit. Immutable.
 */
public final class JsonMembers {
    private final List<String> order;
    private final Map<String, Slice> values;
    private final boolean canonical;

    private JsonMembers(List<String> order, Map<String, Slice> values, boolean canonical) {
        this.order = order;
        this.values = values;
        this.canonical = canonical;
    }

    /** A piece of a byte array that nobody changes; never compared. */
    @SuppressWarnings("ArrayRecordComponent")
    record Slice(byte[] bytes, int from, int to) {
        static Slice of(byte[] bytes) {
            return new Slice(bytes, 0, bytes.length);
        }

        static Slice ofText(String ascii) {
            return of(ascii.getBytes(StandardCharsets.US_ASCII));
        }
    }

    /**
     * Starts a new object.
     *
     * @param order the names in their canonical order; other names follow in the order they were put
     * @return a builder
     */
    public static Builder builder(List<String> order) {
        return new Builder(order, new LinkedHashMap<>(), true);
    }

    static JsonMembers parsed(List<String> order, Map<String, Slice> values) {
        return new JsonMembers(order, values, false);
    }

    /**
     * {@return a builder that changes members in place; new ones go to the end of an object that was parsed, and to
     * their canonical place in one that was built}
     */
    public Builder toBuilder() {
        return new Builder(order, new LinkedHashMap<>(values), canonical);
    }

    /** {@return the object as JSON, without white space between its own members} */
    public byte[] toBytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        writeTo(out);
        return out.toByteArray();
    }

    private void writeTo(ByteArrayOutputStream out) {
        char separator = '{';
        for (Map.Entry<String, Slice> member : values.entrySet()) {
            out.write(separator);
            writeString(member.getKey(), out);
            out.write(':');
            Slice value = member.getValue();
            out.write(value.bytes, value.from, value.to - value.from);
            separator = ',';
        }
        if (separator == '{') {
            out.write('{');
        }
        out.write('}');
    }

    private static void writeString(String text, ByteArrayOutputStream out) {
        byte[] quoted = JsonStringEncoder.getInstance().quoteAsUTF8(text);
        out.write('"');
        out.write(quoted, 0, quoted.length);
        out.write('"');
    }

    /** Builds or edits an object. A null or empty value takes the member away. */
    public static final class Builder {
        private final List<String> order;
        private final Map<String, Slice> values;
        private final boolean canonical;

        private Builder(List<String> order, Map<String, Slice> values, boolean canonical) {
            this.order = order;
            this.values = values;
            this.canonical = canonical;
        }

        /** Puts a string. */
        public void put(String name, @Nullable String value) {
            set(name, value == null ? null : string(value));
        }

        /** Puts a whole number. */
        public void put(String name, long value) {
            set(name, Slice.ofText(Long.toString(value)));
        }

        /** Puts a boolean. */
        public void put(String name, boolean value) {
            set(name, Slice.ofText(Boolean.toString(value)));
        }

        /** Puts an object. */
        public void put(String name, @Nullable JsonMembers value) {
            set(name, value == null ? null : Slice.of(value.toBytes()));
        }

        /** Puts an array of strings. */
        public void putStrings(String name, Collection<String> items) {
            set(name, items.isEmpty() ? null : array(items, JsonMembers::writeString));
        }

        /** Puts an array of strings, also if it is empty. */
        public void putStringArray(String name, Collection<String> items) {
            set(name, array(items, JsonMembers::writeString));
        }

        /** Puts an array of objects, also if it is empty. */
        public void putObjects(String name, Collection<JsonMembers> items) {
            set(name, array(items, (item, out) -> item.writeTo(out)));
        }

        /** Puts an object whose members are strings. */
        public void putMap(String name, Map<String, String> entries) {
            Builder object = builder(List.of());
            entries.forEach(object::put);
            put(name, entries.isEmpty() ? null : object.build());
        }

        /** Puts an object whose members are empty objects: how Docker writes a set. */
        public void putSet(String name, Collection<String> items) {
            Builder object = builder(List.of());
            items.forEach(item -> object.set(item, Slice.ofText("{}")));
            put(name, items.isEmpty() ? null : object.build());
        }

        /** {@return the object} */
        public JsonMembers build() {
            if (!canonical) {
                return new JsonMembers(order, new LinkedHashMap<>(values), false);
            }
            List<String> names = new ArrayList<>(values.keySet());
            names.sort(Comparator.comparingInt(this::rank));
            Map<String, Slice> sorted = new LinkedHashMap<>();
            names.forEach(name -> sorted.put(name, java.util.Objects.requireNonNull(values.get(name))));
            return new JsonMembers(order, sorted, true);
        }

        private int rank(String name) {
            int at = order.indexOf(name);
            return at < 0 ? order.size() : at;
        }

        private void set(String name, @Nullable Slice value) {
            if (value == null) {
                values.remove(name);
            } else {
                values.put(name, value);
            }
        }

        private static Slice string(String value) {
            ByteArrayOutputStream out = new ByteArrayOutputStream(value.length() + 2);
            writeString(value, out);
            return Slice.of(out.toByteArray());
        }

        private static <T> Slice array(Collection<T> items, ItemWriter<? super T> writer) {
            ByteArrayOutputStream out = new ByteArrayOutputStream(64);
            out.write('[');
            boolean first = true;
            for (T item : items) {
                if (!first) {
                    out.write(',');
                }
                writer.write(item, out);
                first = false;
            }
            out.write(']');
            return Slice.of(out.toByteArray());
        }

        private interface ItemWriter<T> {
            void write(T item, ByteArrayOutputStream out);
        }
    }
}
