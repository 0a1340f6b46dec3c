package dev.davit.registry;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds the next page in {@code Link} headers (RFC 8288).
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-tags">distribution-spec,
 *     "Listing Tags"</a>
 */
final class Link {
    private Link() {}

    /** {@return the target of the first link whose relation is {@code next}, as it is written} */
    static Optional<String> next(List<String> headers) {
        for (String header : headers) {
            int at = 0;
            while (true) {
                int open = header.indexOf('<', at);
                int close = header.indexOf('>', open + 1);
                if (open < 0 || close < 0) {
                    break;
                }
                int end = endOf(header, close + 1, ',');
                if (isNext(header.substring(close + 1, end))) {
                    return Optional.of(header.substring(open + 1, close).strip());
                }
                at = end;
            }
        }
        return Optional.empty();
    }

    /** Finds the character that ends a part; one inside quotes does not. */
    private static int endOf(String text, int from, char stop) {
        boolean quoted = false;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && quoted) {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == stop && !quoted) {
                return i;
            }
        }
        return text.length();
    }

    private static boolean isNext(String parameters) {
        for (int at = 0; at < parameters.length(); ) {
            int end = endOf(parameters, at, ';');
            String parameter = parameters.substring(at, end);
            int equals = parameter.indexOf('=');
            if (equals > 0 && parameter.substring(0, equals).strip().equalsIgnoreCase("rel")) {
                String value = parameter.substring(equals + 1).replace('"', ' ').strip();
                // RFC 8288, section 3.3: there may be several relations; the first parameter of this name counts
                return List.of(value.toLowerCase(Locale.ROOT).split("\\s+", -1)).contains("next");
            }
            at = end + 1;
        }
        return false;
    }
}
