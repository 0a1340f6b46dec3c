package dev.davit.registry;

import java.util.concurrent.TimeUnit;
import okio.AsyncTimeout;

/**
 * Ends a call when a write stands still. It looks once per time-out, where OkHttp's own time-out wakes a thread for each 8 KiB:
 * a tenth of what an upload costs. For one writing thread.
 */
final class StandstillWatch implements AutoCloseable {
    private static final long NOT_WRITING = Long.MIN_VALUE;

    private final long limit;
    private final Runnable end;
    private volatile long writingSince = NOT_WRITING;
    private volatile boolean fired;
    private boolean closed;
    private Look look;

    /**
     * Begins to watch.
     *
     * @param limit nanoseconds that a write may take
     * @param end what ends the call
     */
    StandstillWatch(long limit, Runnable end) {
        this.limit = limit;
        this.end = end;
        this.look = new Look(limit);
        look.enter();
    }

    /** A write begins. */
    void begins() {
        writingSince = System.nanoTime();
    }

    /** A write has ended. */
    void ended() {
        writingSince = NOT_WRITING;
    }

    /** {@return whether it has ended the call} */
    boolean hasFired() {
        return fired;
    }

    private synchronized void look() {
        if (closed) {
            return;
        }
        long since = writingSince;
        long left = since == NOT_WRITING ? limit : limit - (System.nanoTime() - since);
        if (left <= 0) {
            fired = true;
            end.run();
        } else {
            look = new Look(left);
            look.enter();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        look.exit();
    }

    private final class Look extends AsyncTimeout {
        Look(long nanos) {
            timeout(nanos, TimeUnit.NANOSECONDS);
        }

        @Override
        protected void timedOut() {
            look();
        }
    }
}
