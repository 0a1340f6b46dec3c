package dev.davit.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.it.Command;
import dev.davit.it.Parts;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * {@code davit} in a JVM of its own at a terminal, which is that of {@code script}: what a test types are its keys, and what
 * it shows is kept.
 */
final class AtTerminal implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Process script;
    private final Path folder;
    private final StringBuilder screen = new StringBuilder();
    private final Thread reader = new Thread(this::read, "screen");

    private AtTerminal(Process script, Path folder) {
        this.script = script;
        this.folder = folder;
    }

    /**
     * Starts it. At its end, its exit code is shown, and whether the terminal is as it was.
     *
     * @param folder for files
     * @param before goes before it in the line of the shell, as in {@code producer | davit}
     * @param arguments what {@code davit} gets
     */
    static AtTerminal davit(Path folder, String before, List<String> arguments) throws IOException {
        Path lines = Files.writeString(folder.resolve("lines.sh"), """
                        tty
                        trap : INT
                        stty rows 24 cols 80
                        was=$(stty -g)
                        cd '%s'
                        %s %s
                        echo "code $?"
                        [ "$was" = "$(stty -g)" ] && echo restored || echo changed
                        """.formatted(folder, before, quoted(arguments)));
        Process script = new ProcessBuilder(
                        "env",
                        "--default-signal=INT", // which what runs in the background of a shell ignores, with its
                        // children
                        Parts.program("script").toString(),
                        "-qfec",
                        "exec sh '" + lines + "'",
                        "/dev/null")
                .redirectErrorStream(true)
                .start();
        AtTerminal terminal = new AtTerminal(script, folder);
        terminal.reader.setDaemon(true);
        terminal.reader.start();
        return terminal;
    }

    private static String quoted(List<String> arguments) {
        List<String> java = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "dev.davit.examples.cli.Davit");
        return java.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "))
                + arguments.stream().map(word -> " '" + word + "'").collect(Collectors.joining());
    }

    /** Makes a file in the folder, for which something waits. */
    void make(String file) throws IOException {
        Files.createFile(folder.resolve(file));
    }

    void type(String keys) throws IOException {
        OutputStream to = script.getOutputStream();
        to.write(keys.getBytes(StandardCharsets.UTF_8));
        to.flush();
    }

    /** Waits until something is shown. */
    String await(String pattern) throws InterruptedException {
        Pattern wanted = Pattern.compile(pattern);
        long end = System.nanoTime() + PATIENCE.toNanos();
        synchronized (screen) {
            while (true) {
                Matcher found = wanted.matcher(screen);
                if (found.find()) {
                    return found.group();
                }
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                assertThat(left).as("%s is not shown:%n%s", pattern, screen).isPositive();
                screen.wait(left);
            }
        }
    }

    /** {@return what {@code stty} says to these arguments, from outside} */
    String stty(String... arguments) throws InterruptedException {
        return Command.of("stty", "-F", await("/dev/pts/[0-9]+"))
                .with(arguments)
                .run();
    }

    /** Sends a signal to the JVM. */
    void terminate() {
        List<ProcessHandle> jvms = script.descendants()
                .filter(each -> each.info().command().orElse("").endsWith("/java"))
                .toList();
        assertThat(jvms).hasSize(1).allMatch(ProcessHandle::destroy);
    }

    private void read() {
        byte[] buffer = new byte[4096];
        try (InputStream from = script.getInputStream()) {
            for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                synchronized (screen) {
                    screen.append(new String(buffer, 0, n, StandardCharsets.UTF_8));
                    screen.notifyAll();
                }
            }
        } catch (IOException e) {
            // it has ended
        }
    }

    @Override
    public void close() {
        List<ProcessHandle> all = script.descendants().toList();
        script.destroyForcibly().onExit().join();
        all.forEach(ProcessHandle::destroyForcibly);
    }
}
