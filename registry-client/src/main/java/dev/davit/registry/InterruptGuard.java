package dev.davit.registry;

import java.nio.channels.spi.AbstractInterruptibleChannel;
import okhttp3.Call;
import org.jspecify.annotations.Nullable;

/**
 * Lets an interrupt of the thread that waits for an HTTP call cancel that call, at once.
 *
 * <p>OkHttp waits in socket reads and writes, which an interrupt does not end. The usual way round this is to run each
 * call on a worker and to wait for the worker, which costs a hand-over per read. But the JDK has a mechanism made for
 * the purpose: between {@code begin} and {@code end} of an {@link AbstractInterruptibleChannel}, {@link
 * Thread#interrupt} itself calls {@link #implCloseChannel}. So the caller's own thread does all the work, and what the
 * interrupting thread does is to cancel the call, which closes the socket and wakes the waiting one. It works for
 * virtual threads too.
 *
 * <p>A thread can be inside one such section at a time. Reading a file through a channel in the middle of an upload
 * takes the place of ours, so whoever does that calls {@link #rearm} afterwards.
 */
final class InterruptGuard extends AbstractInterruptibleChannel {
    private volatile @Nullable Call call;

    /** One wait for the network. */
    interface Wait<T> {
        T run() throws java.io.IOException;
    }

    /** Says which call an interrupt cancels. */
    void guards(Call guarded) {
        this.call = guarded;
    }

    /**
     * Waits, with the current thread guarded.
     *
     * @throws java.nio.channels.ClosedByInterruptException if the thread was interrupted, whose flag is set then
     * @throws java.io.IOException if the wait itself failed
     */
    <T> T during(Wait<T> wait) throws java.io.IOException {
        boolean completed = false;
        begin();
        try {
            T result = wait.run();
            completed = true;
            return result;
        } finally {
            end(completed);
        }
    }

    /** Guards the current thread again, after another interruptible channel has been used inside the same wait. */
    void rearm() {
        begin();
    }

    @Override
    protected void implCloseChannel() {
        cancel();
    }

    /** Cancels the call. */
    void cancel() {
        Call cancelled = call;
        if (cancelled != null) {
            cancelled.cancel();
        }
    }
}
