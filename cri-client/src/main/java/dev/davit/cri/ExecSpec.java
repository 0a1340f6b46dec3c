package dev.davit.cri;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A command to be run in a container, and where its streams lead.
 *
 * <pre>{@code
 * ExecResult sorted = container.exec(ExecSpec.of("sort").stdin("b\na\n"));
 * container.exec(ExecSpec.of("tar", "-c", "/data").stdout(file));
 * }</pre>
 *
 * <p>Immutable: each method that sets something returns a new specification. The streams that are handed in belong to the
 * caller and are not closed.
 */
public final class ExecSpec {
    private static final int DEFAULT_MAX_OUTPUT = 64 << 20;

    private final Settings settings;

    /** What is set. */
    record Settings(
            List<String> command,
            @Nullable InputStream stdin,
            @Nullable OutputStream stdout,
            @Nullable OutputStream stderr,
            @Nullable TerminalSize terminal,
            Duration timeout,
            int maxOutput) {}

    private ExecSpec(Settings settings) {
        this.settings = settings;
    }

    /**
     * Begins a specification.
     *
     * @param command the program and its arguments; no shell looks at them
     * @return a specification of a command without input, whose output is kept
     * @throws IllegalArgumentException if there is no program
     */
    public static ExecSpec of(String... command) {
        return of(List.of(command));
    }

    /**
     * Begins a specification.
     *
     * @param command the program and its arguments; no shell looks at them
     * @return a specification of a command without input, whose output is kept
     * @throws IllegalArgumentException if there is no program
     */
    public static ExecSpec of(List<String> command) {
        if (command.isEmpty()) {
            throw new IllegalArgumentException("command: expected a program, got nothing");
        }
        return new ExecSpec(
                new Settings(List.copyOf(command), null, null, null, null, Duration.ZERO, DEFAULT_MAX_OUTPUT));
    }

    /**
     * Gives the command input. It is read on a thread of its own, to its end or until the command has ended: a read that an
     * interrupt does not end may take one more piece, which is lost.
     *
     * @param stdin what the command is to read
     * @return a new specification
     */
    public ExecSpec stdin(InputStream stdin) {
        Settings s = settings;
        Objects.requireNonNull(stdin, "stdin");
        return new ExecSpec(new Settings(s.command, stdin, s.stdout, s.stderr, s.terminal, s.timeout, s.maxOutput));
    }

    /**
     * Gives the command input, for one run.
     *
     * @param stdin what the command is to read; not copied
     * @return a new specification
     */
    public ExecSpec stdin(byte[] stdin) {
        return stdin(new ByteArrayInputStream(stdin));
    }

    /**
     * Gives the command input, for one run.
     *
     * @param stdin what the command is to read, as UTF-8
     * @return a new specification
     */
    public ExecSpec stdin(String stdin) {
        return stdin(stdin.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Sets where the output goes; it is not kept then.
     *
     * @param stdout gets the output as it arrives, on a thread of its own; if it takes its time, the command waits
     * @return a new specification
     */
    public ExecSpec stdout(OutputStream stdout) {
        Settings s = settings;
        Objects.requireNonNull(stdout, "stdout");
        return new ExecSpec(new Settings(s.command, s.stdin, stdout, s.stderr, s.terminal, s.timeout, s.maxOutput));
    }

    /**
     * Sets where the error messages go; they are not kept then.
     *
     * @param stderr gets the messages as they arrive, on a thread of its own; if it takes its time, the command waits
     * @return a new specification
     */
    public ExecSpec stderr(OutputStream stderr) {
        Settings s = settings;
        Objects.requireNonNull(stderr, "stderr");
        return new ExecSpec(new Settings(s.command, s.stdin, s.stdout, stderr, s.terminal, s.timeout, s.maxOutput));
    }

    /**
     * Gives the command a terminal. What it writes to standard error comes with the output then. The size reaches the
     * terminal a moment after the command has begun, as a change that the command is told of.
     *
     * @param columns width in characters
     * @param rows height in lines
     * @return a new specification
     * @throws IllegalArgumentException if a number is not between 1 and 65535
     */
    public ExecSpec tty(int columns, int rows) {
        Settings s = settings;
        return new ExecSpec(new Settings(
                s.command, s.stdin, s.stdout, s.stderr, new TerminalSize(columns, rows), s.timeout, s.maxOutput));
    }

    /**
     * Limits the time that the command has. When it is over, the streams are cut, which containerd 2 takes for a reason to
     * kill the command; with older versions it goes on running. Counts only for those who wait for the end of the command:
     * {@link ExecProcess#waitFor(Duration)} has its own.
     *
     * @param timeout how long; zero means for ever, as does not to set it
     * @return a new specification
     */
    public ExecSpec timeout(Duration timeout) {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("timeout: expected zero or more, got " + timeout);
        }
        Settings s = settings;
        return new ExecSpec(new Settings(s.command, s.stdin, s.stdout, s.stderr, s.terminal, timeout, s.maxOutput));
    }

    /**
     * Limits what is kept of the output, and as much again of the error messages. A command that writes more has failed;
     * there is no limit for what goes to streams of the caller.
     *
     * @param bytes how many; 64 MiB unless set
     * @return a new specification
     */
    public ExecSpec maxOutput(int bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("maxOutput: expected zero or more, got " + bytes);
        }
        Settings s = settings;
        return new ExecSpec(new Settings(s.command, s.stdin, s.stdout, s.stderr, s.terminal, s.timeout, bytes));
    }

    /** {@return the program and its arguments} */
    public List<String> command() {
        return settings.command;
    }

    Settings settings() {
        return settings;
    }

    /** {@return the command, without what its arguments may give away} */
    @Override
    public String toString() {
        return "exec of " + settings.command.get(0);
    }
}
