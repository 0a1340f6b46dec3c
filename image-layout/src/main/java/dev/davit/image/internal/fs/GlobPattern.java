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

    /** One character of some, which the first closing bracket ends; a hyphen at the start is one of them. */
    private void brackets() {
        regex.append("(?!/)[");
        if (at < glob.length() && glob.charAt(at) == '!') {
            regex.append('^');
            at++;
        }
        boolean isFirst = true;
        int rangeStart = -1;
        for (char c = inBrackets(); c != ']'; c = inBrackets()) {
            boolean isHyphen = c == '-' && !isFirst;
            if (isHyphen && rangeStart < 0) {
                throw wrong("a range without a start");
            }
            if (isHyphen && at < glob.length() && glob.charAt(at) != ']') {
                char end = glob.charAt(at++);
                if (end < rangeStart) {
                    throw wrong("a range that ends before it begins");
                }
                member(regex.append('-'), end);
                rangeStart = -1;
            } else {
                member(regex, c);
                rangeStart = c == '-' ? -1 : c;
            }
            isFirst = false;
        }
        regex.append(']');
    }

    private char inBrackets() {
        if (at == glob.length()) {
            throw wrong("a bracket without an end");
        }
        char c = glob.charAt(at++);
        if (c == '/') {
            throw wrong("a slash in brackets");
        }
        return c;
    }

    private static void member(StringBuilder regex, char c) {
        regex.append(Character.isLetterOrDigit(c) || c > 0x7f ? "" : "\\").append(c);
    }

    private PatternSyntaxException wrong(String what) {
        return new PatternSyntaxException(what, glob, at - 1);
    }
}
