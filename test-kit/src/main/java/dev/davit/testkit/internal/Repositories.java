package dev.davit.testkit.internal;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Document;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which repository has which blobs, manifests and tags.
 *
 * <p>This is held in memory and guarded by one lock, so that every change is seen whole; the bytes are in a {@link
 * ContentFolder} and are shared between repositories. If that folder is to stay, each change of manifests and tags is
 * also written to its index. A repository exists as long as it has something. Thread-safe.
 */
final class Repositories {
    private final ContentFolder content;
    private final Map<String, Repository> repositories = new TreeMap<>();

    private Repositories(ContentFolder content) {
        this.content = content;
    }

    /** Opens what the folder holds. */
    static Repositories in(ContentFolder content) throws IOException {
        Repositories repositories = new Repositories(content);
        if (!content.isTemporary()) {
            for (StorageIndex.Entry entry : StorageIndex.read(content)) {
                repositories.restore(entry);
            }
        }
        return repositories;
    }

    private void restore(StorageIndex.Entry entry) {
        Repository repository = repositories.computeIfAbsent(entry.repository(), name -> new Repository());
        repository.manifests.put(entry.manifest().digest(), entry.manifest());
        entry.blobs().forEach(blob -> repository.blobs.put(blob.digest(), blob.size()));
        if (entry.tag() != null) {
            repository.tags.put(entry.tag(), entry.manifest().digest());
        }
    }

    private static final class Repository {
        private final Map<Digest, Long> blobs = new HashMap<>();
        private final Map<Digest, StoredManifest> manifests = new HashMap<>();
        private final TreeMap<String, Digest> tags = new TreeMap<>();

        boolean isEmpty() {
            return blobs.isEmpty() && manifests.isEmpty();
        }

        boolean has(Digest digest) {
            return blobs.containsKey(digest) || manifests.containsKey(digest);
        }
    }

    /** Opens a repository for reading; an absent one is an empty one. */
    private Repository get(String repository) {
        return repositories.getOrDefault(repository, new Repository());
    }

    // ---- blobs

    /** Returns the size of a blob in bytes. */
    synchronized Optional<Long> blob(String repository, Digest digest) {
        return Optional.ofNullable(get(repository).blobs.get(digest));
    }

    /** Takes in an upload whose digest has been verified. */
    synchronized void addBlob(String repository, Path upload, Digest digest, long size) throws IOException {
        content.adopt(upload, digest);
        create(repository).blobs.put(digest, size);
    }

    /**
     * Gives a repository a blob that another one has.
     *
     * @param from the other one, or null for whichever has it
     * @return whether it was there
     */
    synchronized boolean mount(String repository, Digest digest, @Nullable String from) {
        List<Repository> sources = from == null ? List.copyOf(repositories.values()) : List.of(get(from));
        for (Repository source : sources) {
            Long size = source.blobs.get(digest);
            if (size != null) {
                create(repository).blobs.put(digest, size);
                return true;
            }
        }
        return false;
    }

    /** Takes a blob from a repository and tells whether it was there. */
    synchronized boolean removeBlob(String repository, Digest digest) throws IOException {
        boolean removed = get(repository).blobs.remove(digest) != null;
        if (removed) {
            forget(repository, digest);
        }
        return removed;
    }

    // ---- manifests and tags

    /** Returns the manifest of this digest. */
    synchronized Optional<StoredManifest> manifest(String repository, Digest digest) {
        return Optional.ofNullable(get(repository).manifests.get(digest));
    }

    /** Returns the manifest that the tag names. */
    synchronized Optional<StoredManifest> manifest(String repository, String tag) {
        Repository found = get(repository);
        return Optional.ofNullable(found.tags.get(tag)).map(found.manifests::get);
    }

