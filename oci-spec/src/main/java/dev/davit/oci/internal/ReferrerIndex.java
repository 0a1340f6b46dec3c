package dev.davit.oci.internal;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Document;
import dev.davit.oci.Index;
import dev.davit.oci.Manifest;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.content.ContentSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which documents refer to what. Of each only its descriptor is kept, so that long annotations cost no memory; they are
 * read when somebody asks. Safe to share between threads.
 */
public final class ReferrerIndex {
    private final Map<Digest, Map<Digest, Descriptor>> referrers = new HashMap<>();

    /**
     * Takes in a document, if it refers to something.
     *
     * @param document the document
     * @param digest its digest where it is stored
     */
    public synchronized void add(Document document, Digest digest) {
        document.subject()
                .ifPresent(subject -> referrers
                        .computeIfAbsent(subject.digest(), key -> new LinkedHashMap<>())
                        .put(digest, plain(document, digest)));
    }

    /**
     * Finds what refers to something and is still there.
     *
     * @param subject digest of that
     * @param source has the documents
     * @return their descriptors as a registry lists them
     */
    public List<Descriptor> of(Digest subject, ContentSource source) {
        List<Descriptor> known;
        synchronized (this) {
            known = List.copyOf(referrers.getOrDefault(subject, Map.of()).values());
        }
        List<Descriptor> found = new ArrayList<>();
        for (Descriptor referrer : known) {
            try {
                Document document = Document.parse(referrer.mediaType(), source.fetch(referrer));
                found.add(describe(document, referrer.digest()));
            } catch (NotFoundException e) {
                // deleted since
            }
        }
        return List.copyOf(found);
    }

    /**
     * {@return how a list of referrers describes a document (distribution-spec, "Listing Referrers")}
     *
     * @param document the document
     * @param digest its digest where it is stored
     */
    public static Descriptor describe(Document document, Digest digest) {
        Descriptor.Builder descriptor = plain(document, digest).toBuilder();
        if (document instanceof Manifest manifest) {
            descriptor.annotations(manifest.annotations());
            descriptor.artifactType(
                    manifest.artifactType().orElse(manifest.config().mediaType().value()));
        } else if (document instanceof Index index) {
            descriptor.annotations(index.annotations());
            descriptor.artifactType(index.artifactType().orElse(null));
        }
        return descriptor.build();
    }

    private static Descriptor plain(Document document, Digest digest) {
        return Descriptor.of(document.mediaType(), digest, document.descriptor().size());
    }
}
