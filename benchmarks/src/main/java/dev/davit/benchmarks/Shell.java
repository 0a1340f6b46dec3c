package dev.davit.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Other processes, and what they use. */
public final class Shell {
    private static final double TICKS_PER_SECOND = 100;

    private Shell() {}

    /**
     * Runs a script in bash, to its end.
     *
     * @param script ends at its first command that fails
     * @param arguments its {@code $1} and so on
     * @return CPU seconds of all its processes, from the shell's own {@code time}
     * @throws IOException if it fails, with what it said
     */
    public static double run(String script, Object... arguments) throws IOException, InterruptedException {
        Path times = Files.createTempFile("davit-times-", "");
        Path log = times.resolveSibling(times.getFileName() + ".log");
        try {
            String timed = "set -euo pipefail; TIMEFORMAT='%U %S'; { time { " + script + "; } 2>&3; } 3>&2 2> \"$0\"";
            List<String> command = new ArrayList<>(List.of("bash", "-c", timed, times.toString()));
            for (Object argument : arguments) {
                command.add(argument.toString());
            }
            int code = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new IOException(script + ": exit code " + code + ": "
                        + Files.readString(log).strip());
            }
            double used = 0;
            for (String word :
                    Files.readString(times, StandardCharsets.UTF_8).strip().split(" ", -1)) {
                used += Double.parseDouble(word);
            }
            return used;
        } finally {
            Files.deleteIfExists(times);
            Files.deleteIfExists(log);
        }
    }

    /** {@return CPU seconds that a process and those of its children that have ended have used} */
    public static double cpu(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
        long ticks = 0;
        for (String field : fields.subList(11, 15)) {
            ticks += Long.parseLong(field);
        }
        return ticks / TICKS_PER_SECOND;
    }

    /** Begins to look for the most memory that a process has. */
    public static void forgetPeakMemory(long pid) throws IOException {
        Files.writeString(Path.of("/proc/" + pid + "/clear_refs"), "5");
    }

    /** {@return the most MiB of memory that a process has had, or 0 if it is gone} */
    public static double peakMemory(long pid) throws IOException {
        Path status = Path.of("/proc/" + pid + "/status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readString(status)
                .lines()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
                .findFirst()
                .orElse(0);
    }

    /** {@return the median, the least and the most} */
    public static String range(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return String.format(
                Locale.ROOT, "%.2f (%.2f-%.2f)", median(values), sorted.get(0), sorted.get(sorted.size() - 1));
    }

    /** {@return the median} */
    public static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int n = sorted.size();
        return n % 2 == 1 ? sorted.get(n / 2) : (sorted.get(n / 2 - 1) + sorted.get(n / 2)) / 2;
    }
}
