package dev.davit.oci.content;

import dev.davit.oci.Digest;
import dev.davit.oci.content.ContentStore.Outcome;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;

/** What is being put into which target, so that whoever needs the same there waits for it. Safe to share between threads. */
final class InFlight {
    private final Map<Key, CompletableFuture<Boolean>> running = new ConcurrentHashMap<>();

    private record Key(ContentStore to, Digest digest) {}

    /** Puts something, unless somebody else just does it: if they fail, it is tried here all the same. */
    Outcome put(ContentStore to, Digest digest, Supplier<Outcome> put) {
        Key key = new Key(to, digest);
        CompletableFuture<Boolean> mine = new CompletableFuture<>();
        for (CompletableFuture<Boolean> other = running.putIfAbsent(key, mine);
                other != null;
                other = running.putIfAbsent(key, mine)) {
            if (succeeds(other)) {
                return Outcome.EXISTED;
            }
        }
        boolean done = false;
        try {
            Outcome outcome = put.get();
            done = true;
            return outcome;
        } finally {
            running.remove(key);
            mine.complete(done);
        }
    }

    private static boolean succeeds(CompletableFuture<Boolean> put) {
        try {
            return put.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Interruption.exception(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("nobody ends it that way", e);
        }
    }
}
