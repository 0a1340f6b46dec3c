package dev.davit.oci.internal;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The members of one JSON object in their order, each as the exact bytes of its name and value. This is what makes a
 * document lossless: a value class reads the members it knows, and whatever it does not know stays here, at its place,
 * through any edit; only white space around names and values is not kept. Immutable.
 *
 * <p>What was parsed only remembers where its members are in the bytes of the document: 16 bytes for each, because a
 * hostile document consists of nothing else.
 */
public final class JsonMembers {
    private final List<String> order;
    private final byte[] bytes;
    private final Spans spans;
    private final boolean canonical;

    private JsonMembers(List<String> order, byte[] bytes, Spans spans, boolean canonical) {
        this.order = order;
        this.bytes = bytes;
        this.spans = spans;
        this.canonical = canonical;
    }

    /** Where the members of an object are in a byte array: the names with their quotes, and the values. */
    static final class Spans {
        private static final int NUMBERS = 4;

        private int[] numbers = new int[4 * NUMBERS];
        private int size;

        void add(int nameFrom, int nameTo, int valueFrom) {
            int at = size * NUMBERS;
            if (at == numbers.length) {
                numbers = Arrays.copyOf(numbers, 2 * at);
            }
            numbers[at] = nameFrom;
            numbers[at + 1] = nameTo;
            numbers[at + 2] = valueFrom;
            size++;
        }

        /** Says where the value ends that was added last, if there is one. */
        void endValue(int valueTo) {
            if (size > 0) {
                numbers[size * NUMBERS - 1] = valueTo;
            }
        }

        Spans trimmed() {
            numbers = Arrays.copyOf(numbers, size * NUMBERS);
            return this;
        }

        Slice name(byte[] bytes, int i) {
            return new Slice(bytes, numbers[i * NUMBERS], numbers[i * NUMBERS + 1]);
        }

        Slice value(byte[] bytes, int i) {
            return new Slice(bytes, numbers[i * NUMBERS + 2], numbers[i * NUMBERS + 3]);
        }
    }

    /** A piece of a byte array that nobody changes; never compared. */
    @SuppressWarnings("ArrayRecordComponent")
    record Slice(byte[] bytes, int from, int to) {
        static Slice of(ByteArrayOutputStream bytes) {
            return of(bytes.toByteArray());
        }

        static Slice ofText(String ascii) {
            return of(ascii.getBytes(StandardCharsets.US_ASCII));
        }

        private static Slice of(byte[] bytes) {
            return new Slice(bytes, 0, bytes.length);
        }

        void writeTo(ByteArrayOutputStream out) {
            out.write(bytes, from, to - from);
        }
    }

    /** One member of an object that is being built or edited. */
    private record Member(Slice name, Slice value) {}

    /**
     * Starts a new object.
     *
     * @param order the names in their canonical order; other names follow in the order they were put
     * @return a builder
     */
    public static Builder builder(List<String> order) {
        return new Builder(order, new LinkedHashMap<>(), true);
    }

    static JsonMembers parsed(List<String> order, byte[] document, Spans spans) {
        return new JsonMembers(order, document, spans.trimmed(), false);
    }

    /** {@return whether there is a member of this name, even if its value is null} */
    public boolean has(String name) {
        for (int i = 0; i < spans.size; i++) {
            if (JsonReader.unquoted(spans.name(bytes, i)).equals(name)) {
                return true;
            }
        }
        return false;
    }

    /**
     * {@return a builder that changes members in place; new ones go to the end of an object that was parsed, and to
     * their canonical place in one that was built}
     */
    public Builder toBuilder() {
        Map<String, Member> members = new LinkedHashMap<>();
        for (int i = 0; i < spans.size; i++) {
            Slice name = spans.name(bytes, i);
            members.put(JsonReader.unquoted(name), new Member(name, spans.value(bytes, i)));
        }
        return new Builder(order, members, canonical);
    }

