package dev.davit.image.internal.layout;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Document;
import dev.davit.oci.Index;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.content.ContentSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/** Walks from a manifest or index to everything it refers to. */
public final class Reachable {
    private static final int MAX_NODES = 100_000;

    private Reachable() {}

    /**
     * Makes sure that a document is there, and everything it refers to, at any depth, but for foreign layers.
     *
     * @param source where the documents are read, also if their descriptors have them in themselves
     * @param root the document
     * @param isThere tells whether a blob is there
     * @param sparse whether what an index names may be missing; the index itself may not, nor a part of what is there
     * @throws NotFoundException if something is missing
     * @throws dev.davit.oci.IntegrityException if a document is not its digest
     */
    public static void require(ContentSource source, Descriptor root, Predicate<Descriptor> isThere, boolean sparse) {
        Function<Descriptor, List<Descriptor>> children = node -> {
            Document document = Document.parse(
                    node.mediaType(), source.fetch(node.toBuilder().data(null).build()));
            return sparse && document instanceof Index
                    ? document.children().stream().filter(isThere).toList()
                    : document.children();
        };
        walk(root, children, node -> {
            if (!node.isForeignLayer() && !isThere.test(node)) {
                throw new NotFoundException("cannot name " + root + ": it needs " + node
                        + ", which is not there; copy the whole image with Copier");
            }
        });
    }

    /**
     * Finds everything a document refers to, at any depth, and the document itself.
     *
     * @param source where the documents are read
     * @param root the document
     * @return each blob once, what refers to another before that
     */
    public static List<Descriptor> from(ContentSource source, Descriptor root) {
        List<Descriptor> all = new ArrayList<>();
        walk(root, node -> Document.parse(node.mediaType(), source.fetch(node)).children(), all::add);
        return all;
    }

    /** Asks only manifests and indexes for their children. */
    private static void walk(
            Descriptor root, Function<Descriptor, List<Descriptor>> children, Consumer<Descriptor> visit) {
        Set<Digest> seen = new HashSet<>();
        Deque<Descriptor> open = new ArrayDeque<>();
        open.add(root);
        while (!open.isEmpty()) {
            Descriptor node = open.remove();
            if (!seen.add(node.digest())) {
                continue;
            }
            if (seen.size() > MAX_NODES) {
                throw new MalformedContentException(
                        "image graph at " + root + ": expected at most " + MAX_NODES + " blobs");
            }
            visit.accept(node);
            if (node.mediaType().isDocument()) {
                open.addAll(children.apply(node));
            }
        }
    }
}
