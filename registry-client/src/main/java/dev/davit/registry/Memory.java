package dev.davit.registry;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Names of which something was found out that may be otherwise in a few minutes. Safe to share between threads. */
final class Memory {
    private static final long LASTING = TimeUnit.MINUTES.toNanos(5);

    private final LongSupplier nanoTime;
    private final Map<String, Long> since = new ConcurrentHashMap<>();

    Memory(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    void add(String name) {
        since.put(name, nanoTime.getAsLong());
    }

    boolean has(String name) {
        Long then = since.get(name);
        return then != null && nanoTime.getAsLong() - then < LASTING;
    }

    void remove(String name) {
        since.remove(name);
    }
}
