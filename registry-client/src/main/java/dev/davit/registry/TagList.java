package dev.davit.registry;

import dev.davit.oci.TransferException.Side;
import dev.davit.oci.internal.JsonReader;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads all tags of a repository. */
final class TagList {
    private static final int MAX_PAGE = 16 * 1024 * 1024;
    private static final int PAGE = 1000;

    private final Endpoint endpoint;

    TagList(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    List<String> read() {
        Set<String> tags = new TreeSet<>();
        Pages pages = new Pages(endpoint, subject());
        @Nullable RegistryRequest request = endpoint.request("GET", "tags/list?n=" + PAGE, Side.SOURCE, subject());
        while (request != null) {
            try (Reply reply = endpoint.registry().send(request, 200)) {
                tags.addAll(JsonReader.parse(request.subject(), reply.read(MAX_PAGE), TagList::tags));
                request = pages.after(reply);
            }
        }
        return List.copyOf(tags);
    }

    private String subject() {
        return "tags of " + endpoint.name();
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
