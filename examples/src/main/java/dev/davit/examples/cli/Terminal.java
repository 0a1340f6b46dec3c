package dev.davit.examples.cli;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The terminal that standard input is, handed over to a program elsewhere: each key goes there as it is, and nothing is
 * shown that does not come from there. It is as before when this is closed, or the JVM ends.
 */
final class Terminal implements AutoCloseable {
    /** The terminal of this process, whatever its standard streams are. */
    private static final Redirect OURS = Redirect.from(new File("/dev/tty"));

    /** Its width and height. */
    record Size(int columns, int rows) {}

    private final String before;
    private final Thread atEnd = new Thread(this::restore, "terminal");

    private Terminal(String before) {
        this.before = before;
    }

    /** {@return the terminal, for keys to go elsewhere; empty if standard input is none} */
    static Optional<Terminal> raw() {
        Optional<String> before = stty(Redirect.INHERIT, "-g");
        if (before.isEmpty()) {
            return Optional.empty();
        }
        Terminal terminal = new Terminal(before.get());
        Runtime.getRuntime().addShutdownHook(terminal.atEnd);
        stty(Redirect.INHERIT, "raw", "-echo");
        return Optional.of(terminal);
    }

    /** {@return how large the terminal of this process is now; empty if it has none} */
    static Optional<Size> size() {
        return stty(OURS, "size")
                .filter(text -> text.matches("[1-9][0-9]* [1-9][0-9]*"))
                .map(text -> text.split(" ", -1))
                .map(size -> new Size(Integer.parseInt(size[1]), Integer.parseInt(size[0])));
    }

    /**
     * Tells of each change of the size of the terminal, until the JVM ends.
     *
     * @param told is run on any thread
     */
    static void onResize(Runnable told) {
        try {
            // The class is there on every JVM, but to name it is a warning that cannot be suppressed.
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object tells = Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        told.run();
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("WINCH"), tells);
        } catch (ReflectiveOperationException e) {
            // a system without that signal: the size stays what it was
        }
    }

    private void restore() {
        stty(Redirect.INHERIT, before);
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
    private static Optional<String> stty(Redirect terminal, String... arguments) {
        String[] command =
                Stream.concat(Stream.of("stty"), Arrays.stream(arguments)).toArray(String[]::new);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectInput(terminal)
                    .redirectError(Redirect.DISCARD)
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
