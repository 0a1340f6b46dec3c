package dev.davit.oci;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Version and features of an operating system in a platform's text, as containerd 2 writes them: {@code (1.2+x)}. */
final class OsOptions {
    private static final String TEXT = "[A-Za-z0-9_.%-]*";

    /** Two groups: the version, and the features with a plus sign before each. */
    static final String GRAMMAR = "\\((" + TEXT + ")((?:\\+[A-Za-z0-9_.%-]+)*)\\)";

    private OsOptions() {}

    static String format(@Nullable String version, List<String> features) {
        if (version == null && features.isEmpty()) {
            return "";
        }
        StringBuilder out = new StringBuilder("(").append(version == null ? "" : encode(version));
        features.forEach(feature -> out.append('+').append(encode(feature)));
        return out.append(')').toString();
    }

    private static String encode(String text) {
        return text.replace("%", "%25")
                .replace("+", "%2B")
                .replace("(", "%28")
                .replace(")", "%29")
                .replace("/", "%2F");
    }

    static List<String> decodeFeatures(@Nullable String text) {
        List<String> features = new ArrayList<>();
        if (text != null && !text.isEmpty()) {
            for (String feature : text.substring(1).split("\\+", -1)) {
                features.add(decode(feature));
            }
        }
        return List.copyOf(features);
    }

    /** {@return the text without its escapes} */
    static String decode(@Nullable String text) {
        if (text == null) {
            return "";
        }
        try {
            return URLDecoder.decode(text, UTF_8);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "platform: expected two hexadecimal digits after each percent sign, got \"" + text + '"', e);
        }
    }
}
