package dev.davit.image;

/**
 * A range of user or group numbers in an image, and the numbers that they are on this machine: how a user namespace maps
 * them, and what {@code /etc/subuid} gives to ordinary users.
 *
 * @param image the first number in the image
 * @param host what it is on this machine
 * @param count how many numbers follow each other in the range
 * @see <a href="https://man7.org/linux/man-pages/man7/user_namespaces.7.html">user_namespaces(7)</a>
 */
public record IdMapping(long image, long host, long count) {
    private static final long IDS = 0xffff_ffffL;

    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if it is empty, or numbers are not 0 to 4,294,967,294
     */
    public IdMapping {
        boolean isInRange = image >= 0 && host >= 0 && count >= 1 && count <= IDS;
        if (!isInRange || image + count > IDS || host + count > IDS) {
            throw new IllegalArgumentException("expected a range of numbers from 0 to " + (IDS - 1) + ", got " + count
                    + " from " + image + ", which are from " + host);
        }
    }
}
