package dev.davit.oci.content;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Document;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.internal.ByteBlob;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Everything below a manifest or index, each node once: the documents, which are read here, and the other blobs, which
 * are only named. Reading is bounded in depth, number and bytes.
 */
final class ImageGraph {
    private static final int MAX_DEPTH = 8;
    private static final int MAX_DOCUMENTS = 10_000;
    private static final long MAX_BYTES = 32L * 1024 * 1024;

    private final ContentSource from;
    private final int maxDocument;
    private final Map<Digest, Long> sizes = new HashMap<>();
    private final Map<Digest, Blob> documents = new LinkedHashMap<>();
    private final Map<Digest, Descriptor> blobs = new LinkedHashMap<>();
    private int begun;
    private long bytes;

    private ImageGraph(ContentSource from, int maxDocument) {
        this.from = from;
        this.maxDocument = maxDocument;
    }

    static ImageGraph read(ContentSource from, Descriptor root, int maxDocument) {
        ImageGraph graph = new ImageGraph(from, maxDocument);
        graph.visit(root, 0);
        return graph;
    }

    /** {@return the documents with their bytes, in an order in which every child comes before its parents} */
    Collection<Blob> documents() {
        return Collections.unmodifiableCollection(documents.values());
    }

    /** {@return configurations, layers, and whatever else is no document} */
    List<Descriptor> blobs() {
        return List.copyOf(blobs.values());
    }

    private void visit(Descriptor node, int depth) {
        requireOneSize(node);
        Document.requireSupported(node.mediaType());
        if (!node.mediaType().isDocument()) {
            blobs.putIfAbsent(node.digest(), node);
        } else if (!documents.containsKey(node.digest())) {
            Interruption.check();
            begun++;
            bytes += node.size();
            if (depth > MAX_DEPTH || begun > MAX_DOCUMENTS || bytes > MAX_BYTES) {
                throw new MalformedContentException("image graph at " + node + ": expected at most " + MAX_DEPTH
                        + " levels, " + MAX_DOCUMENTS + " manifests and " + MAX_BYTES + " bytes of them");
            }
            byte[] content = from.fetch(node, maxDocument);
            for (Descriptor child :
                    Document.parse(node.mediaType(), content, maxDocument).children()) {
                visit(child, depth + 1);
            }
            documents.put(node.digest(), new ByteBlob(node, content));
        }
    }

    /** Content that two places say different sizes of is not what one of them says. */
    private void requireOneSize(Descriptor node) {
        Long size = sizes.putIfAbsent(node.digest(), node.size());
        if (size != null && size != node.size()) {
            throw new IntegrityException(
                    node.digest() + ", which the image names twice", size + " bytes", node.size() + " bytes");
        }
    }
}
