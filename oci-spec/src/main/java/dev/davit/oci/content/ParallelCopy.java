package dev.davit.oci.content;

import dev.davit.oci.Descriptor;
import java.util.Collection;
import java.util.Objects;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Copies blobs on a few threads that live no longer than the copy. The first failure, or an interrupt, ends all. */
final class ParallelCopy {
    private ParallelCopy() {}

    static void run(int concurrency, Collection<Descriptor> blobs, Consumer<Descriptor> copy) {
        if (blobs.size() <= 1 || concurrency == 1) {
            for (Descriptor blob : blobs) {
                Interruption.check();
                copy.accept(blob);
            }
            return;
        }
        ExecutorService threads = Executors.newFixedThreadPool(Math.min(concurrency, blobs.size()), task -> {
            Thread thread = new Thread(task, "davit-copy");
            thread.setDaemon(true);
            return thread;
        });
        try {
            CompletionService<Descriptor> done = new ExecutorCompletionService<>(threads);
            blobs.forEach(blob -> done.submit(() -> copy.accept(blob), blob));
            for (int i = 0; i < blobs.size(); i++) {
                done.take().get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Interruption.exception(e);
        } catch (ExecutionException e) {
            throw rethrown(Objects.requireNonNull(e.getCause()));
        } finally {
            threads.shutdownNow();
            awaitEnd(threads);
        }
    }

    /** The caller may delete a store as soon as the copy has ended, so no thread may still be in it. */
    private static void awaitEnd(ExecutorService threads) {
        boolean interrupted = false;
        while (true) {
            try {
                if (threads.awaitTermination(1, TimeUnit.MINUTES)) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static RuntimeException rethrown(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        return (RuntimeException) cause;
    }
}
