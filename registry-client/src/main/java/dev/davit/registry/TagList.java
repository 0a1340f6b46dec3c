package dev.davit.registry;

import dev.davit.oci.TransferException.Side;
import dev.davit.oci.internal.JsonReader;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/** Reads all tags of a repository, page by page. What points to the next page is not ours to understand. */
final class TagList {
    private static final int MAX_PAGE = 16 * 1024 * 1024;
    private static final int MAX_PAGES = 10_000;
    private static final int PAGE = 1000;

    private final Endpoint endpoint;

    TagList(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    List<String> read() {
        Set<String> tags = new TreeSet<>();
        Set<HttpUrl> seen = new HashSet<>();
        @Nullable RegistryRequest request = endpoint.request("GET", "tags/list?n=" + PAGE, Side.SOURCE, subject());
        while (request != null) {
            try (Reply reply = endpoint.registry().send(request, 200)) {
                tags.addAll(JsonReader.parse(request.subject(), reply.read(MAX_PAGE), TagList::tags));
                Optional<HttpUrl> next = next(reply);
                if (next.isPresent() && (!seen.add(next.get()) || seen.size() > MAX_PAGES)) {
                    throw new RegistryException(
                            request.subject() + ": expected the list to end, got more than " + MAX_PAGES
                                    + " pages or one of them again",
                            reply.status(),
                            List.of(),
                            null);
                }
                request = next.map(this::page).orElse(null);
            }
        }
        return List.copyOf(tags);
    }

    private RegistryRequest page(HttpUrl url) {
        return RegistryRequest.at("GET", url, Scope.pull(endpoint.repository()), Side.SOURCE, subject());
    }

    private String subject() {
        return "tags of " + endpoint.name();
    }

    /** The next page is at the registry itself, or nowhere. */
    private static Optional<HttpUrl> next(Reply reply) {
        Optional<HttpUrl> next = Link.next(reply.headers("Link"))
                .map(target -> Redirects.target(reply, target, "link to the next page"));
        if (next.isPresent() && !Origin.of(next.get()).equals(Origin.of(reply.url()))) {
            throw new RegistryException(
                    reply.request().subject() + ": not followed: a link to the next page at "
                            + Origin.authority(next.get()),
                    reply.status(),
                    List.of(),
                    null);
        }
        return next;
    }

    private static List<String> tags(JsonReader in) {
        Set<String> tags = new TreeSet<>();
        in.object(List.of(), name -> {
            if (name.equals("tags")) {
                // Nexus lists null for a manifest without a tag.
                tags.addAll(in.stringsWithoutNulls());
            } else {
                in.skip();
            }
        });
        return List.copyOf(tags);
    }
}
