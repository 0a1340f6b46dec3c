package dev.davit.image.internal.unpack;

/**
 * What is too much for one image.
 *
 * @param maxBytes uncompressed bytes of all layers together, headers included
 * @param maxEntries entries of all layers together
 * @param maxRatio uncompressed bytes for each compressed one, in any layer of more than 256 MiB
 * @param maxDepth elements of one name, and levels below the root
 * @param maxNameBytes bytes of one name, of a link's target, and of a path below the root
 * @param maxXattrBytes bytes of all extended attributes of one entry
 */
public record UnpackLimits(
        long maxBytes, long maxEntries, long maxRatio, int maxDepth, int maxNameBytes, int maxXattrBytes) {
    /** More than any image that is in use, and less than a disk. */
    public static final UnpackLimits DEFAULT = new UnpackLimits(64L << 30, 5_000_000, 300, 1024, 4096, 1 << 20);

    /** {@return these limits with another one on bytes} */
    public UnpackLimits maxBytes(long value) {
        return new UnpackLimits(value, maxEntries, maxRatio, maxDepth, maxNameBytes, maxXattrBytes);
    }

    /** {@return these limits with another one on entries} */
    public UnpackLimits maxEntries(long value) {
        return new UnpackLimits(maxBytes, value, maxRatio, maxDepth, maxNameBytes, maxXattrBytes);
    }

    /** {@return these limits with another one on the ratio} */
    public UnpackLimits maxRatio(long value) {
        return new UnpackLimits(maxBytes, maxEntries, value, maxDepth, maxNameBytes, maxXattrBytes);
    }

    /** {@return these limits with another one on depth} */
    public UnpackLimits maxDepth(int value) {
        return new UnpackLimits(maxBytes, maxEntries, maxRatio, value, maxNameBytes, maxXattrBytes);
    }

    /** {@return these limits with another one on names} */
    public UnpackLimits maxNameBytes(int value) {
        return new UnpackLimits(maxBytes, maxEntries, maxRatio, maxDepth, value, maxXattrBytes);
    }

    /** {@return these limits with another one on extended attributes} */
    public UnpackLimits maxXattrBytes(int value) {
        return new UnpackLimits(maxBytes, maxEntries, maxRatio, maxDepth, maxNameBytes, value);
    }
}
