package dev.davit.benchmarks.unpack;

import com.sun.management.OperatingSystemMXBean;
import dev.davit.benchmarks.Results;
import dev.davit.benchmarks.Shell;
import dev.davit.image.OciLayout;
import dev.davit.image.Unpacker;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Unpacks layers by Davit and by others in turn, again and again, and compares each with the Davit of its own round. What is
 * Java runs in this JVM, which has been warm since the first rounds, whose results do not count; programs need not run in those.
 *
 * <p>Arguments: the folder of the corpora, a folder to unpack to, how many rounds count, a file for all results as JSON,
 * layers such as {@code distro-gz}, and subjects, separated by commas; everything if there are none.
 */
public final class UnpackComparison {
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final String DAVIT = "davit";
    /** Rounds that do not count, in which the JVM still compiles: of the first layer, and of each later one. */
    private static final int WARM = 5;

    private static final int WARM_AGAIN = 2;
    private static final String ALL = "distro-gz,jvm-gz,node-gz,blob-gz,distro-zst,jvm-zst,node-zst,blob-zst";

    private final Path to;
    private final int rounds;
    private int warm = WARM;
    private final Map<String, Subject> subjects = new LinkedHashMap<>();
    private final PrintStream out = System.out;
    private final Results results = new Results();

    private UnpackComparison(Path to, int rounds) {
        this.to = to;
        this.rounds = rounds;
    }

    /** What one run took, in seconds and bytes. */
    private record Run(double wall, double cpu, long allocated) {}

    /** Compares. */
    public static void main(String[] args) throws Exception {
        Path corpora = Path.of(args[0]);
        Path to = Path.of(args[1]).toAbsolutePath();
        Path results = Path.of(args[3]);
        List<String> names = List.of((args.length > 4 ? args[4] : ALL).split(","));
        List<String> wanted = args.length > 5 ? List.of(args[5].split(",")) : List.of();
        Files.createDirectories(to);
        UnpackComparison comparison = new UnpackComparison(to.resolve("tree"), Integer.parseInt(args[2]));
        try (Programs programs = new Programs(to)) {
            comparison.subjects.put(DAVIT, (layer, target) -> {
                Unpacker.into(target).unpack(layer.image());
                return 0;
            });
            comparison.subjects.put("GZIPInputStream loop", new JavaLoop(false));
            comparison.subjects.put("commons-compress loop", new JavaLoop(true));
            OciLayout layout = OciLayout.at(to.resolve("layout"));
            comparison.subjects.put("floor", new Floor(corpora, layout));
            comparison.subjects.putAll(new TreeMap<>(programs.subjects()));
            if (!wanted.isEmpty()) {
                comparison.subjects.keySet().removeIf(name -> !name.equals(DAVIT) && !wanted.contains(name));
            }
            for (String name : names) {
                String[] layer = name.split("-", 2);
                comparison.compare(CorpusLayer.of(corpora, layer[0], layer[1], layout));
                comparison.results.write(results);
            }
        } finally {
            Shell.run("rm -rf $1", to, to);
        }
    }

    private void compare(CorpusLayer layer) throws Exception {
        Map<String, List<Run>> all = new LinkedHashMap<>();
        Set<String> others = new HashSet<>();
        for (int round = -warm; round < rounds; round++) {
            for (Map.Entry<String, Subject> each : subjects.entrySet()) {
                if (others.contains(each.getKey()) || (round < 0 && !isJava(each.getValue()))) {
                    continue;
                }
                Shell.run("rm -rf $1", to, to);
                try {
                    Run run = run(each.getValue(), layer);
                    if (round >= 0) {
                        all.computeIfAbsent(each.getKey(), key -> new ArrayList<>())
                                .add(run);
                        note(layer, each.getKey(), round, run);
                    }
                } catch (UnsupportedOperationException e) {
                    others.add(each.getKey());
                } catch (IOException e) {
                    out.printf("%s %s failed: %s%n", layer, each.getKey(), e.getMessage());
                    all.remove(each.getKey());
                    others.add(each.getKey());
                }
            }
        }
        warm = WARM_AGAIN;
        all.forEach((name, runs) -> print(layer, name, runs, all.getOrDefault(DAVIT, List.of())));
    }

    private boolean isJava(Subject subject) {
        return subject == subjects.get(DAVIT) || subject instanceof JavaLoop || subject instanceof Floor;
    }

    private Run run(Subject subject, CorpusLayer layer) throws Exception {
        long allocated = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
        long cpu = PROCESS.getProcessCpuTime();
        long start = System.nanoTime();
        double others = subject.unpack(layer, to);
        long end = System.nanoTime();
        return new Run(
                (end - start) / 1e9,
                (PROCESS.getProcessCpuTime() - cpu) / 1e9 + others,
                THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - allocated);
    }

    private void note(CorpusLayer layer, String subject, int round, Run run) {
        results.add(String.format(
                Locale.ROOT,
                "{\"layer\":\"%s\",\"subject\":\"%s\",\"round\":%d,\"wall\":%.3f,\"cpu\":%.3f,\"allocated\":%d,"
                        + "\"load\":%.2f}",
                layer,
                subject,
                round,
                run.wall(),
                run.cpu(),
                run.allocated(),
                PROCESS.getSystemLoadAverage()));
    }

    private void print(CorpusLayer layer, String name, List<Run> runs, List<Run> davit) {
        List<Double> cpu = new ArrayList<>();
        List<Double> wall = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            cpu.add(runs.get(i).cpu() / davit.get(i).cpu());
            wall.add(runs.get(i).wall() / davit.get(i).wall());
        }
        out.printf(
                Locale.ROOT,
                "%-10s %-22s cpu %6.2f s  wall %6.2f s  %4.0f MB/s cpu  against davit: cpu %s  wall %s  allocated %.1f MB%n",
                layer,
                name,
                Shell.median(runs.stream().map(Run::cpu).toList()),
                Shell.median(runs.stream().map(Run::wall).toList()),
                layer.archiveBytes()
                        / 1e6
                        / Shell.median(runs.stream().map(Run::cpu).toList()),
                Shell.range(cpu),
                Shell.range(wall),
                Shell.median(runs.stream().map(run -> (double) run.allocated()).toList()) / 1e6);
    }
}
