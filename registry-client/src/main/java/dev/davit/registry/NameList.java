package dev.davit.registry;

import dev.davit.oci.TransferException.Side;
import dev.davit.oci.internal.JsonReader;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators.AbstractSpliterator;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A list of names that a registry hands out page by page: the tags of a repository, or all repositories. A page is asked
 * for when it is needed; each name comes once. For one thread.
 */
final class NameList extends AbstractSpliterator<String> {
    private static final int MAX_PAGE = 16 * 1024 * 1024;
    private static final int PAGE = 1000;

    private final Registry registry;
    private final String path;
    private final Scope scope;
    private final String member;
    private final String subject;
    private final Pages pages;
    private final Queue<String> page = new ArrayDeque<>();
    private final Set<String> seen = new HashSet<>();
    private @Nullable RegistryRequest next;

    private NameList(Registry registry, String path, Scope scope, String member, String subject) {
        super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.DISTINCT | Spliterator.NONNULL);
        this.registry = registry;
        this.path = path;
        this.scope = scope;
        this.member = member;
        this.subject = subject;
        this.pages = new Pages(scope, subject);
        this.next = request("?n=" + PAGE);
    }

    static Stream<String> ofTags(Endpoint endpoint) {
        NameList list = new NameList(
                endpoint.registry(),
                endpoint.repository() + "/tags/list",
                Scope.pull(endpoint.repository()),
                "tags",
                "tags of " + endpoint.name());
        // Artifactory lists digests, too
        return StreamSupport.stream(list, false).filter(tag -> !Documents.isDigest(tag));
    }

    static Stream<String> ofRepositories(Registry registry) {
        Scope scope = new Scope(List.of("registry:catalog:*"));
        NameList list = new NameList(registry, "_catalog", scope, "repositories", "repositories of " + registry.name());
        return StreamSupport.stream(list, false);
    }

    private RegistryRequest request(String query) {
        return RegistryRequest.of("GET", path + query, scope, Side.SOURCE, subject);
    }

    @Override
    public boolean tryAdvance(Consumer<? super String> action) {
        while (page.isEmpty()) {
            RegistryRequest request = next;
            if (request == null) {
                return false;
            }
            next = registry.read(request, this::turn, 200, 400, 404, 405, 422, 501);
        }
        action.accept(page.remove());
        return true;
    }

    /** {@return how to ask for the page after this one, or null if it is the last} */
    private @Nullable RegistryRequest turn(Reply reply) {
        if (reply.status() == 400 || reply.status() == 422) {
            return shorter(reply);
        }
        requireList(reply);
        List<String> names = JsonReader.parse(subject, reply.read(MAX_PAGE), this::names);
        RegistryRequest linked = pages.after(reply);
        boolean more = false;
        for (String name : names) {
            if (seen.add(name)) {
                page.add(name);
                more = true;
            }
        }
        // Nexus leaves out the link in groups: a page that is just full may not be all
        return linked != null || names.size() != PAGE || !more
                ? linked
                : request("?n=" + PAGE + "&last=" + URLEncoder.encode(names.get(PAGE - 1), StandardCharsets.UTF_8));
    }

    /** A registry may have a limit of its own; how long a page is by default is within it. */
    private RegistryRequest shorter(Reply reply) {
        RegistryException answer = Failures.answer(reply);
        if (!answer.codes().contains("PAGINATION_NUMBER_INVALID") || reply.url().queryParameter("n") == null) {
            throw answer;
        }
        return request("");
    }

    private void requireList(Reply reply) {
        if (reply.status() == 404 && member.equals("tags")) {
            throw Failures.status(reply);
        }
        if (reply.status() != 200) {
            throw Failures.notSupported(reply, "the registry does not tell");
        }
    }

    private List<String> names(JsonReader in) {
        List<String> names = new ArrayList<>();
        in.object(List.of(), name -> {
            if (name.equals(member)) {
                // Nexus lists null for a manifest without a tag
                names.addAll(in.stringsWithoutNulls());
            } else {
                in.skip();
            }
        });
        return names;
    }
}
