package dev.davit.examples.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.yaml.snakeyaml.error.YAMLException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a command shows all there is to say of something, where a table would be too narrow. A mixin. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class Document {
    enum Format {
        JSON,
        YAML;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "json",
            description = "${COMPLETION-CANDIDATES}; json unless given.")
    private Format format;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    /** Prints a value; of a list of one, the one. */
    int show(Object value) {
        Object shown = value instanceof List<?> list && list.size() == 1 ? list.get(0) : value;
        spec.commandLine().getOut().println(format == Format.JSON ? Facts.json(shown) : Facts.yaml(shown));
        return 0;
    }

    /** {@return what the interface says of something, and what the runtime adds in its own words} */
    static Map<String, Object> of(Object status, Map<String, String> info) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("status", status);
        Map<String, Object> parsed = new TreeMap<>();
        info.forEach((name, text) -> parsed.put(name, parsed(text)));
        all.put("info", parsed);
        return all;
    }

    /** The words of a runtime are JSON, mostly. */
    static Object parsed(String text) {
        if (!text.startsWith("{") && !text.startsWith("[")) {
            return text;
        }
        try {
            Object value = Facts.parsed(text);
            return value == null ? text : value;
        } catch (YAMLException e) {
            return text;
        }
    }
}
