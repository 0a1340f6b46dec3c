package dev.davit.oci.content;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Document;
import dev.davit.oci.NotFoundException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What was attached to the documents of a graph later: their referrers, and what cosign keeps under tags that are made of
 * their digests. What is attached can have attachments, too; the bounds of the graph are the bounds of all of them.
 */
final class Attachments {
    private static final List<String> COSIGN = List.of(".sig", ".att", ".sbom");

    private final Source from;
    private final ContentSource documents;
    private final int maxDocument;
    private final ImageGraph graph;
    private final Map<String, Digest> tags = new LinkedHashMap<>();

    private Attachments(Source from, ContentSource documents, int maxDocument, ImageGraph graph) {
        this.from = from;
        this.documents = documents;
        this.maxDocument = maxDocument;
        this.graph = graph;
    }

    /**
     * Adds to a graph what is attached to it.
     *
     * @param from knows what that is
     * @param documents reads documents of the same source
     * @param withTags whether what has a tag of cosign belongs to it
     * @return these tags, and what they name
     */
    static Map<String, Digest> addTo(
            ImageGraph graph, Source from, CopySource documents, int maxDocument, boolean withTags) {
        Attachments attachments = new Attachments(from, documents, maxDocument, graph);
        Set<String> known = withTags ? new HashSet<>(from.tags()) : Set.of();
        // the graph grows meanwhile
        for (int i = 0; i < graph.size(); i++) {
            Digest subject = graph.document(i).descriptor().digest();
            attachments.addReferrers(subject);
            for (String suffix : COSIGN) {
                String tag = subject.algorithm() + '-' + subject.encoded() + suffix;
                if (known.contains(tag)) {
                    Descriptor tagged = documents.keep(from.document(tag, maxDocument));
                    graph.add(tagged);
                    attachments.tags.put(tag, tagged.digest());
                }
            }
        }
        return attachments.tags;
    }

    private void addReferrers(Digest subject) {
        for (Descriptor claimed : from.referrers(subject)) {
            Interruption.check();
            if (claimed.mediaType().isDocument() && !graph.has(claimed.digest()) && isReferrer(claimed, subject)) {
                graph.add(Descriptor.of(claimed.mediaType(), claimed.digest(), claimed.size()));
            }
        }
    }

    /** Lists that clients keep name also what was deleted since, and whatever somebody has written into them. */
    private boolean isReferrer(Descriptor claimed, Digest subject) {
        try {
            byte[] content = documents.fetch(claimed, maxDocument);
            Optional<Descriptor> actual =
                    Document.parse(claimed.mediaType(), content, maxDocument).subject();
            return actual.isPresent() && actual.get().digest().equals(subject);
        } catch (NotFoundException e) {
            return false;
        }
    }
}
