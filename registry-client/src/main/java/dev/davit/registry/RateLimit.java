package dev.davit.registry;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many requests a registry answers in a time, as Docker Hub tells in {@code RateLimit-Limit} and {@code
 * RateLimit-Remaining}.
 *
 * @param limit how many in all
 * @param remaining how many are left
 * @param window in which time, if it says so
 */
public record RateLimit(long limit, long remaining, Optional<Duration> window) {
    private static final Pattern VALUE = Pattern.compile("([0-9]{1,15})(?![0-9])(?:.*;\\s*w=([0-9]{1,9})(?![0-9]))?.*");

    static Optional<RateLimit> of(Reply reply) {
        Optional<Matcher> limit = value(reply, "RateLimit-Limit");
        Optional<Matcher> remaining = value(reply, "RateLimit-Remaining");
        if (limit.isEmpty() || remaining.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new RateLimit(
                Long.parseLong(limit.get().group(1)),
                Long.parseLong(remaining.get().group(1)),
                Optional.ofNullable(limit.get().group(2)).map(seconds -> Duration.ofSeconds(Long.parseLong(seconds)))));
    }

    private static Optional<Matcher> value(Reply reply, String name) {
        return reply.header(name).map(VALUE::matcher).filter(Matcher::matches);
    }
}
