package dev.davit.registry;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Holds back all requests to a registry that said it gets too many, not only the one that it said it to; and after that lets
 * them pass one by one, further apart each time that it says so again, and closer together while it does not. Safe to share
 * between threads.
 */
final class Gate {
    private final long firstDistance;
    private final long longestDistance;
    private long opens = System.nanoTime();
    private long next = opens;
    private long distance;

    /**
     * Makes an open gate.
     *
     * @param wait how long somebody waits who is refused once
     */
    Gate(Duration wait) {
        this.firstDistance = wait.toNanos() / 10;
        this.longestDistance = wait.toNanos() * 2;
    }

    /** Closes the gate for a while from now, unless it stays closed for longer. */
    synchronized void close(Duration wait) {
        long now = System.nanoTime();
        // what was on its way when it closed is refused for the same reason, and not for another
        if (opens - now <= 0) {
            distance = Math.min(longestDistance, Math.max(firstDistance, 2 * distance));
        }
        long until = now + wait.toNanos();
        opens = until - opens > 0 ? until : opens;
    }

    /** Says that the registry has answered a request as if it were not one too many. */
    synchronized void answered() {
        distance = distance < firstDistance / 10 ? 0 : distance - distance / 16;
    }

    /** Waits until it is this request's turn. */
    void pass(RegistryRequest request) {
        try {
            for (long wait = turn(); wait > 0; wait = isOpen() ? 0 : turn()) {
                TimeUnit.NANOSECONDS.sleep(wait + ThreadLocalRandom.current().nextLong(wait / 10 + 1));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failures.interrupted(request, e);
        }
    }

    private synchronized boolean isOpen() {
        return opens - System.nanoTime() <= 0;
    }

    /** {@return how long it is until the turn of whoever asks} */
    private synchronized long turn() {
        long now = System.nanoTime();
        long turn = opens - now > 0 ? opens : now;
        if (distance > 0) {
            turn = next - turn > 0 ? next : turn;
            next = turn + distance;
        }
        return turn - now;
    }
}
