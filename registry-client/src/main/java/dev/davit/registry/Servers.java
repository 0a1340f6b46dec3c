package dev.davit.registry;

import dev.davit.oci.DavitException;
import dev.davit.oci.TransferException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * The servers that speak for one registry: its mirrors are asked for content first, and the registry itself last. A
 * mirror that does not have something, or does not work, is passed over without a word; one that cannot be reached is left
 * alone for a minute. Safe to share between threads.
 */
final class Servers {
    private static final System.Logger LOG = System.getLogger(RegistryClient.class.getName());
    private static final long ASIDE = Duration.ofMinutes(1).toNanos();

    private final String registry;
    private final Router router;
    private final LongSupplier clock;
    private final Map<String, List<Route>> routes = new ConcurrentHashMap<>();
    private final Map<Server, Long> failed = new ConcurrentHashMap<>();

    Servers(String registry, Router router, LongSupplier clock) {
        this.registry = registry;
        this.router = router;
        this.clock = clock;
    }

    /**
     * Sends a request.
     *
     * @return the answer of a mirror if it has what is asked for, else whatever the registry answers; the caller closes it
     * @throws DavitException if there is none, with those of the mirrors as suppressed ones
     */
    Reply exchange(RegistryRequest request) {
        List<Route> ways = ways(request);
        Route last = ways.get(ways.size() - 1);
        List<DavitException> failures = new ArrayList<>();
        for (Route mirror : ways.subList(0, ways.size() - 1)) {
            if (isAside(mirror.server())) {
                continue;
            }
            try {
                return answer(mirror, request);
            } catch (DavitException e) {
                if (Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                if (e instanceof TransferException) {
                    failed.put(mirror.server(), clock.getAsLong());
                }
                LOG.log(
                        Level.DEBUG,
                        () -> "mirror " + mirror.server().name() + " of " + registry + ": " + e.getMessage());
                failures.add(e);
            }
        }
        try {
            return router.host(last.server()).exchange(last.adapted(request));
        } catch (DavitException e) {
            failures.forEach(e::addSuppressed);
            throw e;
        }
    }

    private Reply answer(Route mirror, RegistryRequest request) {
        Reply reply = router.host(mirror.server()).exchange(mirror.adapted(request));
        if (reply.status() / 100 == 2) {
            return reply;
        }
        try (reply) {
            throw Failures.status(reply);
        }
    }

    private boolean isAside(Server server) {
        Long since = failed.get(server);
        return since != null && clock.getAsLong() - since < ASIDE;
    }

    private List<Route> ways(RegistryRequest request) {
        Route.Use use = Route.Use.of(request);
        return routes
                .computeIfAbsent(request.scope().repository(), repository -> router.routes(registry, repository))
                .stream()
                .filter(route -> route.uses().contains(use))
                .toList();
    }

    /** {@return the registry itself} */
    RegistryHost origin() {
        List<Route> all = router.routes(registry, "");
        return router.host(all.get(all.size() - 1).server());
    }
}
