package dev.davit.registry;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** Reads {@code Retry-After}: seconds or a date (RFC 9110, section 10.2.3). */
final class RetryAfter {
    private RetryAfter() {}

    /** {@return how long to wait from now, never negative; null if the value is neither} */
    static @Nullable Duration parse(String value) {
        return parse(value, Instant.now());
    }

    static @Nullable Duration parse(String value, Instant now) {
        String text = value.strip();
        if (text.matches("[0-9]{1,9}(\\.[0-9]*)?")) {
            return Duration.ofMillis((long) (Double.parseDouble(text) * 1000));
        }
        if (text.matches("[0-9]+")) {
            return Duration.ofDays(365);
        }
        try {
            Instant at = DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from);
            Duration wait = Duration.between(now, at);
            return wait.isNegative() ? Duration.ZERO : wait;
        } catch (DateTimeException e) {
            return null;
        }
    }
}
