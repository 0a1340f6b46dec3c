package dev.davit.testkit.internal.containerd;

import dev.davit.oci.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A helper program that is run to its end. Its output must be small. */
public final class Command {
    private static final int SECONDS = 60;
    private static final int MOST_OUTPUT = 1 << 20;

    private final List<String> words;

    private Command(List<String> words) {
        this.words = words;
    }

    /**
     * A program with its arguments.
     *
     * @param words the program and its arguments
     * @return the command, not yet run
     */
    public static Command of(String... words) {
        return new Command(List.of(words));
    }

    /**
     * A program with its arguments.
     *
     * @param program the program and its first arguments
     * @param more further arguments
     * @return the command, not yet run
     */
    public static Command of(List<String> program, String... more) {
        List<String> words = new ArrayList<>(program);
        words.addAll(List.of(more));
        return new Command(words);
    }

    /** What a command has left. */
    private record Result(int exitCode, String output) {}

    /**
     * Runs the command.
     *
     * @return what it wrote to standard output and standard error
     * @throws StorageException if it cannot be run or fails
     */
    public String output() {
        Result result = run();
        if (result.exitCode() != 0) {
            throw failure(
                    "exit code " + result.exitCode() + ": "
                            + result.output()
                                    .strip()
                                    .lines()
                                    .reduce((first, last) -> last)
                                    .orElse("no output"),
                    null);
        }
        return result.output();
    }

    /** {@return whether the command succeeds} */
    public boolean succeeds() {
        return run().exitCode() == 0;
    }

    private Result run() {
        Process process = null;
        try {
            process = new ProcessBuilder(words).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readNBytes(MOST_OUTPUT), StandardCharsets.UTF_8);
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                throw failure("it has not ended within " + SECONDS + " seconds", null);
            }
            return new Result(process.exitValue(), output);
        } catch (IOException e) {
            throw failure(String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure("interrupted", e);
        } finally {
            if (process != null) {
                process.destroyForcibly();
            }
        }
    }

    private StorageException failure(String reason, @Nullable Throwable cause) {
        return new StorageException(
                "run " + String.join(" ", words.subList(1, words.size())) + " with",
                Path.of(words.get(0)),
                reason,
                cause);
    }
}
