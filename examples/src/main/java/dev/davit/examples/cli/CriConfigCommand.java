package dev.davit.examples.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows and changes the settings of crictl, of which {@code davit cri} heeds the two endpoints. */
@Command(
        name = "config",
        description = {
            "Shows or changes a setting in crictl.yaml: the file that CRI_CONFIG_FILE names, or /etc/crictl.yaml.",
            "Davit heeds runtime-endpoint and image-endpoint; the others are for crictl."
        })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class CriConfigCommand implements Callable<Integer> {
    /** The settings of crictl, with what they are where the file does not say. */
    private static final Map<String, String> DEFAULTS = new LinkedHashMap<>();

    static {
        DEFAULTS.put("runtime-endpoint", "");
        DEFAULTS.put("image-endpoint", "");
        DEFAULTS.put("timeout", "0");
        DEFAULTS.put("debug", "false");
        DEFAULTS.put("pull-image-on-create", "false");
        DEFAULTS.put("disable-pull-on-run", "false");
        DEFAULTS.put("max-retries", "0");
    }

    @ArgGroup(multiplicity = "1")
    private Action action;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "Another file.")
    private @Nullable Path other;

    @SuppressWarnings("NullAway.Init")
    static final class Action {
        @Option(names = "--get", paramLabel = "NAME", required = true, description = "Prints a setting.")
        private @Nullable String get;

        @Option(
                names = "--set",
                paramLabel = "NAME=VALUE",
                required = true,
                split = ",",
                description = "Changes a setting, and leaves the rest of the file as it is.")
        private @Nullable Map<String, String> set;

        @Option(names = "--list", required = true, description = "Lists all settings.")
        @SuppressWarnings("UnusedVariable") // what it does is done unless something else is asked for
        private boolean list;
    }

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Path file = other == null ? usual() : other;
        if (action.set != null) {
            List<String> lines = lines(file);
            action.set.forEach((name, value) -> replace(lines, known(name), value));
            Files.write(file, lines);
        } else if (action.get != null) {
            spec.commandLine().getOut().println(value(lines(file), known(action.get)));
        } else {
            List<String> lines = lines(file);
            Table table = new Table("SETTING", "VALUE");
            DEFAULTS.keySet().forEach(name -> table.row(name, value(lines, name)));
            spec.commandLine().getOut().println(table);
        }
        return 0;
    }

    private static Path usual() {
        String variable = System.getenv("CRI_CONFIG_FILE");
        return Path.of(variable == null || variable.isEmpty() ? "/etc/crictl.yaml" : variable);
    }

    private static String known(String name) {
        if (!DEFAULTS.containsKey(name)) {
            throw new IllegalArgumentException("setting: expected one of " + DEFAULTS.keySet() + ", got " + name);
        }
        return name;
    }

    private static List<String> lines(Path file) throws IOException {
        try {
            return new ArrayList<>(Files.readAllLines(file));
        } catch (NoSuchFileException e) {
            return new ArrayList<>();
        }
    }

    private static String value(List<String> lines, String name) {
        return lines.stream()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1)
                        .replaceFirst("\\s+#.*", "")
                        .strip()
                        .replaceFirst("^([\"'])(.*)\\1$", "$2"))
                .reduce(DEFAULTS.getOrDefault(name, ""), (before, last) -> last);
    }

    private static void replace(List<String> lines, String name, String value) {
        String line = name + ": " + (value.isEmpty() ? "\"\"" : value);
        int at = 0;
        while (at < lines.size() && !lines.get(at).startsWith(name + ":")) {
            at++;
        }
        if (at < lines.size()) {
            lines.set(at, line);
        } else {
            lines.add(line);
        }
    }
}
