package dev.davit.oci.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.internal.JsonMembers.Slice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON document in one pass: a cursor over its values that remembers where each member's bytes are.
 *
 * <p>Strict where readers disagree and an attacker gains from it: UTF-8 only, no duplicate names, no trailing content,
 * bounded depth, numbers and tokens. A member whose value is null counts as absent. Every failure is a {@link
 * MalformedContentException} with document, JSON pointer, expected and found.
 */
public final class JsonReader {
    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(100)
                    .maxNumberLength(64)
                    .maxNameLength(64 * 1024)
                    .maxStringLength(16 * 1024 * 1024)
                    .maxTokenCount(2_000_000)
                    .build())
            .build();

    private final String document;
    private final byte[] bytes;
    private final JsonParser parser;

    private JsonReader(String document, byte[] bytes) throws IOException {
        this.document = document;
        this.bytes = bytes;
        this.parser = FACTORY.createParser(bytes);
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
        requireUtf8(document, bytes);
        try {
            JsonReader reader = new JsonReader(document, bytes);
            reader.next();
            T result = read.apply(reader);
            if (reader.next() != null) {
                throw reader.unexpected("the end of the document");
            }
            return result;
        } catch (IOException e) {
            throw new MalformedContentException(document + ": cannot be read", e);
        }
    }

    /** The parser would also accept UTF-16, UTF-32 and a byte order mark; no other reader of these documents does. */
    private static void requireUtf8(String document, byte[] bytes) {
        boolean bom = bytes.length > 0 && (bytes[0] & 0xff) >= 0x80;
        boolean wide = bytes.length > 1 && (bytes[0] == 0 || bytes[1] == 0);
        if (bom || wide) {
            throw new MalformedContentException(document + ": expected JSON in UTF-8 without byte order mark");
        }
    }

    /**
     * Reads an object: hands each member that is not null to the handler, which must read or {@link #skip} its value.
     *
     * @param order canonical order of names, for later edits
     * @param handler gets the name; the cursor stands before the value
     * @return all members, with the bytes of their values
     */
    public JsonMembers object(List<String> order, Consumer<String> handler) {
        expect(JsonToken.START_OBJECT, "an object");
        Map<String, Slice> members = new LinkedHashMap<>();
        while (next() != JsonToken.END_OBJECT) {
            String name = name();
            next();
            int from = tokenStart();
            if (parser.currentToken() != JsonToken.VALUE_NULL) {
                handler.accept(name);
            }
            members.put(name, new Slice(bytes, from, tokenEnd()));
        }
        return JsonMembers.parsed(order, members);
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

    /** {@return an object whose members are strings, in their order} */
    public Map<String, String> stringMap() {
        Map<String, String> map = new LinkedHashMap<>();
        object(List.of(), name -> map.put(name, string()));
        return java.util.Collections.unmodifiableMap(map);
    }

    /** {@return the names of an object's members, whatever their values: how Docker writes a set} */
    public List<String> keys() {
        List<String> keys = new ArrayList<>();
        object(List.of(), name -> {
            keys.add(name);
            skip();
        });
        return List.copyOf(keys);
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
        try {
            parser.skipChildren();
        } catch (IOException e) {
            throw broken(e);
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

    private String name() {
        try {
            return parser.currentName();
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private @Nullable JsonToken next() {
        try {
            return parser.nextToken();
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private int tokenStart() {
        return (int) parser.currentTokenLocation().getByteOffset();
    }

    /** Strings are scanned lazily: only after {@code finishToken} is the position behind the value. */
    private int tokenEnd() {
        try {
            parser.finishToken();
            return (int) parser.currentLocation().getByteOffset();
        } catch (IOException e) {
            throw broken(e);
        }
    }

    private MalformedContentException broken(IOException e) {
        String reason = e instanceof JsonProcessingException j ? j.getOriginalMessage() : e.getMessage();
        return new MalformedContentException(document + " at " + path() + ": " + Text.plain(String.valueOf(reason)), e);
    }
}
