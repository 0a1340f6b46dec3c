package dev.davit.examples.cli;

import dev.davit.cri.CriClient;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** A command of {@code davit cri} that is done with one connection. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
abstract class CriSubcommand implements Callable<Integer> {
    @ParentCommand
    private CriCommand cri;

    @Spec
    private CommandSpec spec;

    /** Sets what this command wants of its connection. */
    void prepare(CriClient.Builder client) {
        // what all commands want is set
    }

    /** {@return the exit code} */
    abstract int run(CriClient node) throws InterruptedException, IOException;

    @Override
    public final Integer call() throws InterruptedException, IOException {
        CriClient.Builder client = cri.client();
        prepare(client);
        try (CriClient node = client.connect()) {
            return run(node);
        }
    }

    final void print(String text) {
        spec.commandLine().getOut().println(text);
        spec.commandLine().getOut().flush();
    }

    /** {@return the ID that starts like this} */
    static String whole(String what, Stream<String> ids, String start) {
        List<String> found = ids.filter(id -> id.startsWith(start)).toList();
        if (found.size() != 1) {
            throw new IllegalArgumentException(
                    (found.isEmpty() ? "no " + what + " has the ID " : "more than one " + what + " has the ID ")
                            + start);
        }
        return found.get(0);
    }
}
