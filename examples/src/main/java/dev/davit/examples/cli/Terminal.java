package dev.davit.examples.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The terminal that this program was started from, handed over to a program elsewhere: each key goes there as it is, and
 * nothing is shown that does not come from there. It is as before when this is closed, or the JVM ends.
 */
final class Terminal implements AutoCloseable {
    private static final File DEVICE = new File("/dev/tty");

    /** Its width and height. */
    record Size(int columns, int rows) {}

    private final String before;
    private final Thread atEnd = new Thread(this::restore, "terminal");

    private Terminal(String before) {
        this.before = before;
    }

    /** {@return the terminal, for keys to go elsewhere; empty if there is none} */
    static Optional<Terminal> raw() {
        Optional<String> before = stty("-g");
        if (before.isEmpty()) {
            return Optional.empty();
        }
        Terminal terminal = new Terminal(before.get());
        Runtime.getRuntime().addShutdownHook(terminal.atEnd);
        stty("raw", "-echo");
        return Optional.of(terminal);
    }

    /** {@return how large it is now} */
    Optional<Size> size() {
        return stty("size")
                .filter(text -> text.matches("[1-9][0-9]* [1-9][0-9]*"))
                .map(text -> text.split(" ", -1))
                .map(size -> new Size(Integer.parseInt(size[1]), Integer.parseInt(size[0])));
    }

    private void restore() {
        stty(before);
    }

    @Override
    public void close() {
        restore();
        try {
            Runtime.getRuntime().removeShutdownHook(atEnd);
        } catch (IllegalStateException e) {
            // the JVM is about to end, and does the same
        }
    }

    /** Java knows nothing of terminals, and every system with a /dev/tty has this program. */
    private static Optional<String> stty(String... arguments) {
        String[] command =
                Stream.concat(Stream.of("stty"), Arrays.stream(arguments)).toArray(String[]::new);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(DEVICE)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
            return process.waitFor() == 0 ? Optional.of(text) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
