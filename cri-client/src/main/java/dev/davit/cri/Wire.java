package dev.davit.cri;

import dev.davit.cri.internal.Endpoint;
import dev.davit.oci.DavitException;
import dev.davit.oci.NotFoundException;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The connection to one runtime: makes the calls, sets their deadlines, and turns their failures into ours. Thread-safe.
 *
 * <p>Deadlines are those of the kubelet: a basic timeout for most calls, more for those that wait for something.
 */
final class Wire implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final long FIRST_PAUSE_MILLIS = 20;

    /** Nobody has as many pods, containers or images. */
    private static final int MOST_ITEMS = 1_000_000;

    /** A runtime that is well makes a pod in about one second. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);

    private final Channel channel;
    private final @Nullable ManagedChannel owned;
    private final @Nullable Endpoint endpoint;
    private final Duration timeout;

    /** Full names of the methods of which the server has said that it does not have them. */
    private final Set<String> missing = ConcurrentHashMap.newKeySet();

    private Wire(Channel channel, @Nullable ManagedChannel owned, @Nullable Endpoint endpoint, Duration timeout) {
        this.channel = channel;
        this.owned = owned;
        this.endpoint = endpoint;
        this.timeout = timeout;
    }

    /** A connection of our own, which {@link #close} ends. */
    static Wire to(Endpoint endpoint, Duration timeout) {
        ManagedChannel channel = endpoint.open();
        return new Wire(channel, channel, endpoint, timeout);
    }

    /** A connection that belongs to somebody else. */
    static Wire over(Channel channel, Duration timeout) {
        return new Wire(channel, null, null, timeout);
    }

    /** {@return the basic timeout} */
    Duration timeout() {
        return timeout;
    }

    /** {@return what calls go through, for those that are made by other means} */
    Channel channel() {
        return channel;
    }

    /** {@return where the server is, or null if the channel is not ours} */
    @Nullable
    Endpoint endpoint() {
        return endpoint;
    }

    /**
     * Makes a call with the basic timeout.
     *
     * @param action what the call does, for the message if it fails: a verb and its object
     */
    <Q, R> R call(String action, MethodDescriptor<Q, R> method, Q request) {
        return call(action, method, request, timeout);
    }

    /** Makes a call that ends after the given time. */
    <Q, R> R call(String action, MethodDescriptor<Q, R> method, Q request, Duration within) {
        return call(action, method, request, within(within));
    }

    /**
     * Makes a call that is to bring something to an end, and has nothing to do if there is no such thing.
     *
     * <p>A process that ends by itself at that moment confuses runtimes: containerd says that its shim is gone, or that a
     * container still runs which it has just killed. Such failures come as UNKNOWN, as all others do, and are over soon.
     */
    <Q, R> void end(String action, MethodDescriptor<Q, R> method, Q request, Duration within) {
        long patience = System.nanoTime() + PATIENCE.toNanos();
        for (long pause = FIRST_PAUSE_MILLIS; ; pause *= 2) {
            try {
                call(action, method, request, within);
                return;
            } catch (NotFoundException e) {
                // The interface wants success here; containerd 1.6 has other ideas.
                return;
            } catch (CriException e) {
                if (e.code() == CriException.Code.NOT_FOUND) {
                    return;
                }
                if (e.code() != CriException.Code.UNKNOWN || System.nanoTime() > patience) {
                    throw e;
                }
                sleep(pause, action);
            }
        }
    }

    /**
     * Waits.
     *
     * @param action what for: a verb and its object
     * @throws CriException if that is interrupted
     */
    static void sleep(long millis, String action) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failures.interrupted(action, e);
        }
    }

    /**
     * Makes a call whose answer says what there is now. So an interrupt does not end it at once: the answer is awaited
     * for some more seconds, but no longer than the basic timeout. A failure of the runtime is thrown as always; after a success, or without an answer, the
     * interrupt is what was wrong.
     */
    <Q, R> R callToItsAnswer(String action, MethodDescriptor<Q, R> method, Q request, Duration within) {
        // All that is done on the thread of the transport is to keep the answer.
        CallOptions options = within(within).withExecutor(Runnable::run);
        Future<R> answer = ClientCalls.futureUnaryCall(channel.newCall(method, options), request);
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw failure(action, options, e);
        } catch (InterruptedException e) {
            try {
                answer.get(Math.min(LAST_WORDS.toNanos(), timeout.toNanos()), TimeUnit.NANOSECONDS);
            } catch (ExecutionException failed) {
                throw failure(action, options, failed);
            } catch (InterruptedException | TimeoutException unheard) {
                answer.cancel(true);
            } finally {
                Thread.currentThread().interrupt();
            }
            throw Failures.interrupted(action, e);
        }
    }

    /**
     * Lists something. Younger servers send lists in as many messages as it takes, older ones in one, which must fit into
     * 16 MiB. Which kind a server is, is found out by the first list of something, and remembered.
     *
     * @param action what the call does: a verb and its object
     * @param streamed the call that answers with a stream
     * @param items the items of a message of it
     * @param whole makes the call that answers with a single message
     */
    <Q, R, T> List<T> list(
            String action,
            MethodDescriptor<Q, R> streamed,
            Q request,
            Function<R, List<T>> items,
            Supplier<List<T>> whole) {
        if (isMissing(streamed)) {
            return whole.get();
        }
        CallOptions options = within(timeout);
        List<T> all = new ArrayList<>();
        try {
            Iterator<R> messages = ClientCalls.blockingServerStreamingCall(channel, streamed, options, request);
            while (messages.hasNext()) {
                all.addAll(items.apply(messages.next()));
                if (all.size() > MOST_ITEMS) {
                    throw new CriException(
                            CriException.Code.RESOURCE_EXHAUSTED,
                            "cannot " + action + ": expected at most " + MOST_ITEMS + " items, got more",
                            null);
                }
            }
            return all;
        } catch (StatusRuntimeException e) {
            if (noteIfMissing(streamed, e.getStatus())) {
                return whole.get();
            }
            throw failure(action, options, e);
        }
    }

    /** {@return whether the server has said before that it does not have this call} */
    boolean isMissing(MethodDescriptor<?, ?> method) {
        return missing.contains(method.getFullMethodName());
    }

    /** {@return whether this answer of the server says that it does not have the call, which is remembered} */
    boolean noteIfMissing(MethodDescriptor<?, ?> method, Status answer) {
        if (answer.getCode() != Status.Code.UNIMPLEMENTED) {
            return false;
        }
        missing.add(method.getFullMethodName());
        return true;
    }

    /** Makes a call that takes as long as it takes; an interrupt ends it. */
    <Q, R> R callWithoutDeadline(String action, MethodDescriptor<Q, R> method, Q request) {
        return call(action, method, request, CallOptions.DEFAULT);
    }

    private <Q, R> R call(String action, MethodDescriptor<Q, R> method, Q request, CallOptions options) {
        try {
            return ClientCalls.blockingUnaryCall(channel, method, options, request);
        } catch (StatusRuntimeException e) {
            noteIfMissing(method, e.getStatus());
            throw failure(action, options, e);
        }
    }

    private DavitException failure(String action, CallOptions options, Exception thrown) {
        if (isClosed()) {
            String closed = owned == null ? "the given channel was shut down" : "its client was closed";
            return new CriException(CriException.Code.CANCELLED, "cannot " + action + ": " + closed, thrown);
        }
        StatusRuntimeException failure = thrown instanceof StatusRuntimeException status
                ? status
                : Status.fromThrowable(thrown).asRuntimeException();
        if (failure.getStatus().getCode() == Status.Code.UNAVAILABLE && owned != null) {
            // A server that comes back should be found by the next call, not after minutes of backing off.
            owned.resetConnectBackoff();
        }
        boolean expired = options.getDeadline() != null && options.getDeadline().isExpired();
        return Failures.of(action, endpoint, expired, failure);
    }

    /** {@return the same connection, with a header for every call; closing it closes nothing} */
    Wire with(String header, String value) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of(header, Metadata.ASCII_STRING_MARSHALLER), value);
        ClientInterceptor attaching = MetadataUtils.newAttachHeadersInterceptor(headers);
        return new Wire(ClientInterceptors.intercept(channel, attaching), null, endpoint, timeout);
    }

    /**
     * Begins a call with a stream in both directions.
     *
     * @param action what the call does: a verb and its object
     */
    <Q, R> Exchange<Q, R> exchange(String action, MethodDescriptor<Q, R> method) {
        return new Exchange<>(
                this, action, method, ClientCalls.blockingBidiStreamingCall(channel, method, CallOptions.DEFAULT));
    }

    /** Begins a call that is answered with a stream. */
    <Q, R> Exchange<Q, R> exchange(String action, MethodDescriptor<Q, R> method, Q request) {
        return new Exchange<>(
                this,
                action,
                method,
                ClientCalls.blockingV2ServerStreamingCall(channel, method, CallOptions.DEFAULT, request));
    }

    /** {@return what to throw for the failure of a call without a deadline} */
    DavitException failure(String action, Exception thrown) {
        return failure(action, CallOptions.DEFAULT, thrown);
    }

    /**
     * Finds out whether the server has some service.
     *
     * @param service its full name
     * @param like a method of another service that this one has, too, with messages that look the same on the wire
     * @param request a harmless request for that method
     */
    <Q, R> boolean hasService(String service, MethodDescriptor<Q, R> like, Q request) {
        MethodDescriptor<Q, R> method = like.toBuilder()
                .setFullMethodName(
                        MethodDescriptor.generateFullMethodName(service, String.valueOf(like.getBareMethodName())))
                .build();
        try {
            ClientCalls.blockingUnaryCall(channel, method, within(timeout), request);
            return true;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode() != Status.Code.UNIMPLEMENTED;
        }
    }

    private static CallOptions within(Duration time) {
        return CallOptions.DEFAULT.withDeadlineAfter(time.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** {@return whether no call can be made any more, because somebody has closed the connection} */
    boolean isClosed() {
        return channel instanceof ManagedChannel managed && managed.isShutdown();
    }

    /** {@return where calls go, for messages} */
    @Override
    public String toString() {
        return endpoint == null ? "the given channel" : endpoint.toString();
    }

    @Override
    public void close() {
        if (owned != null) {
            owned.shutdownNow();
        }
    }
}
