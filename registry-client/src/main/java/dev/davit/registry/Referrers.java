package dev.davit.registry;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Document;
import dev.davit.oci.Index;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.MediaType;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.UnauthorizedException;
import dev.davit.oci.internal.ByteBlob;
import dev.davit.oci.internal.ReferrerIndex;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What refers to a manifest of a repository: the registry keeps a list of it, or else the clients do, as an index under
 * a tag that is made of the digest.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers">
 *     distribution-spec, "Listing Referrers"</a>
 */
final class Referrers {
    private static final int MAX_REFERRERS = 100_000;
    private static final int MAX_ALGORITHM = 32;
    private static final int MAX_ENCODED = 64;
    /** How often a list is changed by somebody else before ours is given up. */
    private static final int MAX_ATTEMPTS = 10;

    private final Endpoint endpoint;

    Referrers(Endpoint endpoint) {
        this.endpoint = endpoint;
    }

    /**
     * Finds what refers to a subject.
     *
     * @param artifactType what kind of things alone, or null for all
     * @return each once
     */
    List<Descriptor> of(Digest subject, @Nullable String artifactType) {
        boolean askThere = !endpoint.registry().withoutReferrers().has(endpoint.repository());
        Optional<List<Descriptor>> listed = askThere ? listedIfAllowed(subject, artifactType) : Optional.empty();
        List<Descriptor> all = listed.orElseGet(
                () -> tagged(subject).map(list -> list.index().manifests()).orElse(List.of()));
        // not every registry knows filters, and those that do may say so of a page and forget it on the next
        return artifactType == null
                ? all
                : all.stream()
                        .filter(referrer -> referrer.artifactType().equals(Optional.of(artifactType)))
                        .toList();
    }

    /** Harbor before 2.8 refuses to list, as if for want of a login, what it lets everybody read. */
    private Optional<List<Descriptor>> listedIfAllowed(Digest subject, @Nullable String artifactType) {
        try {
            return listed(subject, artifactType);
        } catch (UnauthorizedException e) {
            return Optional.empty();
        }
    }

    /** Asks the registry. Those that know nothing of referrers answer in many ways, or with something else. */
    private Optional<List<Descriptor>> listed(Digest subject, @Nullable String artifactType) {
        Map<Digest, Descriptor> found = new LinkedHashMap<>();
        String what = "referrers of " + endpoint.manifest(subject.toString());
        Pages pages = new Pages(Scope.pull(endpoint.repository()), what);
        boolean first = true;
        @Nullable
        RegistryRequest request = endpoint.request("GET", path(subject, artifactType), Side.SOURCE, what)
                .header("Accept", MediaType.OCI_INDEX.value());
        boolean[] isUnknown = {false};
        while (request != null) {
            boolean[] isList = {!first};
            Integer[] accepted = first ? new Integer[] {200, 400, 404, 405, 406, 501} : new Integer[] {200};
            request = endpoint.registry()
                    .read(
                            request,
                            reply -> {
                                isList[0] |= isList(reply);
                                isUnknown[0] = isRepositoryUnknown(reply);
                                return isList[0] ? turn(reply, what, found, pages) : null;
                            },
                            accepted);
            if (!isList[0]) {
                // where there is no repository, nothing is said of what the registry can do
                if (!isUnknown[0]) {
                    endpoint.registry().withoutReferrers().add(endpoint.repository());
                }
                return Optional.empty();
            }
            first = false;
        }
        return Optional.of(List.copyOf(found.values()));
    }

    private static String path(Digest subject, @Nullable String artifactType) {
        String filter =
                artifactType == null ? "" : "?artifactType=" + URLEncoder.encode(artifactType, StandardCharsets.UTF_8);
        return "referrers/" + subject + filter;
    }

    private static boolean isRepositoryUnknown(Reply reply) {
        return reply.status() == 404 && Failures.answer(reply).codes().contains("NAME_UNKNOWN");
    }

    private static boolean isList(Reply reply) {
        return reply.status() == 200
                && Documents.contentType(reply).filter(MediaType::isIndex).isPresent();
    }

    private static @Nullable RegistryRequest turn(
            Reply reply, String what, Map<Digest, Descriptor> found, Pages pages) {
        parse(what, reply.read(Document.MAX_SIZE)).manifests().forEach(r -> found.putIfAbsent(r.digest(), r));
        if (found.size() > MAX_REFERRERS) {
            throw new MalformedContentException(what + ": expected at most " + MAX_REFERRERS + ", got " + found.size());
        }
        return pages.after(reply);
    }

