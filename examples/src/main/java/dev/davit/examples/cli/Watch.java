package dev.davit.examples.cli;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** How often something is measured: the use of a processor shows between two measurements only. A mixin. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class Watch {
    @Option(
            names = {"-w", "--watch"},
            description = "Goes on until it is interrupted.")
    private boolean watch;

    @Option(
            names = {"-s", "--seconds"},
            paramLabel = "N",
            defaultValue = "1",
            description = "The time between two measurements; ${DEFAULT-VALUE} unless given.")
    private int seconds;

    /** Measures twice, or, watching, again and again. */
    <T> int twice(Supplier<List<T>> measure, BiConsumer<List<T>, List<T>> show) throws InterruptedException {
        List<T> before = measure.get();
        do {
            Thread.sleep(Duration.ofSeconds(seconds).toMillis());
            List<T> now = measure.get();
            show.accept(before, now);
            before = now;
        } while (watch);
        return 0;
    }

    static String percent(Optional<OptionalDouble> value) {
        return value.filter(OptionalDouble::isPresent)
                .map(percent -> String.format(Locale.ROOT, "%.2f", percent.getAsDouble()))
                .orElse("");
    }

    static String size(Optional<OptionalLong> bytes) {
        return bytes.filter(OptionalLong::isPresent)
                .map(size -> Sizes.of(size.getAsLong()))
                .orElse("");
    }

    static String number(OptionalLong value) {
        return value.isPresent() ? String.valueOf(value.getAsLong()) : "";
    }

    static <T> OptionalLong sum(List<T> all, Function<T, OptionalLong> value) {
        return OptionalLong.of(
                all.stream().map(value).mapToLong(each -> each.orElse(0)).sum());
    }
}
