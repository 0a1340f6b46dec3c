package dev.davit.benchmarks.transfer;

import dev.davit.benchmarks.Shell;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Something that transfers images, in a process of its own. */
interface Subject extends AutoCloseable {
    /** What a transfer took: seconds, seconds and MiB. */
    record Cost(double wall, double cpu, double memory) {}

    /**
     * Transfers.
     *
     * @throws UnsupportedOperationException if it cannot do that
     */
    Cost run(Transfer transfer) throws Exception;

    @Override
    void close();

    /** A JVM that stays. */
    final class Jvm implements Subject {
        private final Process process;
        private final PrintWriter to;
        private final BufferedReader from;

        Jvm(String client, Path log) throws IOException {
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx512m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Agent.class.getName(),
                            client)
                    .redirectError(log.toFile())
                    .start();
            to = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
            from = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            from.readLine();
        }

        @Override
        public Cost run(Transfer transfer) throws Exception {
            ask("gc");
            Shell.forgetPeakMemory(process.pid());
            double cpu = Shell.cpu(process.pid());
            long start = System.nanoTime();
            ask(transfer.operation() + " " + transfer.from() + " " + transfer.to() + " "
                    + String.join(" ", transfer.image().tags()));
            double wall = (System.nanoTime() - start) / 1e9;
            return new Cost(wall, Shell.cpu(process.pid()) - cpu, Shell.peakMemory(process.pid()));
        }

        private void ask(String line) throws IOException {
            to.println(line);
            String answer = from.readLine();
            if ("unsupported".equals(answer)) {
                throw new UnsupportedOperationException(line);
            }
            if (!"done".equals(answer)) {
                throw new IOException(String.valueOf(answer));
            }
        }

        @Override
        public void close() {
            process.destroy();
            process.onExit().join();
        }
    }

    /**
     * skopeo, a process for each image, with nothing remembered from earlier runs.
     *
     * @param program its path
     * @param folder for its files
     */
    record Skopeo(Path program, Path folder) implements Subject {
        private static final String COPY =
                " --insecure-policy --tmpdir $HOME copy -q --src-tls-verify=false --dest-tls-verify=false ";

        @Override
        public Cost run(Transfer transfer) throws Exception {
            String places = switch (transfer.operation()) {
                case "pull" -> "docker://" + transfer.from() + ":$t oci:" + transfer.to() + "/$t:latest";
                case "push" -> "oci:" + transfer.from() + "/$t:latest docker://" + transfer.to() + ":$t";
                default -> "docker://" + transfer.from() + ":$t docker://" + transfer.to() + ":$t";
            };
            // root's memory of where blobs are is in /var/lib; a name space of mounts hides it
            String script = "unshare -m bash -c 'mount -t tmpfs none /var/lib/containers; export HOME=" + folder
                    + "; mkdir -p " + transfer.to() + "; for t in "
                    + String.join(" ", transfer.image().tags())
                    + "; do rm -rf /var/lib/containers/*; " + program + COPY + places + "; done'";
            long start = System.nanoTime();
            Peak peak = new Peak(program.getFileName().toString());
            double cpu = Shell.run("mkdir -p /var/lib/containers; " + script);
            return new Cost((System.nanoTime() - start) / 1e9, cpu, peak.end());
        }

        @Override
        public void close() {}
    }

    /** Looks again and again how much memory the children of this process have. */
    final class Peak extends Thread {
        private volatile boolean ended;
        private double most;

        Peak(String program) {
            super("memory of " + program);
            setDaemon(true);
            start();
        }

        @Override
        public void run() {
            try {
                while (!ended) {
                    List<ProcessHandle> children = ProcessHandle.current()
                            .children()
                            .flatMap(ProcessHandle::descendants)
                            .toList();
                    for (ProcessHandle child : children) {
                        most = Math.max(most, Shell.peakMemory(child.pid()));
                    }
                    TimeUnit.MILLISECONDS.sleep(20);
                }
            } catch (IOException | InterruptedException e) {
                // the process has just ended
            }
        }

        double end() throws InterruptedException {
            ended = true;
            join();
            return most;
        }
    }
}
