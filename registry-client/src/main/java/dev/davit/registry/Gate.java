package dev.davit.registry;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Holds back all requests to a registry that said it gets too many, not only the one that it said it to. Safe to share
 * between threads.
 */
final class Gate {
    private final AtomicLong opens = new AtomicLong(System.nanoTime());

    /** Closes the gate for a while from now, unless it stays closed for longer. */
    void close(Duration wait) {
        long until = System.nanoTime() + wait.toNanos();
        opens.accumulateAndGet(until, (known, now) -> now - known > 0 ? now : known);
    }

    /** Waits until the gate is open; not all who wait come at the same moment then. */
    void pass(RegistryRequest request) {
        long wait = opens.get() - System.nanoTime();
        if (wait <= 0) {
            return;
        }
        try {
            do {
                TimeUnit.NANOSECONDS.sleep(wait + ThreadLocalRandom.current().nextLong(wait / 10 + 1));
                wait = opens.get() - System.nanoTime();
            } while (wait > 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failures.interrupted(request, e);
        }
    }
}