    /**
     * Takes in a manifest and points tags at it.
     *
     * @param digest the verified digest of the document's bytes
     * @param tags the tags, which may name something else until then
     * @param needsChildren whether everything that the document refers to must be there
     * @param precondition decides on what the first tag, or else the digest, names now; it answers by throwing
     */
    synchronized void putManifest(
            String repository,
            Document document,
            Digest digest,
            List<String> tags,
            boolean needsChildren,
            Precondition precondition)
            throws IOException {
        precondition.check(tags.isEmpty() ? manifest(repository, digest) : manifest(repository, tags.get(0)));
        if (needsChildren) {
            requireAll(StoredManifest.childrenOf(document), get(repository)::has);
        }
        content.write(content.path(digest), document.toBytes());
        Repository changed = create(repository);
        changed.manifests.put(digest, StoredManifest.of(document, digest));
        tags.forEach(tag -> changed.tags.put(tag, digest));
        save();
    }

    /** Decides whether a change may happen, from what it would replace. */
    interface Precondition {
        Precondition NONE = existing -> {};

        /**
         * Looks at the manifest that is there.
         *
         * @throws ApiError if the change may not happen
         */
        void check(Optional<StoredManifest> existing);
    }

    private static void requireAll(List<Descriptor> needed, Predicate<Digest> present) {
        for (Descriptor descriptor : needed) {
            if (!present.test(descriptor.digest())) {
                throw ApiError.of(
                        404, "MANIFEST_BLOB_UNKNOWN", "the manifest needs " + descriptor + ", which was not pushed");
            }
        }
    }

    /** Takes a manifest and all tags that name it from a repository and tells whether it was there. */
    synchronized boolean removeManifest(String repository, Digest digest, Precondition precondition)
            throws IOException {
        precondition.check(manifest(repository, digest));
        Repository changed = get(repository);
        boolean removed = changed.manifests.remove(digest) != null;
        if (removed) {
            changed.tags.values().removeIf(digest::equals);
            forget(repository, digest);
            save();
        }
        return removed;
    }

    /** Takes a tag from a repository, leaving the manifest and its other tags, and tells whether it was there. */
    synchronized boolean removeTag(String repository, String tag, Precondition precondition) throws IOException {
        precondition.check(manifest(repository, tag));
        boolean removed = get(repository).tags.remove(tag) != null;
        if (removed) {
            save();
        }
        return removed;
    }

    // ---- lists

    /** Returns the names of all repositories, sorted. */
    synchronized List<String> names() {
        return List.copyOf(repositories.keySet());
    }

    /** Returns the tags of a repository, sorted; empty if there is no such repository. */
    synchronized Optional<List<String>> tags(String repository) {
        return Optional.ofNullable(repositories.get(repository)).map(found -> List.copyOf(found.tags.keySet()));
    }

    /** Returns the manifests whose subject is the given one, sorted by digest. */
    synchronized List<StoredManifest> referrers(String repository, Digest subject) {
        return get(repository).manifests.values().stream()
                .filter(manifest -> manifest.refersTo(subject))
                .sorted((a, b) -> a.digest().toString().compareTo(b.digest().toString()))
                .toList();
    }

    // ---- upkeep

    private Repository create(String repository) {
        return repositories.computeIfAbsent(repository, name -> new Repository());
    }

    /** Drops what nobody has any more. */
    private void forget(String repository, Digest digest) throws IOException {
        if (get(repository).isEmpty()) {
            repositories.remove(repository);
        }
        if (repositories.values().stream().noneMatch(any -> any.has(digest))) {
            content.delete(digest);
        }
    }

    private void save() throws IOException {
        if (content.isTemporary()) {
            return;
        }
        List<StorageIndex.Named> entries = new ArrayList<>();
        repositories.forEach((name, repository) -> {
            Map<Digest, List<String>> tags = new HashMap<>();
            repository.tags.forEach((tag, digest) ->
                    tags.computeIfAbsent(digest, d -> new ArrayList<>()).add(tag));
            repository.manifests.forEach((digest, manifest) ->
                    entries.add(new StorageIndex.Named(name, manifest, tags.getOrDefault(digest, List.of()))));
        });
        StorageIndex.write(content, entries);
    }
}
