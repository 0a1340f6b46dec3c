package dev.davit.registry;

import dev.davit.oci.TransferException.Side;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/** Reads a list page by page. What points to the next page is not ours to understand, but stays at the registry. */
final class Pages {
    private static final int MAX_PAGES = 10_000;

    private final Scope scope;
    private final String subject;
    private final Set<HttpUrl> seen = new HashSet<>();

    /**
     * A list that is about to be read.
     *
     * @param scope what reading it needs to be allowed
     * @param subject what it is, for messages
     */
    Pages(Scope scope, String subject) {
        this.scope = scope;
        this.subject = subject;
    }

    /**
     * Finds the next page.
     *
     * @param reply the page that was read
     * @return how to ask for the next one, or null after the last
     * @throws RegistryException if the list goes elsewhere, or does not end
     */
    @Nullable
    RegistryRequest after(Reply reply) {
        Optional<HttpUrl> next = Link.next(reply.headers("Link"))
                .map(target -> inPlace(reply.url(), Redirects.target(reply, target, "link to the next page")));
        if (next.isEmpty()) {
            return null;
        }
        if (!Origin.of(next.get()).equals(Origin.of(reply.url()))) {
            throw failure(reply, "not followed: a link to the next page at " + Origin.authority(next.get()));
        }
        if (!seen.add(next.get()) || seen.size() > MAX_PAGES) {
            throw failure(
                    reply, "expected the list to end, got more than " + MAX_PAGES + " pages or one of them again");
        }
        return RegistryRequest.at("GET", next.get(), scope, Side.SOURCE, subject);
    }

    /** Nexus writes the path before {@code /v2/} that it has itself, which is another one behind a proxy. */
    private static HttpUrl inPlace(HttpUrl page, HttpUrl next) {
        return next.encodedPath().endsWith(page.encodedPath())
                ? next.newBuilder().encodedPath(page.encodedPath()).build()
                : next;
    }

    private RegistryException failure(Reply reply, String what) {
        return new RegistryException(subject + ": " + what, reply.status(), List.of(), null);
    }
}
