package dev.davit.image.internal.codec;

import dev.davit.oci.LimitExceededException;

/**
 * How much may come out of a compressed layer.
 *
 * @param maxBytes bytes in all
 * @param maxRatio bytes that come out for each that goes in, once {@link #RATIO_FROM} have come out
 */
public record DecodeLimits(long maxBytes, long maxRatio) {
    /** Up to here any ratio is harmless: a short file of zeros compresses a thousand times. */
    public static final long RATIO_FROM = 256L << 20;

    /** No limit at all, for what bounds itself. */
    public static final DecodeLimits NONE = new DecodeLimits(Long.MAX_VALUE, Long.MAX_VALUE);

    void check(long out, long in) {
        if (out > maxBytes) {
            throw new LimitExceededException(
                    "maxBytes",
                    maxBytes,
                    "expected at most " + maxBytes + " bytes uncompressed (limit on bytes), got more",
                    null);
        }
        if (out > RATIO_FROM && out / maxRatio > in) {
            throw new LimitExceededException(
                    "maxRatio",
                    maxRatio,
                    "expected at most " + maxRatio + " bytes for each compressed one (limit on the ratio), got " + out
                            + " from " + in,
                    null);
        }
    }
}
