package dev.davit.examples.cli;

import java.util.Locale;

/** Writes numbers of bytes for people. */
public final class Sizes {
    private Sizes() {}

    /** {@return the number with what it counts, in one or many} */
    public static String counted(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    /** {@return the size in the largest decimal unit that fits, such as {@code 12.3 MB}} */
    public static String of(long bytes) {
        if (bytes < 1000) {
            return bytes + " B";
        }
        double value = bytes;
        String unit = "B";
        for (String next : new String[] {"kB", "MB", "GB", "TB"}) {
            if (value < 999.95) {
                break;
            }
            value /= 1000;
            unit = next;
        }
        return String.format(Locale.ROOT, "%.1f %s", value, unit);
    }
}
