package dev.davit.cri;

import java.time.Instant;

/**
 * A line that a container has written.
 *
 * @param time when the runtime got it, or its first part, to the nanosecond
 * @param stream where the container wrote it to
 * @param text the line as UTF-8 without its end; what is none has become U+FFFD
 */
public record LogLine(Instant time, Stream stream, String text) {
    /** Where a container writes to. One with a terminal has standard output alone. */
    public enum Stream {
        /** Standard output. */
        STDOUT,
        /** Standard error. */
        STDERR
    }

    /** {@return the text} */
    @Override
    public String toString() {
        return text;
    }
}
