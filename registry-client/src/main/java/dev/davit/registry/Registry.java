package dev.davit.registry;

import dev.davit.oci.TransferException.Side;
import dev.davit.oci.internal.Text;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/** One registry: sends requests to it until there is a final answer. Safe to share between threads. */
final class Registry {
    private final String name;
    private final Servers servers;
    private final RetryPolicy retries;
    private final Notices notices;
    private final PieceSize pieces;
    private final int connections;
    private final Gate gate;
    private final ReentrantLock referrers = new ReentrantLock();
    private final Memory withoutReferrers;
    private final Memory doubtful;

    /**
     * Creates a registry; nothing is sent yet.
     *
     * @param name {@code host[:port]} as in references
     */
    Registry(String name, Router router, ClientSettings settings) {
        this.name = name;
        this.servers = new Servers(name, router, settings.clock);
        this.retries = settings.retries;
        this.gate = new Gate(retries.firstWait());
        this.notices = new Notices(name, settings.listener);
        this.pieces = new PieceSize(settings.pieceSize);
        this.connections = settings.connections;
        this.withoutReferrers = new Memory(settings.clock);
        this.doubtful = new Memory(settings.clock);
    }

    /** {@return {@code host[:port]} as in references} */
    String name() {
        return name;
    }

    /** {@return how much it takes at once} */
    PieceSize pieces() {
        return pieces;
    }

    /** {@return over how many connections a large blob is fetched} */
    int connections() {
        return connections;
    }

    RetryPolicy retries() {
        return retries;
    }

    /** {@return held while a list of referrers is read, changed and written} */
    ReentrantLock referrers() {
        return referrers;
    }

    /** {@return the repositories whose referrers it does not list} */
    Memory withoutReferrers() {
        return withoutReferrers;
    }

    /** {@return what it says to have, and then says not to have: {@code repository@digest}} */
    Memory doubtful() {
        return doubtful;
    }

    /**
     * Sends a request, again where that is harmless and helps.
     *
     * @param accepted the statuses that are an answer
     * @return the answer, which the caller closes
     * @throws dev.davit.oci.DavitException for any other status, and if there is no answer
     */
    Reply send(RegistryRequest request, Integer... accepted) {
        return request.isRepeatable() ? retries.run(() -> sendOnce(request, accepted)) : sendOnce(request, accepted);
    }

    /**
     * Sends a request and reads the whole answer, again also if the answer breaks off.
     *
     * @param reader makes something of the answer, which is closed afterwards
     * @param accepted the statuses that are an answer
     */
    <T> T read(RegistryRequest request, Function<Reply, T> reader, Integer... accepted) {
        return retries.run(() -> {
            try (Reply reply = sendOnce(request, accepted)) {
                return reader.apply(reply);
            }
        });
    }

    /** {@return what it tells of itself} */
    RegistryInfo ping() {
        RegistryRequest base = RegistryRequest.of("GET", "", Scope.NONE, Side.SOURCE, name);
        return read(
                base,
                reply -> new RegistryInfo(
                        name,
                        servers.origin().isSecure(),
                        servers.origin().isAsking(),
                        reply.header("Docker-Distribution-API-Version").map(Text::plain)),
                200);
    }

    /** Sends a request once. */
    Reply sendOnce(RegistryRequest request, Integer... accepted) {
        gate.pass(request);
        Reply reply = servers.exchange(request);
        notices.of(reply);
        if (Arrays.asList(accepted).contains(reply.status())) {
            gate.answered();
            return reply;
        }
        try (reply) {
            slowDown(reply);
            throw Failures.status(reply);
        }
    }

    /** Who is told to wait tells all others. */
    private void slowDown(Reply reply) {
        boolean tooMany = reply.status() == 429;
        Duration wait = reply.header("Retry-After")
                .map(RetryAfter::parse)
                .orElse(tooMany ? retries.firstWait() : Duration.ZERO);
        if (!tooMany && reply.status() != 503) {
            gate.answered();
        } else if (wait.compareTo(retries.longestWait()) <= 0 && !wait.isZero()) {
            gate.close(wait);
            notices.throttled(wait);
        }
    }
}
