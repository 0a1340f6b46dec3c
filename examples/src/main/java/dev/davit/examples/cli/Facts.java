package dev.davit.examples.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * All that a value of Davit says of itself, by the names of its methods, as JSON or YAML. Whatever is added to a value is
 * shown by the command line without further ado.
 */
final class Facts {
    private static final Set<String> NO_FACTS =
            Set.of("hashCode", "toString", "toBuilder", "getClass", "notify", "wait");
    private static final JsonFactory JSON = new JsonFactory();

    private Facts() {}

    static String json(Object value) {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(text).useDefaultPrettyPrinter()) {
            write(out, plain(value));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    static String yaml(Object value) {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        return new Yaml(options).dump(plain(value)).stripTrailing();
    }

    /** {@return what YAML, or JSON, says as maps, lists, texts, numbers and booleans; null if it says nothing} */
    static @Nullable Object parsed(String yaml) {
        return new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
    }

    private static void write(JsonGenerator out, @Nullable Object plain) throws IOException {
        if (plain instanceof Map<?, ?> map) {
            out.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                out.writeFieldName(String.valueOf(entry.getKey()));
                write(out, entry.getValue());
            }
            out.writeEndObject();
        } else if (plain instanceof Collection<?> all) {
            out.writeStartArray();
            for (Object each : all) {
                write(out, each);
            }
            out.writeEndArray();
        } else if (plain instanceof Number || plain instanceof Boolean) {
            out.writeRawValue(plain.toString());
        } else {
            out.writeString(String.valueOf(plain));
        }
    }

    /** {@return the value as maps, lists, texts, numbers and booleans; null for what is not there} */
    static @Nullable Object plain(@Nullable Object value) {
        if (value == null || value instanceof Boolean || value instanceof Number) {
            return value instanceof Double number && !Double.isFinite(number) ? null : value;
        } else if (value instanceof Optional<?> some) {
            return plain(some.orElse(null));
        } else if (value instanceof OptionalInt some) {
            return some.isPresent() ? some.getAsInt() : null;
        } else if (value instanceof OptionalLong some) {
            return some.isPresent() ? some.getAsLong() : null;
        } else if (value instanceof OptionalDouble some) {
            return some.isPresent() ? some.getAsDouble() : null;
        } else if (value instanceof Map<?, ?> map) {
            Map<String, Object> sorted = new TreeMap<>();
            map.forEach((key, each) -> put(sorted, String.valueOf(key), each));
            return sorted;
        } else if (value instanceof Collection<?> all) {
            return all.stream().map(Facts::plain).toList();
        } else if (value instanceof Enum<?> || value instanceof Duration || !isOurs(value)) {
            return value.toString();
        }
        return facts(value);
    }

    private static boolean isOurs(Object value) {
        return value.getClass().getPackageName().startsWith("dev.davit.cri");
    }

    private static Map<String, Object> facts(Object value) {
        Map<String, Object> found = new TreeMap<>();
        for (Method method : value.getClass().getMethods()) {
            if (method.getParameterCount() == 0
                    && !Modifier.isStatic(method.getModifiers())
                    && method.getDeclaringClass() != Object.class
                    && method.getReturnType() != value.getClass()
                    && !NO_FACTS.contains(method.getName())) {
                put(found, method.getName(), call(method, value));
            }
        }
        // What somebody looks for first comes first.
        Map<String, Object> ordered = new LinkedHashMap<>();
        for (String name : new String[] {"id", "name", "namespace", "state"}) {
            if (found.containsKey(name)) {
                ordered.put(name, found.get(name));
            }
        }
        ordered.putAll(found);
        return ordered;
    }

    private static void put(Map<String, Object> facts, String name, @Nullable Object value) {
        Object plain = plain(value);
        if (plain != null) {
            facts.put(name, plain);
        }
    }

    private static @Nullable Object call(Method method, Object value) {
        try {
            return method.invoke(value);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(method.getName(), e.getCause());
        }
    }
}
