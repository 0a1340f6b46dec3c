package dev.davit.cri;

import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One attempt to make a pod or a container, of which nothing stays if it fails.
 *
 * <p>Without an answer to the call nobody knows how far the runtime came, nor the ID of what it has made. So what is made
 * carries a mark, by which it is found in the list: its name may belong to something that was there before.
 */
final class Creation {
    private static final String ANNOTATION = "dev.davit.creation";

    /** A runtime that is told that nobody waits any longer takes back what it did, or has just finished. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private static final long FIRST_PAUSE_MILLIS = 20;
    private static final long LONGEST_PAUSE_MILLIS = 320;

    private final String id = UUID.randomUUID().toString();

    /** {@return the annotation for what is to be made} */
    Map<String, String> mark() {
        return Map.of(ANNOTATION, id);
    }

    /** {@return whether that was made by this attempt} */
    boolean hasMade(Map<String, String> annotations) {
        return id.equals(annotations.get(ANNOTATION));
    }

    /**
     * Makes the call.
     *
     * @param action what it does, for the message if it fails: a verb and its object
     * @param within how long the runtime may take
     * @param made lists the IDs of everything with the mark
     * @param remove removes what has an ID
     */
    <Q, R> R make(
            Wire wire,
            String action,
            MethodDescriptor<Q, R> method,
            Q request,
            Duration within,
            Supplier<List<String>> made,
            Consumer<String> remove) {
        if (Thread.currentThread().isInterrupted()) {
            throw Failures.interrupted(action, null);
        }
        try {
            return wire.callToItsAnswer(action, method, request, within);
        } catch (RuntimeException e) {
            Endings.after(e, () -> removeAll(made, remove, isAnswer(e) ? Duration.ZERO : PATIENCE));
            throw e;
        }
    }

    /** {@return whether the runtime itself has failed, and so is done} */
    static boolean isAnswer(RuntimeException failure) {
        return !(failure instanceof CriException e
                && switch (e.code()) {
                    case CANCELLED, DEADLINE_EXCEEDED, UNAVAILABLE -> true;
                    default -> false;
                });
    }

    private static void removeAll(Supplier<List<String>> made, Consumer<String> remove, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        List<String> remains = made.get();
        for (long pause = FIRST_PAUSE_MILLIS; remains.isEmpty() && System.nanoTime() < deadline; ) {
            Wire.sleep(pause, "look for what there is of it");
            pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
            remains = made.get();
        }
        remains.forEach(remove);
    }
}
