package dev.davit.cri;

import dev.davit.cri.LogLine.Stream;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.internal.JsonReader;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
 * <p>What Docker writes is understood as well: an object of JSON for each record, whose text has the end of the line in it.
 *
 * <p>Not thread-safe.
 */
final class LogParser {
    /** Who writes such a line has other plans than that somebody reads it. */
    static final int LONGEST_LINE = 16 << 20;

    private final Map<Stream, Partial> partials = new EnumMap<>(Stream.class);
    private final ArrayDeque<LogLine> lines = new ArrayDeque<>();
    private long skipped;

    /** The beginning of a line whose end has not come yet. */
    private record Partial(Instant time, ByteArrayOutputStream bytes) {
        LogLine line(Stream stream, boolean complete) {
            return new LogLine(time, stream, bytes.toByteArray(), complete);
        }
    }

    /**
     * Takes a record.
     *
     * @param bytes the record, without the end of the line
     */
    void record(byte[] bytes) {
        try {
            if (bytes.length > 0 && bytes[0] == '{') {
                docker(bytes);
            } else {
                kubernetes(bytes);
            }
        } catch (DateTimeException | IllegalArgumentException | MalformedContentException e) {
            skipped++;
        }
    }

    private void kubernetes(byte[] bytes) {
        int length = bytes.length;
        int afterTime = space(bytes, 0, length);
        int afterStream = space(bytes, afterTime + 1, length);
        int afterTags = space(bytes, afterStream + 1, length);
        Instant time = time(ascii(bytes, 0, afterTime));
        Stream stream = stream(ascii(bytes, afterTime + 1, afterStream));
        boolean ends = ends(ascii(bytes, afterStream + 1, afterTags));
        int content = Math.min(afterTags + 1, length);
        add(time, stream, bytes, content, length - content, ends);
    }

    private void docker(byte[] bytes) {
        String[] members = new String[3];
        JsonReader.parse(
                "record of a log",
                bytes,
                in -> in.object(List.of(), name -> {
                    int at = List.of("time", "stream", "log").indexOf(name);
                    if (at >= 0) {
                        members[at] = in.string();
                    } else {
                        in.skip();
                    }
                }));
        for (String member : members) {
            if (member == null) {
                throw new IllegalArgumentException("record without time, stream or log");
            }
        }
        boolean ends = members[2].endsWith("\n");
        byte[] text = members[2].getBytes(StandardCharsets.UTF_8);
        add(time(members[0]), stream(members[1]), text, 0, text.length - (ends ? 1 : 0), ends);
    }

    private void add(Instant time, Stream stream, byte[] bytes, int from, int length, boolean ends) {
        Partial line = partials.computeIfAbsent(stream, any -> new Partial(time, new ByteArrayOutputStream()));
        line.bytes().write(bytes, from, length);
        if (ends || line.bytes().size() > LONGEST_LINE) {
            partials.remove(stream);
            lines.add(line.line(stream, ends));
        }
    }

    /**
     * Ends the log: what has no end yet is a line now, as when a program ends without writing a last newline. Only for a
     * container that does not run any more; of one that does, the rest of the line may be about to come.
     */
    void finish() {
        partials.forEach((stream, partial) -> lines.add(partial.line(stream, false)));
        partials.clear();
    }

    /** {@return the next line, in the order in which they ended, or null if there is none yet} */
    @Nullable
    LogLine next() {
        return lines.poll();
    }

    /** {@return how many records were none} */
    long skipped() {
        return skipped;
    }

    private static Instant time(String text) {
        return DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(text, Instant::from);
    }

    /** {@return the time at which a record begins, or null if it is none} */
    static @Nullable Instant timeOf(byte[] record) {
        try {
            return time(ascii(record, 0, space(record, 0, record.length)));
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** {@return the stream and the ends of lines that a record has, as far as its first bytes tell} */
    static Head head(byte[] record) {
        int afterTime = space(record, 0, record.length);
        int afterStream = space(record, afterTime + 1, record.length);
        int afterTags = space(record, afterStream + 1, record.length);
        String stream = ascii(record, afterTime + 1, afterStream);
        return new Head(stream, !ascii(record, afterStream + 1, afterTags).startsWith("P"));
    }

    /** The beginning of a record. */
    record Head(String stream, boolean ends) {}

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
