package dev.davit.cri;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;

/** A line that a container has written. Immutable. */
public final class LogLine {
    private final Instant time;
    private final Stream stream;
    private final byte[] bytes;
    private final boolean complete;

    /** Where a container writes to. One with a terminal has standard output alone. */
    public enum Stream {
        /** Standard output. */
        STDOUT,
        /** Standard error. */
        STDERR
    }

    /**
     * Creates a line.
     *
     * @param time when the runtime got it, or its first part
     * @param stream where the container wrote it to
     * @param text the line without its end
     */
    public LogLine(Instant time, Stream stream, String text) {
        this(time, stream, text.getBytes(StandardCharsets.UTF_8), true);
    }

    LogLine(Instant time, Stream stream, byte[] bytes, boolean complete) {
        this.time = time;
        this.stream = stream;
        this.bytes = bytes;
        this.complete = complete;
    }

    /** {@return when the runtime got it, or its first part, to the nanosecond} */
    public Instant time() {
        return time;
    }

    /** {@return where the container wrote it to} */
    public Stream stream() {
        return stream;
    }

    /** {@return the line as UTF-8 without its end; what is none has become U+FFFD} */
    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** {@return the line as it was written, without its end; a copy} */
    public byte[] bytes() {
        return bytes.clone();
    }

    /**
     * Tells whether the line has an end. It has none if the container has ended in the middle of it, if it is longer than
     * 16 MiB, or if {@link LogOptions#limitBytes} has cut it.
     *
     * @return whether the container ended the line
     */
    public boolean isComplete() {
        return complete;
    }

    int length() {
        return bytes.length;
    }

    LogLine cutTo(long length) {
        return new LogLine(time, stream, Arrays.copyOf(bytes, (int) length), false);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LogLine line
                && line.time.equals(time)
                && line.stream == stream
                && line.complete == complete
                && Arrays.equals(line.bytes, bytes);
    }

    @Override
    public int hashCode() {
        return Objects.hash(time, stream, Arrays.hashCode(bytes));
    }

    /** {@return the text} */
    @Override
    public String toString() {
        return text();
    }
}
