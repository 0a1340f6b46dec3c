package dev.davit.oci.content;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Document;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.internal.ByteBlob;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * Everything below some manifests and indexes, each node once: the documents, which are read here, and the other blobs,
 * which are only named. Reading is bounded in depth, number and bytes.
 */
final class ImageGraph {
    private static final int MAX_DEPTH = 8;
    private static final int MAX_DOCUMENTS = 10_000;
    private static final long MAX_BYTES = 32L * 1024 * 1024;

    private final ContentSource from;
    private final int maxDocument;
    private final Predicate<Descriptor> wanted;
    private final boolean foreign;
    private final Map<Digest, Long> sizes = new HashMap<>();
    private final Map<Digest, ByteBlob> documents = new HashMap<>();
    private final List<Blob> order = new ArrayList<>();
    private final Map<Digest, Descriptor> blobs = new LinkedHashMap<>();
    private int begun;
    private long bytes;

    /**
     * A graph of nothing.
     *
     * @param wanted which of the entries of an index belong to the graph
     * @param foreign whether foreign layers do
     */
    ImageGraph(ContentSource from, int maxDocument, Predicate<Descriptor> wanted, boolean foreign) {
        this.from = from;
        this.maxDocument = maxDocument;
        this.wanted = wanted;
        this.foreign = foreign;
    }

    /** Adds a manifest or index, and everything below it. */
    void add(Descriptor root) {
        visit(root, 0);
    }

    /** {@return the documents with their bytes, in an order in which every child comes before its parents} */
    List<Blob> documents() {
        return List.copyOf(order);
    }

    /** {@return how many documents there are by now} */
    int size() {
        return order.size();
    }

    /** {@return the document that was the given one to be complete, counted from 0} */
    Blob document(int index) {
        return order.get(index);
    }

    Blob document(Digest digest) {
        return Objects.requireNonNull(documents.get(digest));
    }

    /** {@return what a document of the graph consists of, as far as it belongs to the graph} */
    List<Blob> children(Blob document) {
        Descriptor node = document.descriptor();
        return Document.parse(
                        node.mediaType(),
                        Objects.requireNonNull(documents.get(node.digest())).bytes(),
                        maxDocument)
                .children()
                .stream()
                .filter(child -> documents.containsKey(child.digest()) || blobs.containsKey(child.digest()))
                .map(child -> documents.containsKey(child.digest()) ? document(child.digest()) : from.blob(child))
                .toList();
    }

    boolean has(Digest document) {
        return documents.containsKey(document);
    }

    /** {@return configurations, layers, and whatever else is no document} */
    Collection<Descriptor> blobs() {
        return List.copyOf(blobs.values());
    }

    /** {@return how many bytes all nodes have together} */
    long bytes() {
        return bytes + blobs.values().stream().mapToLong(Descriptor::size).sum();
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
            Document document = Document.parse(node.mediaType(), content, maxDocument);
            for (Descriptor child : document.children()) {
                if (node.mediaType().isIndex() ? wanted.test(child) : foreign || !child.isForeignLayer()) {
                    visit(child, depth + 1);
                }
            }
            ByteBlob blob = new ByteBlob(node, content);
            documents.put(node.digest(), blob);
            order.add(blob);
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
