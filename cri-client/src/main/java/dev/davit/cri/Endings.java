package dev.davit.cri;

import org.jspecify.annotations.Nullable;

/**
 * Brings several things to an end, all of which are tried, and fails with what failed first.
 *
 * <p>An interrupt of the thread, which ends any other call at once, would leave them all as they are. So it waits until
 * the ending is over; if it comes in the middle of one, that ending begins again. Not thread-safe.
 */
final class Endings {
    /** Who interrupts more often than this gets away from a runtime that does not answer. */
    private static final int ATTEMPTS = 3;

    private @Nullable RuntimeException failure;

    /**
     * Tries to end something.
     *
     * @param ending ends it; does nothing if that is done
     */
    void attempt(Runnable ending) {
        boolean interrupted = false;
        try {
            RuntimeException failed;
            int attempts = 0;
            do {
                interrupted |= Thread.interrupted();
                failed = failureOf(ending);
                attempts++;
            } while (failed != null && Thread.currentThread().isInterrupted() && attempts < ATTEMPTS);
            note(failed);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static @Nullable RuntimeException failureOf(Runnable ending) {
        try {
            ending.run();
            return null;
        } catch (RuntimeException e) {
            return e;
        }
    }

    private void note(@Nullable RuntimeException failed) {
        if (failure == null) {
            failure = failed;
        } else if (failed != null) {
            failure.addSuppressed(failed);
        }
    }

    /** Throws the first failure, which carries the others. */
    void finish() {
        if (failure != null) {
            throw failure;
        }
    }

    /**
     * Takes back the first half of something whose second half has failed. What fails on the way is noted in the failure.
     *
     * @param failure what has failed
     * @param ending takes back what had been done
     */
    static void after(RuntimeException failure, Runnable ending) {
        Endings endings = new Endings();
        endings.attempt(ending);
        if (endings.failure != null) {
            failure.addSuppressed(endings.failure);
        }
    }
}
