package dev.davit.image.internal.tar;

import dev.davit.oci.LimitExceededException;

/**
 * What is too much for one entry of a tar archive.
 *
 * @param maxNameBytes the longest name or link target, in bytes
 * @param maxHeaderBytes how many bytes of extended headers one entry may have
 */
public record TarLimits(int maxNameBytes, int maxHeaderBytes) {
    /** The longest path that Linux takes, and the limit for extended headers that Go has. */
    public static final TarLimits DEFAULT = new TarLimits(4096, 1 << 20);

    /** Extended attributes are the one thing that takes much room there, so the limit is set by theirs. */
    void requireHeaderBytes(String what, long bytes) {
        if (bytes > maxHeaderBytes) {
            throw new LimitExceededException(
                    "maxXattrBytes",
                    maxHeaderBytes,
                    what + ": expected at most " + maxHeaderBytes + " bytes of headers for one entry, got " + bytes,
                    null);
        }
    }
}
