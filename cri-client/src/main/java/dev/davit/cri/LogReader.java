package dev.davit.cri;

import dev.davit.oci.StorageException;
import java.lang.System.Logger;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the log of a container from its files, and waits for more if that is wanted. Nothing is lost or doubled when files
 * are renamed, compressed or begun meanwhile, as long as none is removed before it was reached.
 *
 * <p>Waiting is asking the open file for more, a few times in a second. Nothing is read twice for that, and it takes no
 * thread and none of the few watches that a system has. Not thread-safe, but may be closed by another thread.
 */
final class LogReader implements AutoCloseable {
    private static final Logger LOGGER = System.getLogger(LogReader.class.getName());
    private static final long FIRST_PAUSE_MILLIS = 5;
    private static final long LONGEST_PAUSE_MILLIS = 200;
    private static final long BETWEEN_QUESTIONS_NANOS = 250_000_000L;

    /** A runtime that begins a new file may write what it still has in its pipes to the old one. */
    private static final long LINGER_NANOS = 2_000_000_000L;

    private final Path file;
    private final LogFiles files;
    private final LogOptions options;
    private final BooleanSupplier running;
    private final LogParser parser = new LogParser();
    private final List<Old> old = new ArrayList<>();
    private final ArrayDeque<LogLine> last = new ArrayDeque<>();
    private @Nullable LogSegment segment;
    private @Nullable Object key;
    private boolean settled;
    private boolean begun;
    private boolean ended;
    private boolean finished;
    private long left;
    private long asked;
    private volatile boolean closed;

    /** A file that another one came after, and until when it is looked at. */
    private record Old(LogSegment segment, long until) {}

    /**
     * A reader.
     *
     * @param file the log as the runtime names it
     * @param options which lines
     * @param running asks whether the container may still write
     */
    LogReader(Path file, LogOptions options, BooleanSupplier running) {
        this.file = file;
        this.files = new LogFiles(file);
        this.options = options;
        this.running = running;
        this.left = options.limitBytes().orElse(Long.MAX_VALUE);
    }

    /**
     * Reads a line, and waits for it if lines are to be followed.
     *
     * @return the next line, or null if there is none, and will be none
     */
    @Nullable
    LogLine next() {
        try {
            return left <= 0 ? null : limited();
        } catch (StorageException e) {
            if (closed) {
                return null;
            }
            throw e;
        }
    }

    private @Nullable LogLine limited() {
        LogLine line = options.tail().isPresent() ? nextOfTail(options.tail().getAsInt()) : nextWanted(true);
        if (line != null && line.length() > left) {
            line = line.cutTo(left);
        }
        left -= line == null ? 0 : line.length();
        return line;
    }

    /** All lines that there are go through a window; the last ones stay in it. */
    private @Nullable LogLine nextOfTail(int lines) {
        if (!finished) {
            for (LogLine line = nextWanted(false); line != null; line = nextWanted(false)) {
                last.add(line);
                if (last.size() > lines) {
                    last.remove();
                }
            }
            finished = true;
        }
        LogLine line = last.poll();
        return line != null ? line : nextWanted(true);
    }

    private @Nullable LogLine nextWanted(boolean wait) {
        long pause = FIRST_PAUSE_MILLIS;
        while (!closed) {
            for (LogLine line = parser.next(); line != null; line = parser.next()) {
                if (options.wants(line)) {
                    return line;
                }
            }
            if (ended) {
                return null;
            }
            if (feed()) {
                pause = FIRST_PAUSE_MILLIS;
            } else if (!mayGrow()) {
                finish();
            } else if (!options.follows()) {
                ended = true;
            } else if (!wait) {
                return null;
            } else {
                Wire.sleep(pause, "follow the log " + file);
                pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
            }
        }
        return null;
    }

    /** Takes what was written before the container ended; what has no end by now is a line as well. */
    private void finish() {
        boolean more;
        do {
            more = feed();
        } while (more);
        parser.finish();
        ended = true;
        if (parser.skipped() > 0) {
            LOGGER.log(
                    Logger.Level.WARNING,
                    "{0}: {1} lines were no log records and were skipped",
                    file,
                    parser.skipped());
        }
    }

    /** Asks seldom: whether a container has ended need not be known at once. */
    private boolean mayGrow() {
        long now = System.nanoTime();
        if (options.follows() && asked != 0 && now - asked < BETWEEN_QUESTIONS_NANOS) {
            return true;
        }
        asked = now;
        return running.getAsBoolean();
    }

    /**
     * Gives the parser a record of the files, in their order.
     *
     * @return whether there was one
     */
    private boolean feed() {
        if (!begun) {
            begin();
        }
        if (feedFrom(segment)) {
            return true;
        }
        for (Iterator<Old> each = old.iterator(); each.hasNext(); ) {
            Old one = each.next();
            if (feedFrom(one.segment())) {
                return true;
            }
            if (System.nanoTime() > one.until()) {
                one.segment().close();
                each.remove();
            }
        }
        return turn();
    }

    private boolean feedFrom(@Nullable LogSegment from) {
        byte[] record = from == null ? null : from.record();
        if (record != null) {
            parser.record(record);
        }
        return record != null;
    }

    private void begin() {
        begun = true;
        files.require();
        options.since().ifPresent(files::skipBefore);
        segment = options.tail().isPresent() && options.since().isEmpty()
                ? files.tail(Math.max(1, options.tail().getAsInt()))
                : files.next();
    }

    /**
     * Goes on with the next file, if there is one.
     *
     * @return whether there was
     */
    private boolean turn() {
        Object now = files.current();
        if (settled && now != null && now.equals(key)) {
            return false;
        }
        key = now;
        LogSegment next = files.next();
        // A new file is the next one when there is something in it: before, the old one may still grow.
        settled = next == null && files.isCurrentRead();
        if (next == null) {
            return false;
        }
        if (segment != null) {
            old.add(new Old(segment, System.nanoTime() + LINGER_NANOS));
        }
        segment = next;
        return true;
    }

    @Override
    public void close() {
        closed = true;
        if (segment != null) {
            segment.close();
        }
        old.forEach(each -> each.segment().close());
    }
}
