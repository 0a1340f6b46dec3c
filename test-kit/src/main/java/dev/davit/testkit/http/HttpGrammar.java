package dev.davit.testkit.http;

/** The few productions of RFC 9110 that both directions need. */
final class HttpGrammar {
    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    private HttpGrammar() {}

    static boolean isToken(String text) {
        if (text.isEmpty()) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean alphanumeric = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
            if (!alphanumeric && TOKEN_MARKS.indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }

    /** Visible characters, blanks, tabs and the bytes above ASCII: no CR, LF or NUL that could begin another field. */
    static boolean isFieldValue(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7f || c > 0xff) {
                return false;
            }
        }
        return true;
    }

    /** Returns the text cut to a length fit for a message, its control characters escaped. */
    static String printable(String text) {
        StringBuilder safe = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), 100); i++) {
            char c = text.charAt(i);
            safe.append(c < ' ' || c > '~' ? String.format("\\u%04x", (int) c) : String.valueOf(c));
        }
        return text.length() > 100 ? safe + "…" : safe.toString();
    }
}
