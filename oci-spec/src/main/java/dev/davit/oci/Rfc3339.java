package dev.davit.oci;

import dev.davit.oci.internal.Text;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** Times as documents have them. */
final class Rfc3339 {
    private static final Instant FIRST_TIME = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant AFTER_LAST_TIME = Instant.parse("+10000-01-01T00:00:00Z");
    private static final String SECONDS = "0000-00-00T00:00:00";
    private static final int MAX_FRACTION = 9;

    private Rfc3339() {}

    /** {@return the time that a text says} */
    static Instant parse(String text) {
        try {
            Instant utc = parseUtc(text);
            return utc != null ? utc : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new MalformedContentException("time: expected RFC 3339 date and time, got " + Text.quote(text), e);
        }
    }

    /** What nearly all documents have, once for each step: the formatter of the JDK takes most of the time of parsing them. */
    private static @Nullable Instant parseUtc(String text) {
        int length = text.length();
        int fraction = length - SECONDS.length() - 2;
        boolean plain = fraction == -1;
        if (length <= SECONDS.length() || text.charAt(length - 1) != 'Z' || fraction == 0 || fraction > MAX_FRACTION) {
            return null;
        }
        for (int i = 0; i < length - 1; i++) {
            char expected = i < SECONDS.length() ? SECONDS.charAt(i) : i == SECONDS.length() ? '.' : '0';
            char c = text.charAt(i);
            if (expected == '0' ? c < '0' || c > '9' : c != expected) {
                return null;
            }
        }
        int nanos = 0;
        for (int i = 0; i < MAX_FRACTION && !plain; i++) {
            nanos = 10 * nanos + (i < fraction ? text.charAt(SECONDS.length() + 1 + i) - '0' : 0);
        }
        return LocalDateTime.of(
                        number(text, 0, 4),
                        number(text, 5, 7),
                        number(text, 8, 10),
                        number(text, 11, 13),
                        number(text, 14, 16),
                        number(text, 17, 19),
                        nanos)
                .toInstant(ZoneOffset.UTC);
    }

    private static int number(String text, int from, int to) {
        return Integer.parseInt(text, from, to, 10);
    }

    /** {@return a time as text, or null for none} */
    static @Nullable String format(@Nullable Instant time) {
        if (time == null) {
            return null;
        }
        if (time.isBefore(FIRST_TIME) || !time.isBefore(AFTER_LAST_TIME)) {
            throw new IllegalArgumentException("time: expected a year from 0 to 9999, got " + time);
        }
        return time.toString();
    }
}
