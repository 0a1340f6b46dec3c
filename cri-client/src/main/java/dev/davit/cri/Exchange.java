package dev.davit.cri;

import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A call with streams, one message after the other. Each message may take as long as a call without streams; the whole as
 * long as it takes. For one thread.
 *
 * @param <Q> what is sent
 * @param <R> what is received
 */
final class Exchange<Q, R> implements AutoCloseable {
    private final Wire wire;
    private final String action;
    private final MethodDescriptor<Q, R> method;
    private final BlockingClientCall<Q, R> call;

    /**
     * Takes over a call.
     *
     * @param action what the call does, for the message if it fails: a verb and its object
     */
    Exchange(Wire wire, String action, MethodDescriptor<Q, R> method, BlockingClientCall<Q, R> call) {
        this.wire = wire;
        this.action = action;
        this.method = method;
        this.call = call;
    }

    /** Sends a message and waits for its answer. */
    R ask(Q request) {
        waiting(() -> call.write(request, wire.timeout().toNanos(), TimeUnit.NANOSECONDS));
        R answer = next();
        if (answer == null) {
            throw new CriException(
                    CriException.Code.INTERNAL, "cannot " + action + ": the runtime ended before it answered", null);
        }
        return answer;
    }

    /** {@return the next message, or null if the other side has ended well} */
    @Nullable
    R next() {
        return waiting(() -> call.read(wire.timeout().toNanos(), TimeUnit.NANOSECONDS));
    }

    /**
     * Waits for the next message, but not for long; it can be asked for again.
     *
     * @return the next message, or null if the other side has ended well
     * @throws TimeoutException if there is none in that time
     */
    @Nullable
    R next(Duration atMost) throws TimeoutException {
        return patiently(() -> call.read(atMost.toNanos(), TimeUnit.NANOSECONDS));
    }

    /** Says that nothing more is sent, and waits for the other side to end. */
    void finish() {
        call.halfClose();
        while (next() != null) {
            // nothing is expected any more
        }
    }

    private interface Wait<T> {
        @Nullable
        T get() throws InterruptedException, TimeoutException, StatusException;
    }

    private <T> @Nullable T waiting(Wait<T> wait) {
        try {
            return patiently(wait);
        } catch (TimeoutException e) {
            throw wire.failure(action, Status.DEADLINE_EXCEEDED.withCause(e).asException());
        }
    }

    private <T> @Nullable T patiently(Wait<T> wait) throws TimeoutException {
        try {
            return wait.get();
        } catch (StatusException e) {
            wire.noteIfMissing(method, e.getStatus());
            throw wire.failure(action, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failures.interrupted(action, e);
        }
    }

    /** Ends the call, if it has not ended. */
    @Override
    public void close() {
        call.cancel("no longer needed", null);
    }
}
