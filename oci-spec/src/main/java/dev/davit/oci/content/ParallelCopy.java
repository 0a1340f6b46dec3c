package dev.davit.oci.content;

import dev.davit.oci.Descriptor;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Copies blobs on a few threads. The first failure, or an interrupt, ends all; when it returns, none works on. */
final class ParallelCopy {
    /** Shared by all copies, and idle for a second at most: new ones for each small image would cost as much as it does. */
    private static final Executor THREADS =
            new ThreadPoolExecutor(0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                Thread thread = new Thread(task, "davit-copy");
                thread.setDaemon(true);
                thread.setContextClassLoader(null);
                return thread;
            });

    private final Queue<Descriptor> waiting;
    private final Consumer<Descriptor> copy;
    private final BlockingQueue<Worker> ended = new LinkedBlockingQueue<>();

    private ParallelCopy(Collection<Descriptor> blobs, Consumer<Descriptor> copy) {
        this.waiting = new ConcurrentLinkedQueue<>(blobs);
        this.copy = copy;
    }

    static void run(int concurrency, Collection<Descriptor> blobs, Consumer<Descriptor> copy) {
        if (blobs.size() <= 1 || concurrency == 1) {
            for (Descriptor blob : blobs) {
                Interruption.check();
                copy.accept(blob);
            }
            return;
        }
        new ParallelCopy(blobs, copy).run(Math.min(concurrency, blobs.size()));
    }

    private void run(int concurrency) {
        List<Worker> workers = Stream.generate(Worker::new).limit(concurrency).toList();
        workers.forEach(THREADS::execute);
        int running = concurrency;
        try {
            while (running > 0) {
                Worker worker = ended.take();
                running--;
                if (worker.failure != null) {
                    throw rethrown(worker.failure);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Interruption.exception(e);
        } finally {
            if (running > 0) {
                workers.forEach(Worker::stop);
                awaitEnds(running);
            }
        }
    }

    /** The caller may delete a store as soon as the copy has ended, so nobody may still be in it. */
    private void awaitEnds(int running) {
        boolean interrupted = false;
        for (int left = running; left > 0; ) {
            try {
                ended.take();
                left--;
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

    /** Takes one blob after the other. */
    private final class Worker implements Runnable {
        private @Nullable Thread thread;
        private boolean stopped;
        private volatile @Nullable Throwable failure;

        @Override
        public void run() {
            try {
                for (Descriptor blob = begin(); blob != null; blob = waiting.poll()) {
                    copy.accept(blob);
                }
            } catch (RuntimeException | Error e) {
                failure = e;
            } finally {
                end();
                ended.add(this);
            }
        }

        private synchronized @Nullable Descriptor begin() {
            thread = Thread.currentThread();
            return stopped ? null : waiting.poll();
        }

        /** From here on the thread is somebody else's, whom no interrupt of ours may meet. */
        private synchronized void end() {
            thread = null;
            Thread.interrupted();
        }

        synchronized void stop() {
            stopped = true;
            waiting.clear();
            if (thread != null) {
                thread.interrupt();
            }
        }
    }
}