    private static Index parse(String what, byte[] bytes) {
        try {
            return Index.parse(bytes);
        } catch (MalformedContentException e) {
            throw new MalformedContentException(what + ": " + e.getMessage(), e);
        }
    }

    /** {@return the tag under which clients keep the list of a subject where the registry does not} */
    static String tag(Digest subject) {
        return part(subject.algorithm(), MAX_ALGORITHM) + '-' + part(subject.encoded(), MAX_ENCODED);
    }

    private static String part(String text, int max) {
        return text.substring(0, Math.min(max, text.length())).replaceAll("[^a-zA-Z0-9._-]", "-");
    }

    /** A list under a tag, and how the registry names this state of it, if it does. */
    private record Tagged(Index index, Optional<String> entityTag) {}

    private Optional<Tagged> tagged(Digest subject) {
        String tag = tag(subject);
        RegistryRequest request = endpoint.request("GET", "manifests/" + tag, Side.SOURCE, endpoint.manifest(tag))
                .header("Accept", Documents.ACCEPT);
        return endpoint.registry().read(request, reply -> tagged(reply, endpoint.manifest(tag)), 200, 404);
    }

    private static Optional<Tagged> tagged(Reply reply, String name) {
        if (isRepositoryUnknown(reply)) {
            throw Failures.status(reply);
        }
        if (reply.status() == 404) {
            return Optional.empty();
        }
        Index index = parse("referrers in " + name, reply.read(Document.MAX_SIZE));
        if (index.subject().isPresent()) {
            throw new MalformedContentException(
                    "referrers in " + name + ": expected a list, got an index with a subject");
        }
        return Optional.of(new Tagged(index, reply.header("ETag")));
    }

    /**
     * Adds a referrer to the list under the tag. Of two who do that at once, none loses its own if the registry knows
     * conditional requests; others are only protected from what else this client does.
     *
     * @param referrer the document that was pushed
     * @param digest its digest there
     */
    void add(Document referrer, Digest digest) {
        Descriptor entry = ReferrerIndex.describe(referrer, digest);
        change(referrer.subject().orElseThrow().digest(), entries -> {
            if (entries.stream().noneMatch(known -> known.digest().equals(digest))) {
                entries.add(entry);
            }
        });
    }

    /**
     * Removes a referrer that was deleted from the list under the tag, if there is such a list. The last one leaves an
     * empty list: to delete the tag could lose what somebody else adds at the same moment.
     */
    void remove(Digest subject, Digest digest) {
        if (tagged(subject).isPresent()) {
            change(subject, entries -> entries.removeIf(known -> known.digest().equals(digest)));
        }
    }

    private void change(Digest subject, Consumer<List<Descriptor>> edit) {
        ReentrantLock lock = endpoint.registry().referrers();
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failures.interrupted(put(subject), e);
        }
        try {
            for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
                // the list is read again each time, so a lost answer does no harm
                if (endpoint.registry().retries().run(() -> changeOnce(subject, edit))) {
                    return;
                }
            }
        } finally {
            lock.unlock();
        }
        throw new RegistryException(
                "referrers in " + endpoint.manifest(tag(subject)) + ": expected to change the list, got " + MAX_ATTEMPTS
                        + " changes of others meanwhile",
                412,
                List.of(),
                null);
    }

    /** {@return whether nobody else has changed the list meanwhile} */
    private boolean changeOnce(Digest subject, Consumer<List<Descriptor>> edit) {
        Optional<Tagged> before = tagged(subject);
        List<Descriptor> known = before.map(list -> list.index().manifests()).orElse(List.of());
        List<Descriptor> entries = new ArrayList<>(known);
        edit.accept(entries);
        if (entries.equals(known)) {
            return true;
        }
        Index after = before.map(list -> list.index().toBuilder())
                .orElseGet(Index::builder)
                .manifests(entries)
                .build();
        RegistryRequest put = put(subject)
                .body(
                        new ByteBlob(after.descriptor(), after.toBytes()),
                        after.mediaType().value())
                .moving(after.descriptor());
        if (before.isEmpty()) {
            put.header("If-None-Match", "*");
        } else {
            before.get().entityTag().ifPresent(tag -> put.header("If-Match", tag));
        }
        try (Reply reply = endpoint.registry().sendOnce(put, 201, 200, 202, 412)) {
            return reply.status() != 412;
        }
    }

    private RegistryRequest put(Digest subject) {
        String tag = tag(subject);
        return endpoint.request("PUT", "manifests/" + tag, Side.TARGET, endpoint.manifest(tag));
    }
}
