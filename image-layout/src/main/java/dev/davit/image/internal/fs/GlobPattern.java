package dev.davit.image.internal.fs;

import java.nio.file.PathMatcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** The patterns of {@link java.nio.file.FileSystem#getPathMatcher}, which is where their rules are written down. */
final class GlobPattern {
    private static final String REGEX_SPECIAL = "\\.^$|()[]{}*+?";

    private final String glob;
    private final StringBuilder regex = new StringBuilder();
    private int at;

    private GlobPattern(String glob) {
        this.glob = glob;
    }

    static PathMatcher matcher(String syntaxAndPattern) {
        int colon = syntaxAndPattern.indexOf(':');
        if (colon < 1) {
            throw new IllegalArgumentException(
                    "pattern: expected glob:PATTERN or regex:PATTERN, got \"" + syntaxAndPattern + "\"");
        }
        String syntax = syntaxAndPattern.substring(0, colon);
        String text = syntaxAndPattern.substring(colon + 1);
        Pattern pattern;
        if (syntax.equalsIgnoreCase("glob")) {
            pattern = Pattern.compile(new GlobPattern(text).toRegex(), Pattern.DOTALL);
        } else if (syntax.equalsIgnoreCase("regex")) {
            pattern = Pattern.compile(text);
        } else {
            throw new UnsupportedOperationException("patterns of the syntax \"" + syntax + "\"");
        }
        return path -> pattern.matcher(path.toString()).matches();
    }

    private String toRegex() {
        boolean inGroup = false;
        while (at < glob.length()) {
            char c = glob.charAt(at++);
            switch (c) {
                case '\\' -> {
                    if (at == glob.length()) {
                        throw wrong("nothing behind the last backslash");
                    }
                    literal(glob.charAt(at++));
                }
                case '[' -> brackets();
                case '{' -> {
                    if (inGroup) {
                        throw wrong("a group in a group");
                    }
                    regex.append("(?:(?:");
                    inGroup = true;
                }
                case '}' -> {
                    regex.append(inGroup ? "))" : "\\}");
                    inGroup = false;
                }
                case ',' -> regex.append(inGroup ? ")|(?:" : ",");
                case '*' -> {
                    boolean crosses = at < glob.length() && glob.charAt(at) == '*';
                    at += crosses ? 1 : 0;
                    regex.append(crosses ? ".*" : "[^/]*");
                }
                case '?' -> regex.append("[^/]");
                default -> literal(c);
            }
        }
        if (inGroup) {
            throw wrong("a group without an end");
        }
        return regex.toString();
    }

    private void literal(char c) {
        regex.append(REGEX_SPECIAL.indexOf(c) >= 0 ? "\\" : "").append(c);
    }

    private void brackets() {
        int end = glob.indexOf(']', at + (at < glob.length() && glob.charAt(at) == '!' ? 2 : 1));
        if (end < 0) {
            throw wrong("a bracket without an end");
        }
        // no bracket matches a slash
        regex.append("(?!/)[");
        if (glob.charAt(at) == '!') {
            regex.append('^');
            at++;
        }
        for (; at < end; at++) {
            char c = glob.charAt(at);
            boolean isRange = c == '-' && at + 1 < end && glob.charAt(at - 1) != '[' && glob.charAt(at - 1) != '!';
            if (isRange && glob.charAt(at - 1) > glob.charAt(at + 1)) {
                throw wrong("a range that ends before it begins");
            }
            regex.append(isRange || Character.isLetterOrDigit(c) || c > 0x7f ? "" : "\\")
                    .append(c);
        }
        at = end + 1;
        regex.append(']');
    }

    private PatternSyntaxException wrong(String what) {
        return new PatternSyntaxException(what, glob, at - 1);
    }
}
