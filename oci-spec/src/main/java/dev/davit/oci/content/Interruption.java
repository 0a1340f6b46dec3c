package dev.davit.oci.content;

import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Interrupting a thread is how its caller cancels what it does; the interrupt is never swallowed. */
final class Interruption {
    private Interruption() {}

    /** Ends the work of an interrupted thread at a point where it is not waiting for anything. */
    static void check() {
        if (Thread.currentThread().isInterrupted()) {
            throw exception(null);
        }
    }

    /** Runs some work; what fails in an interrupted thread, in whatever way, failed because of the interrupt. */
    static <T> T translated(Supplier<T> work) {
        try {
            return work.get();
        } catch (RuntimeException e) {
            boolean says = e instanceof TransferException t && t.side() == Side.CALLER;
            throw says || !Thread.currentThread().isInterrupted() ? e : exception(e);
        }
    }

    static TransferException exception(@Nullable Throwable cause) {
        return new TransferException(Side.CALLER, null, "the copy was interrupted", cause);
    }
}
