package dev.davit.oci.content;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Document;
import dev.davit.oci.Index;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.Manifest;
import dev.davit.oci.Platform;
import dev.davit.oci.TransferException;
import dev.davit.oci.image.Image;
import dev.davit.oci.image.ImageIndex;
import dev.davit.oci.internal.ByteBlob;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Moves images between sources and targets: push, pull, mirror, export and import are all this. Children go before
 * parents and the name last, so that a target never names something it does not have whole; each node goes once; no
 * byte is changed.
 *
 * <p>Immutable and safe to share. A copy blocks its caller; interrupting the calling thread cancels it with a {@link
 * TransferException}.
 */
public final class Copier {
    private static final int MAX_DOCUMENTS = 10_000;
    private static final int MAX_DEPTH = 8;

    private final int concurrency;
    private final @Nullable Platform platform;
    private final TransferListener listener;

    private Copier(Builder b) {
        this.concurrency = b.concurrency;
        this.platform = b.platform;
        this.listener = new QuietListener(b.listener);
    }

    /** {@return a copier with the defaults: four blobs at once, all platforms} */
    public static Copier create() {
        return builder().build();
    }

    /** {@return a builder with the defaults: four blobs at once, all platforms} */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Copies what a name stands for, and names it.
     *
     * @param from where it is
     * @param name its name or digest there
     * @param to where it goes
     * @param newName its name there
     * @return descriptor of what was copied: with a platform filter, the one image of that platform
     * @throws dev.davit.oci.NotFoundException if there is no such name, or no such platform
     * @throws dev.davit.oci.IntegrityException if the source delivers wrong bytes
     * @throws TransferException if a side fails, or the thread is interrupted
     */
    public Descriptor copy(Source from, String name, Target to, String newName) {
        Descriptor root = from.resolve(name);
        if (platform != null) {
            root = ImageIndex.select(from, root, platform);
        }
        return copy(from, root, to, newName);
    }

    /**
     * Copies an image and names it.
     *
     * @param image the image
     * @param to where it goes
     * @param newName its name there
     * @return descriptor of the image
     * @throws dev.davit.oci.DavitException as the other copies do
     */
    public Descriptor copy(Image image, Target to, String newName) {
        return copy(image.content(), image.descriptor(), to, newName);
    }

    /**
     * Copies the graph below a manifest or index; the platform filter does not apply.
     *
     * @param from where it is
     * @param root the manifest or index
     * @param to where it goes
     * @param newName its name there
     * @return the root
     * @throws dev.davit.oci.DavitException as the other copies do
     */
    public Descriptor copy(ContentSource from, Descriptor root, Target to, String newName) {
        return copyGraph(from, root, to, newName);
    }

    /**
     * Copies the graph below a manifest or index without naming it.
     *
     * @param from where it is
     * @param root the manifest or index
     * @param to where it goes
     * @return the root
     * @throws dev.davit.oci.DavitException as the other copies do
     */
    public Descriptor copy(ContentSource from, Descriptor root, ContentStore to) {
        return copyGraph(from, root, to, null);
    }

    private Descriptor copyGraph(ContentSource from, Descriptor root, ContentStore to, @Nullable String newName) {
        Graph graph = new Graph(from);
        graph.visit(root, 0);
        ParallelCopy.run(concurrency, graph.blobs.values(), descriptor -> copyBlob(from.blob(descriptor), to));
        for (ByteBlob document : graph.documents) {
            boolean isRoot = document.descriptor().digest().equals(root.digest());
            if (isRoot && newName != null && to instanceof Target target) {
                watched(document, blob -> target.put(blob, newName));
            } else {
                copyBlob(document, to);
            }
        }
        return root;
    }

    private void copyBlob(Blob blob, ContentStore to) {
        watched(new WatchedBlob(blob, listener), to::put);
    }

    private void watched(Blob blob, java.util.function.Function<Blob, ContentStore.Outcome> put) {
        listener.started(blob.descriptor());
        try {
            listener.finished(blob.descriptor(), put.apply(blob));
        } catch (RuntimeException e) {
            listener.failed(blob.descriptor(), e);
            throw e;
        }
    }

    /** What has to be copied: documents in an order in which every child comes before its parents, and other blobs. */
    private static final class Graph {
        private final ContentSource from;
        private final Set<Digest> visited = new HashSet<>();
        private final List<ByteBlob> documents = new ArrayList<>();
        private final Map<Digest, Descriptor> blobs = new LinkedHashMap<>();

        Graph(ContentSource from) {
            this.from = from;
        }

        void visit(Descriptor node, int depth) {
            if (!node.mediaType().isDocument()) {
                blobs.putIfAbsent(node.digest(), node);
                return;
            }
            if (!visited.add(node.digest())) {
                return;
            }
            if (depth > MAX_DEPTH || visited.size() > MAX_DOCUMENTS) {
                throw new MalformedContentException("image graph at " + node + ": expected at most " + MAX_DEPTH
                        + " levels and " + MAX_DOCUMENTS + " manifests");
            }
            byte[] bytes = from.fetch(node);
            Document document = Document.parse(node.mediaType(), bytes);
            if (document instanceof Index index) {
                index.manifests().forEach(child -> visit(child, depth + 1));
            } else if (document instanceof Manifest manifest) {
                visit(manifest.config(), depth + 1);
                manifest.layers().forEach(layer -> visit(layer, depth + 1));
            }
            documents.add(new ByteBlob(node, bytes));
        }
    }

    /** Builds a copier. For one thread. */
    public static final class Builder {
        private int concurrency = 4;
        private @Nullable Platform platform;
        private TransferListener listener = new TransferListener() {};

        private Builder() {}

        /**
         * Sets how many blobs are transferred at once.
         *
         * @param blobs 1 to 64
         * @return this builder
         */
        public Builder concurrency(int blobs) {
            if (blobs < 1 || blobs > 64) {
                throw new IllegalArgumentException("concurrency: expected 1 to 64, got " + blobs);
            }
            this.concurrency = blobs;
            return this;
        }

        /**
         * Copies of an index only the image of one platform, or everything if null.
         *
         * @param wanted the platform
         * @return this builder
         */
        public Builder platform(@Nullable Platform wanted) {
            this.platform = wanted;
            return this;
        }

        /**
         * Sets who watches.
         *
         * @param watcher the listener
         * @return this builder
         */
        public Builder listener(TransferListener watcher) {
            this.listener = watcher;
            return this;
        }

        /** {@return the copier} */
        public Copier build() {
            return new Copier(this);
        }
    }
}
