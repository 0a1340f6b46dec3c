package dev.davit.image.internal.layout;

import dev.davit.image.Garbage;
import dev.davit.image.internal.layout.BlobFiles.BlobFile;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Document;
import dev.davit.oci.Index;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.content.ContentSource;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the blobs of a layout that nothing refers to. What refers to something that is in use is in use itself, though
 * no entry names it: a signature is of no less worth than the image. For one thread, once, while nobody changes names.
 */
public final class Collector {
    private final BlobFiles files;
    private final ContentSource source;
    private final Instant limit;
    private final Set<Digest> live = new HashSet<>();
    /** The documents that no entry leads to, by what they refer to as their subject. */
    private final Map<Digest, List<Descriptor>> referrers = new HashMap<>();

    private final Deque<Descriptor> open = new ArrayDeque<>();

    /**
     * Starts a collection.
     *
     * @param folder the layout
     * @param source reads its blobs
     * @param limit what was changed since then is left alone
     */
    public Collector(Path folder, ContentSource source, Instant limit) {
        this.files = new BlobFiles(folder);
        this.source = source;
        this.limit = limit;
    }

    /**
     * Finds the garbage.
     *
     * @param index the entries of the layout
     * @param delete whether to delete it, too
     * @return what it is
     * @throws dev.davit.oci.IntegrityException if a document in use is damaged: what it refers to cannot be known
     */
    public Garbage run(Index index, boolean delete) {
        List<BlobFile> all = files.all();
        open.addAll(index.manifests());
        mark();
        findReferrers(all);
        referrers.forEach((subject, found) -> {
            if (live.contains(subject)) {
                open.addAll(found);
            }
        });
        mark();
        return sweep(all, delete);
    }

    private void mark() {
        while (!open.isEmpty()) {
            Descriptor node = open.remove();
            if (!live.add(node.digest())) {
                continue;
            }
            open.addAll(referrers.getOrDefault(node.digest(), List.of()));
            if (!node.mediaType().isDocument()) {
                continue;
            }
            try {
                // not what a descriptor has in itself: that would say nothing about the blob
                byte[] bytes = source.fetch(node.toBuilder().data(null).build());
                open.addAll(Document.parse(node.mediaType(), bytes).children());
            } catch (NotFoundException e) {
                // not everything that an index names is copied always
            }
        }
    }

    private void findReferrers(List<BlobFile> all) {
        for (BlobFile file : all) {
            if (isUnused(file) && file.size() <= Document.MAX_SIZE) {
                document(file)
                        .ifPresent(document -> document.subject()
                                .ifPresent(subject -> referrers
                                        .computeIfAbsent(subject.digest(), digest -> new ArrayList<>())
                                        .add(document.descriptor())));
            }
        }
    }

    /** {@return the manifest or index in a file; what is damaged is neither} */
    private Optional<Document> document(BlobFile file) {
        Descriptor descriptor = Descriptor.of(MediaType.OCI_MANIFEST, file.requireDigest(), file.size());
        try {
            return UntypedBlobs.parsed(source.fetch(descriptor));
        } catch (NotFoundException | IntegrityException e) {
            return Optional.empty();
        }
    }

    private boolean isUnused(BlobFile file) {
        return file.digest() != null && file.attributes().isRegularFile() && !live.contains(file.digest());
    }

    private Garbage sweep(List<BlobFile> all, boolean delete) {
        List<Digest> blobs = new ArrayList<>();
        int abandoned = 0;
        long bytes = 0;
        for (BlobFile file : all) {
            boolean garbage = isUnused(file) && file.isOlderThan(limit);
            if (garbage && (!delete || files.deleteIfOlder(file, limit))) {
                blobs.add(file.requireDigest());
                bytes += file.size();
            }
        }
        for (BlobFile file : files.unfinished()) {
            if (file.isOlderThan(limit) && (!delete || files.deleteIfOlder(file, limit))) {
                abandoned++;
                bytes += file.size();
            }
        }
        return new Garbage(blobs, abandoned, bytes);
    }
}
