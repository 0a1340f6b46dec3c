package dev.davit.benchmarks.cri;

import dev.davit.benchmarks.Shell;
import dev.davit.cri.ContainerSpec;
import dev.davit.cri.CriClient;
import dev.davit.cri.PodSpec;
import dev.davit.cri.RunningContainer;
import dev.davit.cri.RunningPod;
import dev.davit.image.ImageBuilder;
import dev.davit.image.LayerSpec;
import dev.davit.oci.Platform;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.TemporaryStore;
import dev.davit.testkit.ContainerdInstance;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What takes how long on a real containerd, by Davit in a warm JVM and by {@code ctr}, which is a process for each call, and
 * makes a container without a pod, network or log.
 */
final class NodeComparison {
    private static final String IMAGE = "davit.test/bench:1";
    private static final Duration SOON = Duration.ofMinutes(1);

    private final CriClient cri;
    private final String[] ctr;

    private NodeComparison(CriClient cri, String... ctr) {
        this.cri = cri;
        this.ctr = ctr;
    }

    /** Arguments: how many rounds, the folder of containerd's programs, and a static busybox. */
    public static void main(String[] args) throws Exception {
        Path programs = Path.of(args[1]);
        try (ContainerdInstance node =
                        ContainerdInstance.builder().programs(programs).start();
                TemporaryStore store = LocalStore.temporary()) {
            node.client()
                    .containerd()
                    .load(
                            ImageBuilder.scratch(Platform.host())
                                    .layer(LayerSpec.named("busybox").file("/bin/busybox", Path.of(args[2]), 0755))
                                    .config(config -> config.entrypoint("/bin/busybox"))
                                    .build(store),
                            IMAGE);
            String socket = node.endpoint().substring("unix://".length());
            System.out.println(node.client().runtime().version());
            new NodeComparison(node.client(), programs.resolve("ctr").toString(), "-a", socket, "-n", "k8s.io")
                    .compare(Integer.parseInt(args[0]));
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    private void compare(int rounds) throws Exception {
        try (RunningPod pod = cri.pods().run(PodSpec.named("bench").hostNetwork())) {
            RunningContainer box = pod.start(ContainerSpec.of("box", IMAGE).args("sleep", "100000"));
            report("exec true", rounds, () -> box.exec("/bin/busybox", "true"));
            report(
                    "exec true, ctr",
                    rounds,
                    () -> ctr("task", "exec", "--exec-id", "x", box.id(), "/bin/busybox", "true"));
            report("ctr version", rounds, () -> ctr("version"));
        }
        report("pod with its own network: run, log, remove", rounds, () -> runToEnd(PodSpec.named("bench")));
        report(
                "pod with the node's network: run, log, remove",
                rounds,
                () -> runToEnd(PodSpec.named("bench").hostNetwork()));
        report("ctr run --rm", rounds, () -> ctr("run", "--rm", IMAGE, "bench", "/bin/busybox", "echo", "hello"));
    }

    private void runToEnd(PodSpec spec) {
        try (RunningPod pod = cri.pods().run(spec)) {
            RunningContainer box = pod.start(ContainerSpec.of("box", IMAGE).args("echo", "hello"));
            if (box.waitForExit(SOON) != 0 || box.logs().size() != 1) {
                throw new IllegalStateException("it did not say hello");
            }
        }
    }

    private void ctr(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(ctr));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        if (process.waitFor() != 0) {
            throw new IOException(command + " failed");
        }
    }

    private static void report(String what, int rounds, Work work) throws Exception {
        work.run();
        work.run();
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            long start = System.nanoTime();
            work.run();
            millis.add((System.nanoTime() - start) / 1e6);
        }
        System.out.println(what + ": " + Shell.range(millis) + " ms");
    }
}
