package dev.davit.image.internal;

import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The date that everything built gets, so that building twice gives the same bytes. */
public final class SourceDate {
    private static final String VARIABLE = "SOURCE_DATE_EPOCH";

    private SourceDate() {}

    /**
     * {@return the date that the environment variable {@code SOURCE_DATE_EPOCH} asks for, else 1970-01-01}
     *
     * @throws IllegalArgumentException if it is no number of seconds
     */
    public static Instant get() {
        return parse(System.getenv(VARIABLE));
    }

    /**
     * {@return the date that the environment variable asks for; null if it asks for none}
     *
     * @throws IllegalArgumentException if it is no number of seconds
     */
    public static @Nullable Instant ifSet() {
        String seconds = System.getenv(VARIABLE);
        return seconds == null || seconds.isEmpty() ? null : parse(seconds);
    }

    static Instant parse(@Nullable String seconds) {
        if (seconds == null || seconds.isEmpty()) {
            return Instant.EPOCH;
        }
        try {
            return Instant.ofEpochSecond(Long.parseLong(seconds));
        } catch (NumberFormatException | DateTimeException e) {
            throw new IllegalArgumentException(
                    VARIABLE + ": expected whole seconds since 1970, got \"" + seconds + '"', e);
        }
    }
}
