package dev.davit.oci.internal;

import org.jspecify.annotations.Nullable;

/** Makes foreign text fit for a message: one line, no control characters, of bounded length. */
public final class Text {
    private static final int LIMIT = 200;

    private Text() {}

    /** {@return the text in double quotes, escaped and cut} */
    public static String quote(String text) {
        return '"' + plain(text) + '"';
    }

    /** {@return the text, escaped and cut after some 200 characters, without quotes} */
    public static String plain(String text) {
        return plain(text, LIMIT);
    }

    /** {@return the text, escaped and cut after some number of characters, without quotes} */
    public static String plain(String text, int limit) {
        StringBuilder out = new StringBuilder(Math.min(text.length(), limit) + 16);
        int at = 0;
        while (at < text.length() && out.length() < limit) {
            int c = text.codePointAt(at);
            at += Character.charCount(c);
            if (isPrintable(c)) {
                out.appendCodePoint(c);
            } else if (c <= 0xffff) {
                out.append(String.format("\\u%04x", c));
            } else {
                out.append(String.format("\\U%08x", c));
            }
        }
        return at < text.length()
                ? out.append("… (").append(text.length()).append(" characters)").toString()
                : out.toString();
    }

    private static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    /** {@return the text, or null if there is none or it is empty} */
    public static @Nullable String nonEmpty(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }

    /** {@return where the first surrogate without its partner is, at or after an index; the length if there is none} */
    static int loneSurrogate(String text, int from) {
        int at = from;
        while (at < text.length()) {
            int c = text.codePointAt(at);
            if (Character.getType(c) == Character.SURROGATE) {
                return at;
            }
            at += Character.charCount(c);
        }
        return at;
    }
}
