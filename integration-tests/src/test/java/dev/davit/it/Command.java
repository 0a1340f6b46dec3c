package dev.davit.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One call of a program that a test talks to. For one thread. */
public final class Command {
    private final List<String> words = new ArrayList<>();
    private final ProcessBuilder process = new ProcessBuilder(words);
    private int minutes = 5;

    private Command(Path program) {
        words.add(program.toString());
    }

    /**
     * Prepares a call; skips the calling test if the program is not installed.
     *
     * @param program its name
     * @param arguments its arguments
     * @return the call
     */
    public static Command of(String program, String... arguments) {
        return new Command(Parts.program(program)).with(arguments);
    }

    /** Prepares a call of a program that is there. */
    public static Command at(Path program, String... arguments) {
        return new Command(program).with(arguments);
    }

    /** Prepares another JVM of the kind that runs the tests. */
    public static Command java(String... arguments) {
        return new Command(Path.of(System.getProperty("java.home"), "bin", "java")).with(arguments);
    }

    /** Adds arguments. */
    public Command with(String... arguments) {
        words.addAll(List.of(arguments));
        return this;
    }

    /** Sets a variable of the environment. */
    public Command env(String name, String value) {
        process.environment().put(name, value);
        return this;
    }

    /** Lets the program take longer than five minutes. */
    public Command within(int moreMinutes) {
        minutes = moreMinutes;
        return this;
    }

    /** What a program printed on both channels, and how it ended. */
    public record Result(int exitCode, String output, String errors) {}

    /**
     * Runs the program and expects it to succeed.
     *
     * @return its standard output
     */
    public String run() {
        Result result = runAnyhow();
        if (result.exitCode() != 0) {
            throw new AssertionError(
                    String.join(" ", words) + "\nexit code " + result.exitCode() + "\n" + result.errors());
        }
        return result.output();
    }

    /** {@return what came of it, success or not} */
    public Result runAnyhow() {
        try {
            Path output = Files.createTempFile("davit-it-", ".out");
            Path errors = Files.createTempFile("davit-it-", ".err");
            try {
                Process running = process.redirectInput(ProcessBuilder.Redirect.from(
                                Path.of("/dev/null").toFile()))
                        .redirectOutput(output.toFile())
                        .redirectError(errors.toFile())
                        .start();
                try {
                    if (!running.waitFor(minutes, TimeUnit.MINUTES)) {
                        throw new AssertionError(String.join(" ", words) + " hung:\n" + Files.readString(errors));
                    }
                } finally {
                    running.destroyForcibly();
                }
                return new Result(running.exitValue(), text(output), text(errors));
            } finally {
                Files.delete(output);
                Files.delete(errors);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while running " + words, e);
        }
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }
}
