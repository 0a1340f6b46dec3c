package dev.davit.image.internal.tar;

import dev.davit.oci.MalformedContentException;
import dev.davit.oci.internal.Text;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** The numbers in PAX records, and the ranges of all numbers. */
final class Numbers {
    /** IDs have 32 bits; the highest means "leave it as it is" to the system. */
    static final long MAX_ID = (1L << 32) - 2;

    private Numbers() {}

    static long inRange(String what, long value, long min, long max) {
        if (value < min || value > max) {
            throw new MalformedContentException(what + ": expected " + min + " to " + max + ", got " + value);
        }
        return value;
    }

    /** {@return digits only: no sign, no white space} */
    static long decimal(String what, byte[] text) {
        if (text.length > 19 || !isDigits(text, 0, text.length)) {
            throw malformed(what, "decimal digits", text);
        }
        return parse(what, text, text.length);
    }

    /** {@return the whole seconds of a time, rounded down} */
    static long seconds(byte[] text) {
        int point = point(text);
        boolean negative = text[0] == '-';
        long whole = parse("mtime", text, point);
        long seconds = negative && nanosOfFraction(text, point) > 0 ? whole - 1 : whole;
        return time(seconds);
    }

    /** {@return the seconds, if they are a time that Java knows} */
    static long time(long seconds) {
        return inRange("mtime", seconds, Instant.MIN.getEpochSecond(), Instant.MAX.getEpochSecond());
    }

    /** {@return what is to be added to {@link #seconds}} */
    static int nanos(byte[] text) {
        int fraction = nanosOfFraction(text, point(text));
        return text[0] == '-' && fraction > 0 ? 1_000_000_000 - fraction : fraction;
    }

    /** {@return where the whole seconds end} */
    private static int point(byte[] text) {
        int from = text.length > 0 && text[0] == '-' ? 1 : 0;
        int point = from;
        while (point < text.length && text[point] != '.') {
            point++;
        }
        boolean fraction = point == text.length || isDigits(text, point + 1, text.length) || point + 1 == text.length;
        if (!isDigits(text, from, point) || !fraction) {
            throw malformed("mtime", "seconds since 1970", text);
        }
        return point;
    }

    /** Digits beyond nanoseconds are cut. */
    private static int nanosOfFraction(byte[] text, int point) {
        int nanos = 0;
        for (int i = 1; i <= 9; i++) {
            nanos = nanos * 10 + (point + i < text.length ? text[point + i] - '0' : 0);
        }
        return nanos;
    }

    private static boolean isDigits(byte[] text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text[i] < '0' || text[i] > '9') {
                return false;
            }
        }
        return to > from;
    }

    private static long parse(String what, byte[] text, int length) {
        try {
            return Long.parseLong(new String(text, 0, length, StandardCharsets.US_ASCII));
        } catch (NumberFormatException e) {
            throw malformed(what, "a number of 64 bits", text);
        }
    }

    private static MalformedContentException malformed(String what, String expected, byte[] text) {
        return new MalformedContentException(
                what + ": expected " + expected + ", got " + Text.quote(new String(text, StandardCharsets.ISO_8859_1)));
    }
}
