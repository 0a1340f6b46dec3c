package dev.davit.cri;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.internal.JsonReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads messages of the interface from JSON as Go's own encoder writes it, which is what files for {@code crictl} hold: fields
 * have the names that the interface gives them, and enumerations are numbers. That is not the JSON form of protocol buffers.
 *
 * <p>A field that the interface does not know is refused: it is more often a slip than something that does not matter. Messages
 * have places, but no values, since the environment of a container may hold secrets.
 */
final class ConfigJson {
    private static final long MAX_UINT32 = 0xffff_ffffL;

    private ConfigJson() {}

    /**
     * Reads a message.
     *
     * @param document what it is, for messages
     * @param json the text
     * @param message gets the fields
     * @param check looks at the whole; what it throws is said to be wrong with the document
     * @return the message
     * @throws MalformedContentException if the text is no such message
     */
    static <B extends Message.Builder> B read(String document, String json, B message, Consumer<? super B> check) {
        JsonReader.parseSecret(document, json.getBytes(StandardCharsets.UTF_8), in -> fields(in, message));
        try {
            check.accept(message);
        } catch (IllegalArgumentException e) {
            throw new MalformedContentException(document + ": " + e.getMessage(), e);
        }
        return message;
    }

    private static Message.Builder fields(JsonReader in, Message.Builder message) {
        Descriptor type = message.getDescriptorForType();
        List<String> names =
                type.getFields().stream().map(FieldDescriptor::getName).toList();
        in.object(names, name -> {
            FieldDescriptor field = type.findFieldByName(name);
            if (field == null) {
                throw in.violation("a field of " + type.getName(), "another name");
            }
            field(in, message, field);
        });
        return message;
    }

    private static void field(JsonReader in, Message.Builder message, FieldDescriptor field) {
        if (field.isMapField()) {
            // The interface has no maps but from strings to strings.
            in.stringMap().forEach((key, value) -> message.addRepeatedField(field, entry(message, field, key, value)));
        } else if (field.isRepeated()) {
            in.array(() -> value(in, message, field)).forEach(value -> message.addRepeatedField(field, value));
        } else {
            message.setField(field, value(in, message, field));
        }
    }

    private static Message entry(Message.Builder message, FieldDescriptor map, String key, String value) {
        Descriptor type = map.getMessageType();
        return message.newBuilderForField(map)
                .setField(type.findFieldByName("key"), key)
                .setField(type.findFieldByName("value"), value)
                .build();
    }

    private static Object value(JsonReader in, Message.Builder message, FieldDescriptor field) {
        return switch (field.getType()) {
            case MESSAGE -> fields(in, message.newBuilderForField(field)).build();
            case ENUM -> constant(in, field);
            case STRING -> in.string();
            // The value of an environment variable, which was a string in earlier versions.
            case BYTES -> ByteString.copyFromUtf8(in.string());
            case BOOL -> in.bool();
            case INT32 -> (int) number(in, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case UINT32 -> (int) number(in, 0, MAX_UINT32);
            case INT64 -> in.integer();
            case UINT64 -> number(in, 0, Long.MAX_VALUE);
            default -> throw new IllegalStateException("the interface has a new type of field: " + field.getType());
        };
    }

    private static long number(JsonReader in, long least, long most) {
        long number = in.integer();
        if (number < least || number > most) {
            throw in.violation("a number from " + least + " to " + most, "" + number);
        }
        return number;
    }

    private static EnumValueDescriptor constant(JsonReader in, FieldDescriptor field) {
        @Nullable
        EnumValueDescriptor found = in.isString()
                ? field.getEnumType().findValueByName(in.string())
                : field.getEnumType().findValueByNumber((int) number(in, 0, Integer.MAX_VALUE));
        if (found == null) {
            throw in.violation(
                    "one of "
                            + field.getEnumType().getValues().stream()
                                    .map(value -> value.getName() + " (" + value.getNumber() + ")")
                                    .toList(),
                    "another value");
        }
        return found;
    }
}
