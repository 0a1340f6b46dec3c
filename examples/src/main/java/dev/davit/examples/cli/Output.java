package dev.davit.examples.cli;

import java.util.Locale;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a command shows what it has found: as a table for people, or with everything there is as JSON or YAML. A mixin. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class Output {
    enum Format {
        TABLE,
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
            defaultValue = "table",
            description = "${COMPLETION-CANDIDATES}; a table unless given. JSON and YAML have everything.")
    private Format format;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    /** Prints a value, or a list of values. */
    int show(Object value, Supplier<Object> table) {
        spec.commandLine().getOut().println(text(value, table));
        return 0;
    }

    String text(Object value, Supplier<Object> table) {
        return switch (format) {
            case TABLE -> table.get().toString();
            case JSON -> Facts.json(value);
            case YAML -> Facts.yaml(value);
        };
    }
}
