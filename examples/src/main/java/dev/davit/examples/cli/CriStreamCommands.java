package dev.davit.examples.cli;

import dev.davit.cri.AttachSpec;
import dev.davit.cri.CriClient;
import dev.davit.cri.CriEvent;
import dev.davit.cri.ExecProcess;
import dev.davit.cri.ExecResult;
import dev.davit.cri.ExecSpec;
import dev.davit.cri.PortForward;
import dev.davit.cri.StreamTransport;
import dev.davit.oci.DavitException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The commands of {@code davit cri} that stay connected: to a process, a port, or to what happens. */
final class CriStreamCommands {
    private CriStreamCommands() {}

    @Command(name = "exec", description = "Runs a command in a container, and ends with its exit code.")
    @SuppressWarnings("NullAway.Init")
    static final class Exec extends CriSubcommand {
        @Option(
                names = {"-i", "--interactive"},
                description = "Hands standard input on to it.")
        private boolean input;

        @Option(
                names = {"-t", "--tty"},
                description = "Gives it a terminal: this one.")
        private boolean tty;

        @Option(
                names = {"-s", "--sync"},
                description = "Has its output in one answer, of at most 16 MiB, and not as it comes.")
        private boolean sync;

        @Option(names = "--timeout", paramLabel = "SECONDS", description = "Ends it after that time; 0 for never.")
        private int seconds;

        @Mixin
        private Transport transport;

        @Parameters(index = "0", paramLabel = "CONTAINER", description = "Its ID, or the start of it.")
        private String start;

        @Parameters(index = "1..*", arity = "1..*", paramLabel = "CMD", description = "The command.")
        private List<String> command;

        /** What follows the container is the command's, options and all. */
        @Spec
        void stopAtPositional(CommandSpec self) {
            self.parser().stopAtPositional(true);
        }

        @Override
        void prepare(CriClient.Builder client) {
            transport.prepare(client);
        }

        @Override
        int run(CriClient node) {
            if (sync && (input || tty)) {
                throw new IllegalArgumentException("--sync: expected neither -i nor -t, which are streams");
            }
            String id = CriContainerCommands.container(node, start);
            boolean separated = command.size() > 1 && command.get(0).equals("--");
            List<String> words = separated ? command.subList(1, command.size()) : command;
            Duration limit = Duration.ofSeconds(seconds);
            if (sync) {
                ExecResult result = node.containers().exec(id, limit, words);
                System.out.print(result.stdout());
                System.out.flush();
                System.err.print(result.stderr());
                return result.exitCode();
            }
            ExecSpec spec =
                    ExecSpec.of(words).stdout(System.out).stderr(System.err).timeout(limit);
            spec = input ? spec.stdin(System.in) : spec;
            return tty
                    ? onTerminal(node, id, spec, limit)
                    : node.containers().exec(id, spec).exitCode();
        }

        private int onTerminal(CriClient node, String id, ExecSpec spec, Duration limit) {
            try (Keys keys = Keys.of(input)) {
                Terminal.Size size = Keys.size();
                try (ExecProcess process = node.containers().spawn(id, spec.tty(size.columns(), size.rows()))) {
                    keys.follow(process, size);
                    return limit.isZero() ? process.waitFor() : process.waitFor(limit);
                }
            }
        }
    }

    @Command(name = "attach", description = "Shows what the process of a container writes from now on.")
    @SuppressWarnings("NullAway.Init")
    static final class Attach extends CriSubcommand {
        @Option(
                names = {"-i", "--interactive"},
                description = "Hands standard input on to it, if the container was created for that.")
        private boolean input;

        @Option(
                names = {"-t", "--tty"},
                description = "The container has a terminal: this one.")
        private boolean tty;

        @Mixin
        private Transport transport;

        @Parameters(paramLabel = "CONTAINER", description = "Its ID, or the start of it.")
        private String start;

        @Override
        void prepare(CriClient.Builder client) {
            transport.prepare(client);
        }

        @Override
        int run(CriClient node) {
            String id = CriContainerCommands.container(node, start);
            AttachSpec spec = input ? AttachSpec.output().stdin() : AttachSpec.output();
            if (!tty) {
                return Keys.copy(node.containers().attach(id, spec), input, false);
            }
            try (Keys keys = Keys.of(input)) {
                Terminal.Size size = Keys.size();
                ExecProcess process = node.containers().attach(id, spec.tty(size.columns(), size.rows()));
                keys.follow(process, size);
                return Keys.copy(process, input, true);
            }
        }
    }

    @Command(
            name = "port-forward",
            description = "Opens ports of this machine that lead to a pod, until it is interrupted.")
    @SuppressWarnings("NullAway.Init")
    static final class Forward extends CriSubcommand {
        @Parameters(index = "0", paramLabel = "POD", description = "Its ID, or the start of it.")
        private String start;

        @Parameters(
                index = "1..*",
                arity = "1..*",
                paramLabel = "[LOCAL:]PORT",
                description = "The port here and that of the pod; the same unless given, 0 for any that is free.")
        private List<String> ports;

        @Mixin
        private Transport transport;

        @Override
        void prepare(CriClient.Builder client) {
            transport.prepare(client);
        }

