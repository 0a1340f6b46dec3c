package dev.davit.examples.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How many blobs are moved at once. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class Jobs {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    private int count;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            defaultValue = "4",
            description = "How many blobs at once, 1 to 64 (default: ${DEFAULT-VALUE}).")
    void set(int jobs) {
        if (jobs < 1 || jobs > 64) {
            throw new ParameterException(spec.commandLine(), "--jobs: expected 1 to 64, got " + jobs);
        }
        count = jobs;
    }

    int count() {
        return count;
    }
}
