package dev.davit.registry;

/**
 * How much a registry, or a proxy before it, takes in one request. Nobody says so: it is learned from refusals, and kept
 * for the uploads that come after. Safe to share between threads.
 */
final class PieceSize {
    /** What is tried first after the refusal of something larger. */
    private static final long FIRST = 16 * 1024 * 1024;
    /** The limit of nginx is one megabyte if nobody has set another. */
    static final long SMALLEST = 64 * 1024;

    private volatile long most;

    PieceSize(long most) {
        this.most = most;
    }

    /** {@return how much may be sent at once} */
    long most() {
        return most;
    }

    /**
     * Notes that something was too long.
     *
     * @param length how long it was
     * @return whether something shorter can be tried
     */
    synchronized boolean refused(long length) {
        if (length <= SMALLEST) {
            return false;
        }
        most = Math.min(most, Math.max(SMALLEST, Math.min(FIRST, length / 2)));
        return true;
    }
}
