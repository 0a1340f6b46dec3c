package dev.davit.examples.cli;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "completion",
        description = {
            "Prints a script that completes commands and options in a shell:",
            "  source <(davit completion bash)"
        })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class CompletionCommand implements Callable<Integer> {
    enum Shell {
        BASH,
        ZSH;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Parameters(
            arity = "0..1",
            paramLabel = "SHELL",
            defaultValue = "bash",
            description = "${COMPLETION-CANDIDATES}; both understand the same script.")
    @SuppressWarnings("UnusedVariable") // that it is one of them is all that counts
    private Shell shell;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        spec.commandLine()
                .getOut()
                .println(AutoComplete.bash("davit", spec.root().commandLine()));
        return 0;
    }
}