    /** {@return the object as JSON, without white space between its own members} */
    public byte[] toBytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        writeTo(out);
        return out.toByteArray();
    }

    private void writeTo(ByteArrayOutputStream out) {
        out.write('{');
        for (int i = 0; i < spans.size; i++) {
            if (i > 0) {
                out.write(',');
            }
            spans.name(bytes, i).writeTo(out);
            out.write(':');
            spans.value(bytes, i).writeTo(out);
        }
        out.write('}');
    }

    /** Writes the members one after the other and remembers where: what was built is as compact as what was parsed. */
    private static JsonMembers compiled(List<String> order, Collection<Member> members, boolean canonical) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        Spans spans = new Spans();
        for (Member member : members) {
            int name = out.size();
            member.name.writeTo(out);
            int value = out.size();
            member.value.writeTo(out);
            spans.add(name, value, value);
            spans.endValue(out.size());
        }
        return new JsonMembers(order, out.toByteArray(), spans.trimmed(), canonical);
    }

    /** JSON can say a surrogate without its partner, but only as an escape: UTF-8 has no bytes for it. */
    private static void writeString(String text, ByteArrayOutputStream out) {
        out.write('"');
        int from = 0;
        while (from < text.length()) {
            int lone = Text.loneSurrogate(text, from);
            out.writeBytes(JsonStringEncoder.getInstance().quoteAsUTF8(text.substring(from, lone)));
            if (lone < text.length()) {
                out.writeBytes(String.format("\\u%04x", (int) text.charAt(lone)).getBytes(StandardCharsets.US_ASCII));
            }
            from = lone + 1;
        }
        out.write('"');
    }

    /** Builds or edits an object. A null or empty value takes the member away. For one thread. */
    public static final class Builder {
        private final List<String> order;
        private final Map<String, Member> members;
        private final boolean canonical;
        /** Arrays to which objects were added, without their ends: thousands are added to some. */
        private final Map<String, ByteArrayOutputStream> growing = new HashMap<>();

        private Builder(List<String> order, Map<String, Member> members, boolean canonical) {
            this.order = order;
            this.members = members;
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

        /** Puts a whole number, or takes it away if it is 0: what a member that may be left out means. */
        public void putNumber(String name, long value) {
            set(name, value == 0 ? null : Slice.ofText(Long.toString(value)));
        }

        /** Puts {@code true}, or takes the member away. */
        public void putFlag(String name, boolean value) {
            set(name, value ? Slice.ofText("true") : null);
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

        /** Adds an object to the end of an array, or starts one. What is in the array keeps its bytes. */
        public void addObject(String name, JsonMembers item) {
            ByteArrayOutputStream array = growing.get(name);
            if (array == null) {
                Member member = members.get(name);
                array = opened(member == null ? Slice.ofText("[]") : member.value);
                // keeps the place until the array is complete
                set(name, Slice.ofText("[]"));
                growing.put(name, array);
            } else {
                array.write(',');
            }
            item.writeTo(array);
        }

        /** {@return the array up to where another item goes; null stands for an empty one} */
        private static ByteArrayOutputStream opened(Slice array) {
            int end = array.to - 1;
            boolean isArray = array.bytes[end] == ']';
            do {
                end--;
            } while (isArray && array.bytes[end] <= ' ');
            ByteArrayOutputStream out = new ByteArrayOutputStream(2 * (end - array.from));
            if (!isArray || array.bytes[end] == '[') {
                out.write('[');
            } else {
                out.write(array.bytes, array.from, end + 1 - array.from);
                out.write(',');
            }
            return out;
        }

        private void endArrays() {
            Map<String, ByteArrayOutputStream> arrays = Map.copyOf(growing);
            arrays.forEach((name, array) -> {
                array.write(']');
                set(name, Slice.of(array));
            });
        }

        /**
         * Puts an object whose members are strings.
         *
         * @param name name of the object
         * @param before what it was so far
         * @param entries what it is to be, in any order: maps of the JDK have another one in each JVM
         * @return the entries in the order they are put in, which depends only on what the entries are: sorted, but in
         *     an object that was parsed, keys that it had keep their places
         */
        public Map<String, String> putMap(String name, Map<String, String> before, Map<String, String> entries) {
            Map<String, String> arranged = new LinkedHashMap<>();
            Builder object = builder(List.of());
            for (String key : arrange(before.keySet(), entries.keySet())) {
                String value = Objects.requireNonNull(entries.get(key), key);
                arranged.put(key, value);
                object.put(key, value);
            }
            put(name, arranged.isEmpty() ? null : object.build());
            return Collections.unmodifiableMap(arranged);
        }

        /**
         * Puts an object whose members are empty objects: how Docker writes a set.
         *
         * @param name name of the object
         * @param before what the set was so far
         * @param items what it is to be, in any order
         * @return the items without duplicates, in the order they are put in: as for {@link #putMap}
         */
        public List<String> putSet(String name, Collection<String> before, Collection<String> items) {
            List<String> arranged = arrange(before, items);
            Builder object = builder(List.of());
            arranged.forEach(item -> object.set(item, Slice.ofText("{}")));
            put(name, arranged.isEmpty() ? null : object.build());
            return arranged;
        }

        private List<String> arrange(Collection<String> before, Collection<String> names) {
            Set<String> sorted = new TreeSet<>(names);
            Set<String> arranged = new LinkedHashSet<>();
            if (!canonical) {
                arranged.addAll(before);
                arranged.retainAll(sorted);
            }
            arranged.addAll(sorted);
            return List.copyOf(arranged);
        }

        /** {@return the object; the builder may go on} */
        public JsonMembers build() {
            endArrays();
            if (!canonical) {
                return compiled(order, members.values(), false);
            }
            List<String> names = new ArrayList<>(members.keySet());
            names.sort(Comparator.comparingInt(this::rank));
            return compiled(
                    order,
                    names.stream()
                            .map(name -> Objects.requireNonNull(members.get(name)))
                            .toList(),
                    true);
        }

        private int rank(String name) {
            int at = order.indexOf(name);
            return at < 0 ? order.size() : at;
        }

        private void set(String name, @Nullable Slice value) {
            growing.remove(name);
            if (value == null) {
                members.remove(name);
                return;
            }
            Member before = members.get(name);
            members.put(name, new Member(before == null ? string(name) : before.name, value));
        }

        private static Slice string(String value) {
            ByteArrayOutputStream out = new ByteArrayOutputStream(value.length() + 2);
            writeString(value, out);
            return Slice.of(out);
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
            return Slice.of(out);
        }

        private interface ItemWriter<T> {
            void write(T item, ByteArrayOutputStream out);
        }
    }
}
