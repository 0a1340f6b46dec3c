package dev.davit.examples.quickstart;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Function;

/** Says what is going on while it goes on, and sums it up in the end. */
final class Steps {
    private record Step(String name, Duration time, String result) {}

    private final List<Step> done = new ArrayList<>();

    /**
     * Takes one step.
     *
     * @param name what it does
     * @param work does it
     * @param describe says what came out of it; the first line goes into the summary
     * @return what came out of it
     */
    <T> T run(String name, Callable<T> work, Function<T, String> describe) throws Exception {
        System.out.println("• " + name);
        long start = System.nanoTime();
        T result = work.call();
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        String description = describe.apply(result);
        description.lines().forEach(line -> System.out.println("    " + line));
        done.add(new Step(name, time, description));
        return result;
    }

    void skip(String name, String reason) {
        System.out.println("• " + name + " - skipped: " + reason);
        done.add(new Step(name, Duration.ZERO, "skipped"));
    }

    void summary() {
        System.out.println();
        int width = done.stream().mapToInt(step -> step.name.length()).max().orElse(0);
        for (Step step : done) {
            String time = String.format(Locale.ROOT, "%7.2f s", step.time.toMillis() / 1000.0);
            System.out.println(step.name + " ".repeat(width - step.name.length()) + "  " + time + "  "
                    + step.result.lines().findFirst().orElse(""));
        }
    }
}
