package dev.davit.registry;

import java.time.Duration;
import java.time.Instant;
import okhttp3.Headers;
import org.jspecify.annotations.Nullable;

/** Reads {@code Retry-After}: seconds or a date (RFC 9110, section 10.2.3). */
final class RetryAfter {
    private static final String NAME = "Retry-After";

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
        // in any of the three forms that a date may have (section 5.6.7)
        Instant at = new Headers.Builder().addUnsafeNonAscii(NAME, text).build().getInstant(NAME);
        if (at == null) {
            return null;
        }
        Duration wait = Duration.between(now, at);
        return wait.isNegative() ? Duration.ZERO : wait;
    }
}
