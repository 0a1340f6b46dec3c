package dev.davit.it.cli;

import dev.davit.examples.cli.Davit;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;

/** Runs {@code davit} inside this JVM, as a shell would. */
final class Shell {
    private Shell() {}

    /**
     * What a command left behind.
     *
     * @param exitCode its exit code
     * @param out what it wrote to standard output
     * @param err what it wrote to standard error
     */
    record Result(int exitCode, String out, String err) {}

    static synchronized Result davit(String... args) {
        StringWriter err = new StringWriter();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream before = System.out;
        try (PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8)) {
            System.setOut(stream);
            int exitCode =
                    Davit.run(args, new PrintWriter(stream, true, StandardCharsets.UTF_8), new PrintWriter(err, true));
            return new Result(exitCode, out.toString(StandardCharsets.UTF_8), err.toString());
        } finally {
            System.setOut(before);
        }
    }
}
