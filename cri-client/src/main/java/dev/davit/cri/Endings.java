package dev.davit.cri;

import org.jspecify.annotations.Nullable;

/** Does several things that must all be tried, and fails at the end with what failed first. Not thread-safe. */
final class Endings {
    private @Nullable RuntimeException failure;

    void attempt(Runnable ending) {
        try {
            ending.run();
        } catch (RuntimeException e) {
            if (failure == null) {
                failure = e;
            } else {
                failure.addSuppressed(e);
            }
        }
    }

    /** Throws the first failure, which carries the others. */
    void finish() {
        if (failure != null) {
            throw failure;
        }
    }
}