        @Override
        int run(CriClient node) throws InterruptedException {
            String id = CriPodCommands.pod(node, start);
            List<PortForward> open = new ArrayList<>();
            try {
                for (String port : ports) {
                    int[] pair = pair(port);
                    open.add(node.pods().forward(id, pair[0], pair[1], Forward::warn));
                    print("127.0.0.1:" + open.get(open.size() - 1).localPort() + " -> " + pair[1]);
                }
                new CountDownLatch(1).await();
                return 0;
            } finally {
                open.forEach(PortForward::close);
            }
        }

        private static void warn(DavitException failure) {
            System.err.println("davit: " + failure.getMessage());
        }

        private static int[] pair(String text) {
            if (!text.matches("([0-9]{1,5}:)?[0-9]{1,5}")) {
                throw new IllegalArgumentException("port: expected [LOCAL:]PORT, got " + text);
            }
            int colon = text.indexOf(':');
            int port = Integer.parseInt(text.substring(colon + 1));
            return new int[] {colon < 0 ? port : Integer.parseInt(text.substring(0, colon)), port};
        }
    }

    @Command(name = "events", description = "Prints what happens to pods and containers, until it is interrupted.")
    @SuppressWarnings("NullAway.Init")
    static final class Events extends CriSubcommand {
        @Option(names = "--changes", description = "Leaves out what is there at the beginning.")
        private boolean changes;

        @Option(
                names = {"-n", "--last"},
                paramLabel = "N",
                description = "Ends after N events.")
        private @Nullable Integer most;

        @Override
        int run(CriClient node) {
            try (Stream<CriEvent> events = node.events()) {
                events.filter(event -> !changes || !event.initial())
                        .limit(most == null ? Long.MAX_VALUE : most)
                        .forEach(event -> print(line(event)));
                return 0;
            }
        }

        private static String line(CriEvent event) {
            String code = event.exitCode().isPresent()
                    ? ", exit code " + event.exitCode().getAsInt()
                    : "";
            return event.time() + " " + (event.containerId().isPresent() ? "container " : "pod ")
                    + Table.shortId(event.containerId().orElse(event.podId())) + " " + event.name() + " "
                    + event.kind() + code;
        }
    }

    /** How the streams travel, as crictl has it. */
    static final class Transport {
        @Option(
                names = {"-r", "--transport"},
                paramLabel = "TRANSPORT",
                description =
                        "How the streams travel: spdy or websocket. Unless given, the first that the runtime takes.")
        private StreamTransport transport = StreamTransport.AUTO;

        void prepare(CriClient.Builder client) {
            client.streamTransport(transport);
        }
    }

    /**
     * The keys of a terminal on their way to a process, and its output on the way back. The terminal is empty if there are no
     * keys to hand on, or they are not those of a terminal.
     */
    private record Keys(Optional<Terminal> terminal) implements AutoCloseable {
        static Keys of(boolean input) {
            return new Keys(input ? Terminal.raw() : Optional.empty());
        }

        static Terminal.Size size() {
            return Terminal.size().orElse(new Terminal.Size(80, 24));
        }

        /** Lets the terminal of a process grow and shrink with ours, which had a size when it was opened. */
        void follow(ExecProcess process, Terminal.Size first) {
            Resizing resizing = new Resizing(process, first);
            Terminal.onResize(resizing);
            resizing.run();
        }

        static int copy(ExecProcess opened, boolean input, boolean tty) {
            try (ExecProcess process = opened) {
                if (input) {
                    daemon("stdin", () -> {
                        try (OutputStream to = process.stdin()) {
                            copy(System.in, to);
                        }
                    });
                }
                // a terminal has one output
                Thread errors = daemon("stderr", tty ? () -> {} : () -> copy(process.stderr(), System.err));
                copy(process.stdout(), System.out);
                errors.join();
                return process.waitFor();
            } catch (IOException e) {
                throw new IllegalArgumentException("cannot write standard output: " + e.getMessage(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return 130;
            }
        }

        /** What was read is shown at once. */
        private static void copy(InputStream from, OutputStream to) throws IOException {
            byte[] buffer = new byte[16 * 1024];
            for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                to.write(buffer, 0, n);
                to.flush();
            }
        }

        private interface Work {
            void run() throws IOException, InterruptedException;
        }

        /** Its end is nobody's business: whoever waits for the process hears of what went wrong. */
        private static Thread daemon(String name, Work work) {
            Thread thread = new Thread(
                    () -> {
                        try {
                            work.run();
                        } catch (IOException | InterruptedException | DavitException e) {
                            // the process has ended, or its streams have
                        }
                    },
                    name);
            thread.setDaemon(true);
            thread.start();
            return thread;
        }

        @Override
        public void close() {
            terminal.ifPresent(Terminal::close);
        }
    }

    /** Changes the size of a terminal over there, one at a time, so that the last one counts. */
    private static final class Resizing implements Runnable {
        private final ExecProcess process;
        private Terminal.Size last;

        Resizing(ExecProcess process, Terminal.Size first) {
            this.process = process;
            this.last = first;
        }

        @Override
        public synchronized void run() {
            Terminal.Size now = Keys.size();
            if (!now.equals(last)) {
                process.resize(now.columns(), now.rows());
                last = now;
            }
        }
    }
}
