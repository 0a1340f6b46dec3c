package dev.davit.benchmarks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What one run of a comparison has measured, and on which machine: a file of its own, so that figures of two machines or two
 * days are never mixed. For one thread.
 */
public final class Results {
    private final Instant begun = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    private final double loadBefore = load();
    private final List<String> runs = new ArrayList<>();

    /** Adds a measurement, a JSON object on one line. */
    public void add(String run) {
        runs.add(run);
    }

    /** Writes all as JSON. */
    public void write(Path file) throws IOException {
        String machine = String.format(
                Locale.ROOT,
                "{\"date\":\"%s\",\"processor\":\"%s\",\"cores\":%d,\"memoryGiB\":%d,\"system\":\"%s %s\",\"jdk\":\"%s\","
                        + "\"loadBefore\":%.2f,\"loadAfter\":%.2f}",
                begun,
                fact("/proc/cpuinfo", "model name"),
                Runtime.getRuntime().availableProcessors(),
                Long.parseLong(fact("/proc/meminfo", "MemTotal").replaceAll("[^0-9]", "")) >> 20,
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("java.vm.version"),
                loadBefore,
                load());
        Files.writeString(file, "{\"machine\":" + machine + ",\n\"runs\":[\n" + String.join(",\n", runs) + "\n]}\n");
    }

    /** How many processes want to run: what else goes on makes seconds longer, and ratios less certain. */
    private static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    private static String fact(String file, String name) throws IOException {
        return Files.readString(Path.of(file))
                .lines()
                .filter(line -> line.startsWith(name))
                .findFirst()
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .orElse("0");
    }
}
