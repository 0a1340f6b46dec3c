package dev.davit.registry;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Where a registry may send us, and what goes along. Another scheme, host or port is another origin, which gets no
 * credentials; HTTPS never leads to HTTP; and nothing leads to an address that is more private than the registry's own
 * ({@link Reach}).
 */
final class Redirects {
    private static final int MAX_HOPS = 5;
    private static final Set<Integer> WITH_ANY_METHOD = Set.of(307, 308);
    private static final Set<Integer> FOR_READS = Set.of(301, 302, 303);

    private final Transport transport;

    Redirects(Transport transport) {
        this.transport = transport;
    }

    /**
     * Sends a request and follows redirects.
     *
     * @param base where the registry is
     * @param authorization what goes to the registry and nowhere else, or null
     * @param home the reach of this request to the registry
     * @return the final answer, which the caller closes
     */
    Reply exchange(HttpUrl base, RegistryRequest request, @Nullable String authorization, Reach home)
            throws IOException {
        HttpUrl url = request.url(base);
        boolean left = false;
        int status = 0;
        for (int hop = 0; hop <= MAX_HOPS; hop++) {
            // who has left the registry once comes back as a stranger
            left |= !Origin.of(url).equals(Origin.of(base));
            Reply reply = transport.exchange(url, request, left ? null : authorization, left ? home.elsewhere() : home);
            if (!isRedirect(reply)) {
                return reply;
            }
            try (reply) {
                status = reply.status();
                url = target(reply, reply.header("Location").orElse(""), "redirect");
            }
        }
        throw refused(request, status, "expected at most " + MAX_HOPS + " redirects, got more");
    }

    private static boolean isRedirect(Reply reply) {
        return WITH_ANY_METHOD.contains(reply.status())
                || (FOR_READS.contains(reply.status()) && reply.request().isRepeatable());
    }

    /**
     * Resolves where an answer points to.
     *
     * @param reply the answer
     * @param location what it says: a URL, relative or not
     * @param kind what kind of pointer it is, for messages
     * @throws RegistryException if it must not be followed
     */
    static HttpUrl target(Reply reply, String location, String kind) {
        HttpUrl from = reply.url();
        // some registries leave the scheme out: host/v2/…
        boolean withoutScheme = location.startsWith(Origin.authority(from) + "/");
        HttpUrl to = from.resolve(withoutScheme ? "//" + location : location);
        if (to == null || location.isEmpty()) {
            throw refused(reply.request(), reply.status(), "expected a " + kind + " to an HTTP URL, got another one");
        }
        if (from.isHttps() && !to.isHttps()) {
            throw refused(
                    reply.request(),
                    reply.status(),
                    "not followed: a " + kind + " from HTTPS to plain HTTP at " + Origin.authority(to));
        }
        if (!to.encodedUsername().isEmpty() || !to.encodedPassword().isEmpty()) {
            throw refused(reply.request(), reply.status(), "not followed: a " + kind + " with a user name in its URL");
        }
        return to;
    }

    private static RegistryException refused(RegistryRequest request, int status, String why) {
        return new RegistryException(request.subject() + ": " + why, status, List.of(), null);
    }
}
