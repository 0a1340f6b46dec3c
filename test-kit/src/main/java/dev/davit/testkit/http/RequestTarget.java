package dev.davit.testkit.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The target of a request line taken apart: path and query parameters, each decoded once. */
record RequestTarget(String path, Map<String, List<String>> parameters) {
    private static final int MAX_PARAMETERS = 100;

    /** Parses the origin form ({@code /path?query}), the absolute form that proxies are sent, and {@code *}. */
    static RequestTarget parse(String target) throws HttpProtocolException {
        for (int i = 0; i < target.length(); i++) {
            if (target.charAt(i) <= ' ' || target.charAt(i) >= 0x7f) {
                throw new HttpProtocolException(400, "a request target with an unescaped character");
            }
        }
        String rest = withoutOrigin(target);
        int question = rest.indexOf('?');
        String path = question < 0 ? rest : rest.substring(0, question);
        if (!path.startsWith("/") && !target.equals("*")) {
            throw new HttpProtocolException(400, "a request target that is no path: " + HttpGrammar.printable(target));
        }
        return new RequestTarget(
                decode(path, false), question < 0 ? Map.of() : parameters(rest.substring(question + 1)));
    }

    private static String withoutOrigin(String target) {
        for (String scheme : List.of("http://", "https://")) {
            if (target.regionMatches(true, 0, scheme, 0, scheme.length())) {
                int path = target.indexOf('/', scheme.length());
                return path < 0 ? "/" : target.substring(path);
            }
        }
        return target;
    }

    private static Map<String, List<String>> parameters(String query) throws HttpProtocolException {
        Map<String, List<String>> parameters = new LinkedHashMap<>();
        int count = 0;
        for (String pair : query.split("&", -1)) {
            if (pair.isEmpty()) {
                continue;
            }
            if (++count > MAX_PARAMETERS) {
                throw new HttpProtocolException(414, "more than " + MAX_PARAMETERS + " query parameters");
            }
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals), true);
            String value = equals < 0 ? "" : decode(pair.substring(equals + 1), true);
            parameters.computeIfAbsent(name, ignored -> new ArrayList<>()).add(value);
        }
        parameters.replaceAll((name, values) -> List.copyOf(values));
        return Collections.unmodifiableMap(parameters);
    }

    private static String decode(String text, boolean plusIsBlank) throws HttpProtocolException {
        if (text.indexOf('%') < 0 && (!plusIsBlank || text.indexOf('+') < 0)) {
            return text;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                bytes.write(hex(text, i + 1) << 4 | hex(text, i + 2));
                i += 2;
            } else {
                bytes.write(c == '+' && plusIsBlank ? ' ' : c);
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new HttpProtocolException(400, "a request target that is not UTF-8");
        }
    }

    private static int hex(String text, int index) throws HttpProtocolException {
        int digit = index < text.length() ? Character.digit(text.charAt(index), 16) : -1;
        if (digit < 0) {
            throw new HttpProtocolException(400, "a request target with a broken percent-escape");
        }
        return digit;
    }
}
