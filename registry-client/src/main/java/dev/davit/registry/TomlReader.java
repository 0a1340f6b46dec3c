package dev.davit.registry;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import dev.davit.oci.MalformedContentException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Parses TOML, with Jackson: the only class that needs it. */
final class TomlReader {
    private static final int MAX_BYTES = 1024 * 1024;

    private TomlReader() {}

    /** {@return the document as maps, lists, strings, booleans and numbers, in its order} */
    static Map<String, Object> read(Path file, byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw new MalformedContentException(file + ": expected TOML of at most " + MAX_BYTES + " bytes, got more");
        }
        try {
            return map(new TomlMapper().readTree(bytes));
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            throw new MalformedContentException(file + ": expected TOML, got something else"
                    + (at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr()));
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory cannot fail to be read", e);
        }
    }

    private static Map<String, Object> map(JsonNode table) {
        Map<String, Object> map = new LinkedHashMap<>();
        table.properties().forEach(member -> map.put(member.getKey(), value(member.getValue())));
        return map;
    }

    private static Object value(JsonNode node) {
        if (node.isObject()) {
            return map(node);
        }
        if (node.isArray()) {
            List<Object> items = new ArrayList<>();
            node.forEach(item -> items.add(value(item)));
            return items;
        }
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        return node.isTextual() ? node.textValue() : 0; // numbers and times mean nothing in our files
    }
}
