package dev.davit.oci.internal;

/** Makes foreign text fit for a message: one line, no control characters, of bounded length. */
public final class Text {
    private static final int LIMIT = 200;

    private Text() {}

    /** {@return the text in double quotes, escaped and cut} */
    public static String quote(String text) {
        return '"' + plain(text) + '"';
    }

    /** {@return the text, escaped and cut, without quotes} */
    public static String plain(String text) {
        StringBuilder out = new StringBuilder(Math.min(text.length(), LIMIT) + 16);
        int at = 0;
        while (at < text.length() && out.length() < LIMIT) {
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
}
