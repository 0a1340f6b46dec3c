package dev.davit.it.cli;

import dev.davit.examples.cli.Davit;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
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

    /** Standard input is what the test has made of it. */
    static synchronized Result davit(String... args) {
        PrintStream outBefore = System.out;
        PrintStream errBefore = System.err;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try (PrintStream outStream = new PrintStream(out, true, StandardCharsets.UTF_8);
                PrintStream errStream = new PrintStream(err, true, StandardCharsets.UTF_8)) {
            System.setOut(outStream);
            System.setErr(errStream);
            int exitCode = Davit.run(
                    args,
                    new PrintWriter(outStream, true, StandardCharsets.UTF_8),
                    new PrintWriter(errStream, true, StandardCharsets.UTF_8));
            return new Result(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(outBefore);
            System.setErr(errBefore);
        }
    }

    /**
     * The same, with something to read.
     *
     * @param in what is on standard input
     */
    static synchronized Result davitReading(String in, String... args) {
        InputStream before = System.in;
        try {
            System.setIn(new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)));
            return davit(args);
        } finally {
            System.setIn(before);
        }
    }
}
