package dev.davit.testkit.internal;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of a blob that a {@code Range} header asks for (RFC 9110 section 14).
 *
 * @param first the position of the first byte
 * @param last the position of the last byte, at least {@code first}
 */
record ByteRange(long first, long last) {
    private static final Pattern SINGLE = Pattern.compile("bytes=([0-9]{0,18})-([0-9]{0,18})");

    /**
     * Parses the header.
     *
     * @param size the number of bytes there are
     * @return the range; empty if the header is one that may be ignored, as several ranges in one are
     * @throws ApiError if there is no such range, with status 416
     */
    static Optional<ByteRange> parse(String header, long size) {
        Matcher matcher = SINGLE.matcher(header.replace(" ", ""));
        if (!matcher.matches()
                || (matcher.group(1).isEmpty() && matcher.group(2).isEmpty())) {
            return Optional.empty();
        }
        long first;
        long last;
        if (matcher.group(1).isEmpty()) {
            first = Math.max(0, size - Long.parseLong(matcher.group(2)));
            last = size - 1;
        } else {
            first = Long.parseLong(matcher.group(1));
            last = matcher.group(2).isEmpty() ? size - 1 : Math.min(size - 1, Long.parseLong(matcher.group(2)));
        }
        if (first > last) {
            throw ApiError.of(416, "RANGE_INVALID", "the blob has " + size + " bytes")
                    .with("Content-Range", "bytes */" + size);
        }
        return Optional.of(new ByteRange(first, last));
    }

    long length() {
        return last - first + 1;
    }
}
