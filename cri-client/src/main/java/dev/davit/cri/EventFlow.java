package dev.davit.cri;

import dev.davit.cri.raw.ContainerEventResponse;
import dev.davit.cri.raw.GetEventsRequest;
import dev.davit.cri.raw.RuntimeServiceGrpc;
import dev.davit.oci.DavitException;
import io.grpc.Context;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What happens to pods and containers, one event after the other.
 *
 * <p>The events of a runtime alone are not enough: they say nothing of what there was before, get lost with a connection
 * and when a runtime is started again, and containerd before 2.0 gives each to one reader only, whoever else waits. So this
 * asks for events first, then lists, and lists again and again; {@link EventBook} makes one story of both. Everything is
 * done by the thread that asks for the next event: who is slow slows the stream of the runtime down, and what that loses
 * then comes with the next list.
 */
final class EventFlow extends Spliterators.AbstractSpliterator<CriEvent> implements AutoCloseable {
    private static final MethodDescriptor<GetEventsRequest, ContainerEventResponse> EVENTS =
            RuntimeServiceGrpc.getGetContainerEventsMethod();

    private static final String ACTION = "watch events";

    /** A runtime does not say when it begins to send events; what it forgot before is found by the list after this. */
    private static final Duration SETTLING = Duration.ofSeconds(1);

    private static final Duration OFTEN = Duration.ofSeconds(1);
    private static final Duration SELDOM = Duration.ofSeconds(10);
    private static final long FIRST_PAUSE_MILLIS = 20;
    private static final long LONGEST_PAUSE_MILLIS = 1000;

    private final Wire wire;
    private final CriRuntime runtime;
    private final EventCollector collector;

    /** Cancels what a thread waits for when another one closes this. */
    private final Context.CancellableContext calls = Context.ROOT.withCancellation();

    private final CountDownLatch closed = new CountDownLatch(1);
    private @Nullable Exchange<GetEventsRequest, ContainerEventResponse> stream;
    private Duration betweenLists = OFTEN;
    private long nextList = System.nanoTime();
    private long pause = FIRST_PAUSE_MILLIS;
    private boolean connected;
    private boolean settled;

    EventFlow(Wire wire, CriRuntime runtime, CriPods pods, CriContainers containers) {
        super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL);
        this.wire = wire;
        this.runtime = runtime;
        this.collector = new EventCollector(pods, containers);
    }

    @Override
    public boolean tryAdvance(Consumer<? super CriEvent> action) {
        CriEvent event = next();
        if (event == null) {
            return false;
        }
        action.accept(event);
        return true;
    }

    private @Nullable CriEvent next() {
        Context outside = calls.attach();
        try {
            while (!isClosed()) {
                CriEvent event = collector.poll();
                if (event != null) {
                    return event;
                }
                advance();
            }
            return null;
        } catch (DavitException e) {
            if (isClosed()) {
                return null;
            }
            throw e;
        } finally {
            calls.detach(outside);
        }
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    /** Lists if it is time to, and else waits for an event until it is. */
    private void advance() {
        try {
            if (!connected) {
                connect();
            }
            long left = nextList - System.nanoTime();
            if (left <= 0) {
                list();
            } else if (stream == null) {
                rest(TimeUnit.NANOSECONDS.toMillis(left) + 1);
            } else {
                read(stream, Duration.ofNanos(left));
            }
        } catch (CriException e) {
            if (isClosed() || wire.isClosed() || !isPassing(e)) {
                throw e;
            }
            reconnect();
        }
    }

    /** A runtime that is away, or is just coming back, does not end the watch. */
    private boolean isPassing(CriException e) {
        return switch (e.code()) {
            case UNAVAILABLE, DEADLINE_EXCEEDED -> true;
            case CANCELLED -> !Thread.currentThread().isInterrupted();
            case UNKNOWN -> String.valueOf(e.getMessage()).contains("not initialized");
            default -> false;
        };
    }

    private void connect() {
        RuntimeVersion version = runtime.version();
        if (!wire.isMissing(EVENTS)) {
            stream = wire.exchange(ACTION, EVENTS, GetEventsRequest.getDefaultInstance());
        }
        boolean reliable = stream != null && !sharesEvents(version);
        betweenLists = reliable ? SELDOM : OFTEN;
        settled = !reliable;
        connected = true;
    }

    /** containerd before 2.0 gives each event to one of those who wait for it. */
    private static boolean sharesEvents(RuntimeVersion version) {
        return version.name().equals("containerd") && version.version().matches("v?[01]\\..*");
    }

    private void read(Exchange<GetEventsRequest, ContainerEventResponse> from, Duration atMost) {
        try {
            ContainerEventResponse event = from.next(atMost);
            if (event == null) {
                reconnect();
            } else {
                pause = FIRST_PAUSE_MILLIS;
                collector.take(event);
            }
        } catch (TimeoutException e) {
            // It is time for a list.
        } catch (CriException e) {
            if (isClosed() || Thread.currentThread().isInterrupted()) {
                throw e;
            }
            // Whatever is wrong with events, lists may still work; and if not, they say why.
            reconnect();
        }
    }

    /** Begins anew, after a pause, with events and a list of all that may have happened meanwhile. */
    private void reconnect() {
        if (stream != null) {
            stream.close();
            stream = null;
        }
        connected = false;
        rest(pause);
        pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
        nextList = System.nanoTime();
    }

    private void rest(long millis) {
        try {
            closed.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failures.interrupted(ACTION, e);
        }
    }

    private void list() {
        collector.list();
        nextList = System.nanoTime() + (settled ? betweenLists : SETTLING).toNanos();
        settled = true;
    }

    @Override
    public void close() {
        closed.countDown();
        calls.cancel(null);
    }
}
