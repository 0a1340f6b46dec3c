package dev.davit.cri;

import dev.davit.cri.LogLine.Stream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Makes lines out of the records of a CRI log file. A record is one line of the file:
 *
 * <pre>{@code
 * 2026-11-22T08:33:00.235121976Z stdout F hello, world
 * }</pre>
 *
 * <p>The third word is a list of tags; its first one says whether the record ends a line (F) or is a part of one that
 * goes on in the next record of the same stream (P). Parts are cut between any two bytes, so they are joined as bytes.
 * Records of the two streams may come in between each other.
 *
 * <p>Not thread-safe.
 */
final class LogParser {
    private final Map<Stream, Partial> partials = new EnumMap<>(Stream.class);
    private final List<LogLine> lines = new ArrayList<>();
    private long skipped;

    /** The beginning of a line whose end has not come yet. */
    private record Partial(Instant time, ByteArrayOutputStream bytes) {
        LogLine line(Stream stream) {
            return new LogLine(time, stream, bytes.toString(StandardCharsets.UTF_8));
        }
    }

    /**
     * Takes a record.
     *
     * @param bytes the record, without the end of the line
     */
    void record(byte[] bytes) {
        int length = bytes.length;
        int afterTime = space(bytes, 0, length);
        int afterStream = space(bytes, afterTime + 1, length);
        int afterTags = space(bytes, afterStream + 1, length);
        try {
            Instant time = DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(ascii(bytes, 0, afterTime), Instant::from);
            Stream stream = stream(ascii(bytes, afterTime + 1, afterStream));
            boolean ends = ends(ascii(bytes, afterStream + 1, afterTags));
            int content = Math.min(afterTags + 1, length);
            Partial line = partials.computeIfAbsent(stream, any -> new Partial(time, new ByteArrayOutputStream()));
            line.bytes().write(bytes, content, length - content);
            if (ends) {
                partials.remove(stream);
                lines.add(line.line(stream));
            }
        } catch (DateTimeException | IllegalArgumentException e) {
            skipped++;
        }
    }

    /**
     * Ends the log: what has no end yet is a line now, as when a program ends without writing a last newline. Only for a
     * container that does not run any more; of one that does, the rest of the line may be about to come.
     */
    void finish() {
        partials.forEach((stream, partial) -> lines.add(partial.line(stream)));
        partials.clear();
    }

    /** {@return the lines so far, in the order in which they ended} */
    List<LogLine> lines() {
        return List.copyOf(lines);
    }

    /** {@return how many records were none} */
    long skipped() {
        return skipped;
    }

    private static int space(byte[] bytes, int from, int length) {
        for (int i = from; i < length; i++) {
            if (bytes[i] == ' ') {
                return i;
            }
        }
        return length;
    }

    private static String ascii(byte[] bytes, int from, int to) {
        return from >= to ? "" : new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }

    private static Stream stream(String word) {
        return switch (word) {
            case "stdout" -> Stream.STDOUT;
            case "stderr" -> Stream.STDERR;
            default -> throw new IllegalArgumentException(word);
        };
    }

    private static boolean ends(String tags) {
        return switch (tags.split(":", 2)[0]) {
            case "F" -> true;
            case "P" -> false;
            default -> throw new IllegalArgumentException(tags);
        };
    }
}
