package dev.davit.cri;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Which lines of a log are wanted.
 *
 * <pre>{@code
 * try (Stream<LogLine> lines = container.logs(LogOptions.all().tail(100).follow())) {
 *     lines.forEach(System.out::println);
 * }
 * }</pre>
 *
 * <p>Immutable: each method that sets something returns new options.
 */
public final class LogOptions {
    private static final LogOptions ALL = new LogOptions(new Settings(false, false, false, null, null, null, null));

    private final Settings settings;

    private record Settings(
            boolean follow,
            boolean restarts,
            boolean previous,
            LogLine.@Nullable Stream stream,
            @Nullable Integer tail,
            @Nullable Instant since,
            @Nullable Long limitBytes) {}

    private LogOptions(Settings settings) {
        this.settings = settings;
    }

    /** {@return all lines that there are, of both streams} */
    public static LogOptions all() {
        return ALL;
    }

    /** {@return options for lines that are still to come as well, until the container has ended} */
    public LogOptions follow() {
        Settings s = settings;
        return new LogOptions(new Settings(true, s.restarts, s.previous, s.stream, s.tail, s.since, s.limitBytes));
    }

    /**
     * Goes on with the container of the same name that comes after one that has ended, until the pod has ended.
     *
     * @return options that follow
     */
    public LogOptions followRestarts() {
        Settings s = settings;
        return new LogOptions(new Settings(true, true, s.previous, s.stream, s.tail, s.since, s.limitBytes));
    }

    /** {@return options for the log of the container of the same name that was before this one} */
    public LogOptions previous() {
        Settings s = settings;
        return new LogOptions(new Settings(s.follow, s.restarts, true, s.stream, s.tail, s.since, s.limitBytes));
    }

    /**
     * Wants one stream.
     *
     * @param stream which one
     * @return new options
     */
    public LogOptions stream(LogLine.Stream stream) {
        Settings s = settings;
        return new LogOptions(new Settings(s.follow, s.restarts, s.previous, stream, s.tail, s.since, s.limitBytes));
    }

    /**
     * Leaves out all but the last lines of those that there are.
     *
     * @param lines how many lines are wanted, from 0 to 100,000
     * @return new options
     * @throws IllegalArgumentException if that is less or more
     */
    public LogOptions tail(int lines) {
        if (lines < 0 || lines > 100_000) {
            throw new IllegalArgumentException("tail: expected 0 to 100000 lines, got " + lines);
        }
        Settings s = settings;
        return new LogOptions(new Settings(s.follow, s.restarts, s.previous, s.stream, lines, s.since, s.limitBytes));
    }

    /**
     * Leaves out lines from before some time.
     *
     * @param time the time
     * @return new options
     */
    public LogOptions since(Instant time) {
        Settings s = settings;
        return new LogOptions(new Settings(s.follow, s.restarts, s.previous, s.stream, s.tail, time, s.limitBytes));
    }

    /**
     * Ends after some bytes, and cuts the last line there.
     *
     * @param bytes how many bytes of text, ends of lines not counted
     * @return new options
     * @throws IllegalArgumentException if that is negative
     */
    public LogOptions limitBytes(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("limit: expected zero or more bytes, got " + bytes);
        }
        Settings s = settings;
        return new LogOptions(new Settings(s.follow, s.restarts, s.previous, s.stream, s.tail, s.since, bytes));
    }

    boolean follows() {
        return settings.follow;
    }

    boolean followsRestarts() {
        return settings.restarts;
    }

    boolean isOfPrevious() {
        return settings.previous;
    }

    OptionalInt tail() {
        return settings.tail == null ? OptionalInt.empty() : OptionalInt.of(settings.tail);
    }

    Optional<Instant> since() {
        return Optional.ofNullable(settings.since);
    }

    OptionalLong limitBytes() {
        return settings.limitBytes == null ? OptionalLong.empty() : OptionalLong.of(settings.limitBytes);
    }

    /** {@return whether a line is of the wanted stream and time} */
    boolean wants(LogLine line) {
        return (settings.stream == null || settings.stream == line.stream())
                && (settings.since == null || !line.time().isBefore(settings.since));
    }

    /** The same for the containers that come after the first one. */
    LogOptions forSuccessor() {
        Settings s = settings;
        return new LogOptions(new Settings(true, true, false, s.stream, null, null, s.limitBytes));
    }
}
