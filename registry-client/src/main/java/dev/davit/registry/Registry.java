package dev.davit.registry;

import dev.davit.oci.TransferException.Side;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;

/** One registry: sends requests to it until there is a final answer. Safe to share between threads. */
final class Registry {
    private final String name;
    private final RegistryHost host;
    private final RetryPolicy retries;
    private final ReentrantLock referrers = new ReentrantLock();

    /**
     * Creates a registry; nothing is sent yet.
     *
     * @param name {@code host[:port]} as in references
     */
    Registry(String name, Transport transport, ClientSettings settings) {
        this.name = name;
        this.host = new RegistryHost(name, transport, settings);
        this.retries = settings.retries;
    }

    /** {@return {@code host[:port]} as in references} */
    String name() {
        return name;
    }

    RetryPolicy retries() {
        return retries;
    }

    /** {@return held while a list of referrers is read, changed and written} */
    ReentrantLock referrers() {
        return referrers;
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

    /** {@return whether it wants to know who we are} */
    boolean ping() {
        send(RegistryRequest.of("GET", "", Scope.NONE, Side.SOURCE, name), 200).close();
        return host.isAsking();
    }

    /** Sends a request once. */
    Reply sendOnce(RegistryRequest request, Integer... accepted) {
        Reply reply = host.exchange(request);
        if (Arrays.asList(accepted).contains(reply.status())) {
            return reply;
        }
        try (reply) {
            throw Failures.status(reply);
        }
    }
}
