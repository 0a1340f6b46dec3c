package dev.davit.cri;

/** Takes back the first half of something whose second half has failed. */
final class Cleanup {
    private Cleanup() {}

    /**
     * Cleans up after a failure, even if that was an interrupt. What fails on the way is noted in the failure.
     *
     * @param failure what has failed
     * @param work takes back what had been done
     */
    static void after(RuntimeException failure, Runnable work) {
        // An interrupt would end each call of the clean-up at once.
        boolean interrupted = Thread.interrupted();
        try {
            work.run();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
