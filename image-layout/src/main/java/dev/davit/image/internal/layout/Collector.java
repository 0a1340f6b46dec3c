package dev.davit.image.internal.layout;

import dev.davit.image.Garbage;
import dev.davit.image.internal.layout.BlobFiles.BlobFile;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Document;
import dev.davit.oci.Index;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.content.ContentSource;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Finds the blobs of a layout that nothing refers to. What refers to something that is in use is in use itself, though
 * no entry names it: a signature is of no less worth than the image. For one thread, once, while nobody changes names.
 */
public final class Collector {
    private final BlobFiles files;
    private final ContentSource source;
    private final Instant limit;
    private final Set<Digest> live = new HashSet<>();
    /** The documents among them whose children are known: something may be named as a document and as something else. */
    private final Set<Digest> followed = new HashSet<>();

    /** The documents that no entry leads to, by what they refer to as their subject. */
    private final Map<Digest, List<Descriptor>> referrers = new HashMap<>();

    private final Deque<Descriptor> open = new ArrayDeque<>();
    private int abandoned;
    private long bytes;

    /**
     * Starts a collection.
     *
     * @param folder where the blobs are
     * @param source reads them
     * @param limit what was changed since then is left alone
     */
    public Collector(BlobFolder folder, ContentSource source, Instant limit) {
        this.files = new BlobFiles(folder);
        this.source = source;
        this.limit = limit;
    }

    /**
     * Finds the garbage.
     *
     * @param indexes the entries of all layouts whose blobs are in the folder
     * @return what it is
     * @throws dev.davit.oci.IntegrityException if a document in use is damaged: what it refers to cannot be known
     */
    public Garbage find(List<Index> indexes) {
        mark(indexes);
        return sweep(file -> true);
    }

    /**
     * Finds the garbage and deletes it.
     *
     * @param indexes the entries of all layouts whose blobs are in the folder
     * @param check throws if they may not be that any more
     * @return what was deleted
     * @throws dev.davit.oci.IntegrityException if a document in use is damaged: what it refers to cannot be known
     */
    public Garbage delete(List<Index> indexes, Runnable check) {
        mark(indexes);
        return sweep(file -> {
            check.run();
            return files.deleteIfOlder(file, limit);
        });
    }

    private void mark(List<Index> indexes) {
        indexes.forEach(index -> open(index.manifests()));
        mark();
        files.forEach(this::findReferrer);
        referrers.forEach((subject, found) -> {
            if (live.contains(subject)) {
                open(found);
            }
        });
        mark();
    }

    private void mark() {
        while (!open.isEmpty()) {
            Descriptor node = open.pop();
            if (!followed.add(node.digest())) {
                continue;
            }
            live.add(node.digest());
            open(referrers.getOrDefault(node.digest(), List.of()));
            try {
                // not what a descriptor has in itself: that would say nothing about the blob
                byte[] content = source.fetch(node.toBuilder().data(null).build());
                open(Document.parse(node.mediaType(), content).children());
            } catch (NotFoundException e) {
                // not everything that an index names is copied always
            }
        }
    }

    /** Of what refers to nothing only the digest is kept: most blobs are layers, and there may be very many. */
    private void open(List<Descriptor> nodes) {
        for (Descriptor node : nodes) {
            if (node.mediaType().isDocument()) {
                open.push(node);
            } else if (live.add(node.digest())) {
                open(referrers.getOrDefault(node.digest(), List.of()));
            }
        }
    }

    private void findReferrer(BlobFile file) {
        if (!isUnused(file) || file.size() > Document.MAX_SIZE) {
            return;
        }
        Descriptor content = Descriptor.of(MediaType.OCTET_STREAM, file.requireDigest(), file.size());
        UntypedBlobs.look(source, content)
                .document()
                .ifPresent(document -> document.subject().ifPresent(subject -> {
                    Descriptor referrer =
                            content.toBuilder().mediaType(document.mediaType()).build();
                    referrers
                            .computeIfAbsent(subject.digest(), digest -> new ArrayList<>())
                            .add(referrer);
                }));
    }

    /** What cannot be verified cannot be read, and may refer to something in use. */
    private boolean isUnused(BlobFile file) {
        Digest digest = file.digest();
        return digest != null && digest.isVerifiable() && file.attributes().isRegularFile() && !live.contains(digest);
    }

    private Garbage sweep(Predicate<BlobFile> takeAway) {
        List<Digest> blobs = new ArrayList<>();
        files.forEach(file -> {
            if (isUnused(file) && file.isOlderThan(limit) && takeAway.test(file)) {
                blobs.add(file.requireDigest());
                bytes += file.size();
            }
        });
        files.forEachUnfinished(file -> {
            if (file.isOlderThan(limit) && takeAway.test(file)) {
                abandoned++;
                bytes += file.size();
            }
        });
        return new Garbage(blobs, abandoned, bytes);
    }
}
