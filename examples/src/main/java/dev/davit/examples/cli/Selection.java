package dev.davit.examples.cli;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which of many things a list has, and how their IDs are written. A mixin of lists of pods and of containers. */
final class Selection {
    @Option(names = "--id", paramLabel = "ID", description = "Only the one with this ID, or the start of one.")
    private @Nullable String id;

    @Option(names = "--name", paramLabel = "REGEX", description = "Only those in whose names this is found.")
    private @Nullable Pattern name;

    @Option(
            names = "--label",
            paramLabel = "KEY=VALUE",
            description = "Only those with this label; of several, with all.")
    private Map<String, String> labels = Map.of();

    @Option(
            names = {"-l", "--latest"},
            description = "Only the one that was made last.")
    private boolean latest;

    @Option(
            names = {"-n", "--last"},
            paramLabel = "N",
            description = "Only the N that were made last.")
    private @Nullable Integer last;

    @Option(
            names = {"-q", "--quiet"},
            description = "Only their IDs.")
    private boolean quiet;

    @Option(names = "--no-trunc", description = "IDs in full.")
    private boolean whole;

    @Nullable
    String id() {
        return id;
    }

    Map<String, String> labels() {
        return labels;
    }

    boolean isQuiet() {
        return quiet;
    }

    String shown(String anId) {
        return whole ? anId : Table.shortId(anId);
    }

    /** {@return those that are wanted, the newest first} */
    <T> List<T> of(List<T> all, Function<T, String> nameOf, Function<T, Instant> createdAt) {
        long most = latest ? 1 : last == null ? Long.MAX_VALUE : last;
        return all.stream()
                .filter(each -> name == null || name.matcher(nameOf.apply(each)).find())
                .sorted(Comparator.comparing(createdAt).reversed())
                .limit(most)
                .toList();
    }
}
