package dev.davit.image.internal.unpack;

/**
 * What is too much for one image.
 *
 * @param maxBytes uncompressed bytes of all layers together, headers included
 * @param maxEntries entries of all layers together
 * @param maxRatio uncompressed bytes for each compressed one, in any layer of more than 256 MiB
 * @param maxDepth elements of one name
 */
public record UnpackLimits(long maxBytes, long maxEntries, long maxRatio, int maxDepth) {
    /** More than any image that is in use, and less than a disk. */
    public static final UnpackLimits DEFAULT = new UnpackLimits(64L << 30, 5_000_000, 300, 1024);
}
