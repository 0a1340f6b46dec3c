package dev.davit.oci;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Reads what other implementations said: the files that {@code src/test/vectors/README.md} tells of. */
final class Vectors {
    private Vectors() {}

    /** {@return the rows of a file without its comments} */
    static List<String> rows(String file) {
        try (InputStream in = Objects.requireNonNull(Vectors.class.getResourceAsStream("/vectors/" + file))) {
            return new String(in.readAllBytes(), UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the rows of a file as fields, which are separated by spaces and escaped} */
    static List<List<String>> fields(String file) {
        return rows(file).stream()
                .map(row -> Arrays.stream(row.split(" ")).map(Vectors::text).toList())
                .toList();
    }

    private static String text(String escaped) {
        return escaped.equals("-") ? "" : URLDecoder.decode(escaped.replace("+", "%2B"), UTF_8);
    }
}
