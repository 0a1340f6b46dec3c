package dev.davit.oci.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.internal.JsonMembers.Slice;
import dev.davit.oci.internal.JsonMembers.Spans;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON document in one pass: a cursor over its values that remembers where each member's bytes are.
 *
 * <p>Strict where readers disagree and an attacker gains from it: valid UTF-8 only, no duplicate names, no trailing
 * content, no name that differs from a known one only in its case, bounded depth, numbers, names and tokens. A member
 * whose value is null counts as absent. Every failure is a {@link MalformedContentException} with document, JSON
 * pointer, expected and found.
 */
public final class JsonReader {
    private static final int MAX_DEPTH = 100;
    private static final int MAX_NUMBER = 64;
    private static final int MAX_NAME = 64 * 1024;
    private static final int MAX_STRING = 16 * 1024 * 1024;
    /** An index of 4 MiB with all that usual entries say has some 300,000 of them; larger ones may have more. */
    private static final int MIN_TOKENS = 500_000;

    private static final int BYTES_PER_TOKEN = 8;
    /** The parser remembers each name once, and names are all that documents of many distinct ones consist of. */
    private static final int MAX_NAMES = 20_000;

    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(MAX_NUMBER)
                    .maxNameLength(MAX_NAME)
                    .maxStringLength(MAX_STRING)
                    .build())
            .build();

    private final String document;
    private final byte[] bytes;
    private final JsonParser parser;
    private final boolean secret;
    private final Set<String> names = new HashSet<>();
    private int tokens;

    private JsonReader(String document, byte[] bytes, JsonParser parser, boolean secret) {
        this.document = document;
        this.bytes = bytes;
        this.parser = parser;
        this.secret = secret;
    }

    /**
     * Parses a document that is one JSON object.
     *
     * @param document what it is, for messages
     * @param bytes the document; not copied, and never changed by anyone from here on
     * @param read reads the object; the cursor stands before it
     * @return what was read
     * @throws MalformedContentException if the bytes are anything else
     */
    public static <T> T parse(String document, byte[] bytes, Function<JsonReader, T> read) {
        return parse(document, bytes, false, read);
    }

    /**
     * The same for a document with secrets in it: of its content, messages say at most names of members.
     *
     * @param document what it is, for messages
     * @param bytes the document; not copied, and never changed by anyone from here on
     * @param read reads the object; the cursor stands before it
     * @return what was read
     * @throws MalformedContentException if the bytes are anything else
     */
    public static <T> T parseSecret(String document, byte[] bytes, Function<JsonReader, T> read) {
        return parse(document, bytes, true, read);
    }

    private static <T> T parse(String document, byte[] bytes, boolean secret, Function<JsonReader, T> read) {
        requireUtf8(document, bytes);
        try (JsonParser parser = FACTORY.createParser(bytes)) {
            JsonReader reader = new JsonReader(document, bytes, parser, secret);
            reader.next();
            T result = read.apply(reader);
            if (reader.next() != null) {
                throw reader.unexpected("the end of the document");
            }
            return result;
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory cannot fail to be read", e);
        }
    }

    /**
     * The parser would also accept UTF-16, UTF-32, a byte order mark, and bytes that only look like UTF-8: what other
     * readers refuse, or take for something else.
     */
    private static void requireUtf8(String document, byte[] bytes) {
        for (int i = 0; i < Math.min(4, bytes.length); i++) {
            if (bytes[i] == 0 || (i == 0 && bytes[i] < 0)) {
                throw notUtf8(document, bytes, i);
            }
        }
        int ascii = 0;
        while (ascii < bytes.length && bytes[ascii] >= 0) {
            ascii++;
        }
        if (ascii == bytes.length) {
            return;
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(Math.min(bytes.length, 8192) + 1);
        CoderResult result;
        do {
            result = decoder.decode(in, out.clear(), true);
        } while (result.isOverflow());
        if (result.isError()) {
            throw notUtf8(document, bytes, in.position());
        }
    }

    private static MalformedContentException notUtf8(String document, byte[] bytes, int at) {
        return new MalformedContentException(
                String.format("%s: expected JSON in UTF-8, got 0x%02x as byte %d", document, bytes[at], at));
    }

    /**
     * Reads an object: hands each member that is not null to the handler, which must read or {@link #skip} its value.
     *
     * @param order canonical order of names, for later edits
     * @param handler gets the name; the cursor stands before the value
     * @return all members, with the bytes of their names and values
     */
    public JsonMembers object(List<String> order, Consumer<String> handler) {
        Spans spans = new Spans();
        expect(JsonToken.START_OBJECT, "an object");
        while (next() != JsonToken.END_OBJECT) {
            String name = currentName();
            int nameFrom = tokenStart();
            int nameTo = closingQuote(nameFrom) + 1;
            spans.endValue(behindValue(nameFrom));
            spans.add(nameFrom, nameTo, valueStart(nameTo));
            if (!order.contains(name)) {
                refuseOtherCase(name, order);
            }
            if (nextValue() != JsonToken.VALUE_NULL) {
                handler.accept(name);
            }
        }
        spans.endValue(behindValue(tokenStart()));
        return JsonMembers.parsed(order, bytes, spans);
    }

    /** {@return the value behind a name, which is counted} */
    private JsonToken nextValue() {
        String name = currentName();
        if (names.add(name) && names.size() > MAX_NAMES) {
            throw violation("at most " + MAX_NAMES + " different names of members", "more");
        }
        return Objects.requireNonNull(next());
    }

    /** Goes through an object whose names mean nothing: hands each over, with the cursor before its value. */
    private void eachMember(Consumer<String> handler) {
        expect(JsonToken.START_OBJECT, "an object");
        while (next() != JsonToken.END_OBJECT) {
            String name = currentName();
            nextValue();
            handler.accept(name);
        }
    }

    /** Readers in Go take {@code Layers} for {@code layers}: they would see another image under the same digest. */
    private void refuseOtherCase(String name, List<String> known) {
        for (String other : known) {
            if (other.equalsIgnoreCase(name)) {
                throw violation("the member " + Text.quote(other), Text.quote(name));
            }
        }
    }

    /**
     * Reads an array.
     *
     * @param item reads one item; the cursor stands before it
     * @return the items in their order
     */
    public <T> List<T> array(Supplier<T> item) {
        expect(JsonToken.START_ARRAY, "an array");
        List<T> items = new ArrayList<>();
        while (next() != JsonToken.END_ARRAY) {
            items.add(item.get());
        }
        return List.copyOf(items);
    }

    /** {@return an array of strings} */
    public List<String> strings() {
        return array(this::string);
    }

    /** {@return the strings of an array whose writer may leave nulls between them} */
    public List<String> stringsWithoutNulls() {
        expect(JsonToken.START_ARRAY, "an array");
        List<String> strings = new ArrayList<>();
        for (JsonToken token = next(); token != JsonToken.END_ARRAY; token = next()) {
            if (token != JsonToken.VALUE_NULL) {
                strings.add(string());
            }
        }
        return List.copyOf(strings);
    }

    /** {@return an object whose members are strings, in their order} */
    public Map<String, String> stringMap() {
        Map<String, String> map = new LinkedHashMap<>();
        eachMember(name -> {
            if (parser.currentToken() != JsonToken.VALUE_NULL) {
                map.put(name, string());
            }
        });
        return Collections.unmodifiableMap(map);
    }

    /** {@return the names of an object whose members are objects: how Docker writes a set} */
    public List<String> keys() {
        List<String> keys = new ArrayList<>();
        eachMember(name -> {
            if (parser.currentToken() != JsonToken.VALUE_NULL) {
                expect(JsonToken.START_OBJECT, "an object");
                skip();
            }
            keys.add(name);
        });
        return List.copyOf(keys);
    }

    /** {@return whether the value is a string} */
    public boolean isString() {
        return parser.currentToken() == JsonToken.VALUE_STRING;
    }

    /** {@return a string} */
    public String string() {
        expect(JsonToken.VALUE_STRING, "a string");
        try {
            return parser.getText();
        } catch (IOException e) {
            throw broken(e);
        }
    }

    /** {@return a string, or null if it is empty: writers of this field mean the same by both} */
    public @Nullable String optionalString() {
        String value = string();
        return value.isEmpty() ? null : value;
    }

    /** {@return a string that a value class understands, such as a digest} */
    public <T> T string(Function<String, T> parse) {
        String value = string();
        try {
            return parse.apply(value);
        } catch (MalformedContentException | IllegalArgumentException e) {
            if (secret) {
                throw violation("another value", "");
            }
            throw new MalformedContentException(document + " at " + path() + ": " + e.getMessage(), e);
        }
    }

    /** {@return a whole number that fits into 64 bits} */
    public long integer() {
        expect(JsonToken.VALUE_NUMBER_INT, "a whole number");
        try {
            return parser.getLongValue();
        } catch (JsonProcessingException e) {
            throw unexpected("a whole number of at most 64 bits");
        } catch (IOException e) {
            throw broken(e);
        }
    }

    /** {@return a number of any kind as far as a double can hold it; 0 for a value of another kind, which is passed over} */
    public double numberOrZero() {
        JsonToken token = parser.currentToken();
        if (token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_NUMBER_FLOAT) {
            skip();
            return 0;
        }
        try {
            return parser.getDoubleValue();
        } catch (IOException e) {
            throw broken(e);
        }
    }

    /** {@return a boolean} */
    public boolean bool() {
        JsonToken token = parser.currentToken();
        if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
            throw unexpected("true or false");
        }
        return token == JsonToken.VALUE_TRUE;
    }

    /** Passes over the value, whatever it is. */
    public void skip() {
        int depth = 0;
        JsonToken token = Objects.requireNonNull(parser.currentToken());
        while (true) {
            if (token.isStructStart()) {
                depth++;
            } else if (token.isStructEnd()) {
                depth--;
            }
            if (depth == 0) {
                return;
            }
            token = Objects.requireNonNull(next());
            if (token == JsonToken.FIELD_NAME) {
                token = nextValue();
            }
        }
    }

    /**
     * Makes the exception for content that breaks a rule of its own at this place.
     *
     * @param expected what the rule wants
     * @param found what is there
     * @return the exception, to be thrown
     */
    public MalformedContentException violation(String expected, String found) {
        if (secret) {
            var place = parser.currentLocation();
            return new MalformedContentException(document + " at " + path() + " (line " + place.getLineNr()
                    + ", column " + place.getColumnNr() + "): expected " + expected);
        }
        return new MalformedContentException(document + " at " + path() + ": expected " + expected + ", got " + found);
    }

    private void expect(JsonToken token, String expected) {
        if (parser.currentToken() != token) {
            throw unexpected(expected);
        }
    }

    private MalformedContentException unexpected(String expected) {
        JsonToken token = parser.currentToken();
        String found = token == null
                ? "the end of the document"
                : switch (token) {
                    case START_OBJECT -> "an object";
                    case START_ARRAY -> "an array";
                    case VALUE_NULL -> "null";
                    default -> found();
                };
        return violation(expected, found);
    }

    private String found() {
        try {
            return Text.quote(parser.getText());
        } catch (IOException e) {
            return "something unreadable";
        }
    }

    private String path() {
        String pointer = Text.plain(parser.getParsingContext().pathAsPointer().toString());
        return pointer.isEmpty() ? "/" : pointer;
    }

    private String currentName() {
        try {
            return parser.currentName();
        } catch (IOException e) {
            throw broken(e);
        }
    }

    /** The parser has already moved past the name, and remembers only where it began. */
    private int closingQuote(int openingQuote) {
        int at = openingQuote + 1;
        while (bytes[at] != '"') {
            at += bytes[at] == '\\' ? 2 : 1;
        }
        return at;
    }

    /** {@return a name without its quotes and escapes} */
    static String unquoted(Slice name) {
        String text = new String(name.bytes(), name.from() + 1, name.to() - name.from() - 2, StandardCharsets.UTF_8);
        if (text.indexOf('\\') < 0) {
            return text;
        }
        try (JsonParser parser = FACTORY.createParser(name.bytes(), name.from(), name.to() - name.from())) {
            parser.nextToken();
            return parser.getText();
        } catch (IOException e) {
            throw new IllegalStateException("a name that was read once can be read again", e);
        }
    }

    private @Nullable JsonToken next() {
        int limit = Math.max(MIN_TOKENS, bytes.length / BYTES_PER_TOKEN);
        if (++tokens > limit) {
            throw violation("at most " + limit + " tokens", "more");
        }
        try {
            return parser.nextToken();
        } catch (IOException e) {
            throw broken(e);
        }
    }

    /** Where the name, or the brace, begins that the cursor is at: asked for once per member, since it costs an object. */
    private int tokenStart() {
        return (int) parser.currentTokenLocation().getByteOffset();
    }

    private int valueStart(int nameTo) {
        int at = nameTo;
        while (isSpace(bytes[at]) || bytes[at] == ':') {
            at++;
        }
        return at;
    }

    /** {@return the end of the value before what begins here: the next name, or the closing brace} */
    private int behindValue(int next) {
        int at = next;
        while (isSpace(bytes[at - 1]) || bytes[at - 1] == ',') {
            at--;
        }
        return at;
    }

    private static boolean isSpace(byte b) {
        return b == ' ' || b == '\t' || b == '\n' || b == '\r';
    }

    /** Without the parser's exception as its cause: which parser this is, is nobody's business. */
    private MalformedContentException broken(IOException e) {
        if (e instanceof StreamConstraintsException) {
            return violation(
                    "JSON of at most " + MAX_DEPTH + " levels, with numbers of at most " + MAX_NUMBER
                            + " characters and names of " + MAX_NAME,
                    "more");
        }
        String reason = e instanceof JsonProcessingException j ? j.getOriginalMessage() : e.getMessage();
        return violation("strict JSON", "something else: " + Text.plain(String.valueOf(reason)));
    }
}
