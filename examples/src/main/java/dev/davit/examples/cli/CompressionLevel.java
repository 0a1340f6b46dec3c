package dev.davit.examples.cli;

import dev.davit.image.Compression;

/**
 * How layers are compressed, as written on the command line: {@code gzip} or {@code gzip:9}.
 *
 * @param kind how
 * @param level how hard
 */
record CompressionLevel(Compression kind, int level) {
    static CompressionLevel parse(String text) {
        String[] parts = text.split(":", 2);
        Compression kind = switch (parts[0]) {
            case "none" -> Compression.NONE;
            case "gzip" -> Compression.GZIP;
            case "zstd" -> Compression.ZSTD;
            default ->
                throw new IllegalArgumentException(
                        "--compression: expected none, gzip or zstd, got \"" + parts[0] + "\"");
        };
        try {
            return new CompressionLevel(kind, parts.length < 2 ? kind.defaultLevel() : Integer.parseInt(parts[1]));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("--compression: expected a level, got \"" + parts[1] + "\"", e);
        }
    }
}
