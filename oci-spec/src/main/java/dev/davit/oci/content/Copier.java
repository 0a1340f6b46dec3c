package dev.davit.oci.content;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Document;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.Platform;
import dev.davit.oci.TransferException;
import dev.davit.oci.content.ContentStore.Outcome;
import dev.davit.oci.image.Image;
import dev.davit.oci.image.ImageIndex;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Moves images between sources and targets: push, pull, mirror, export and import are all this. Children go before
 * parents and the name last, so that a target never names something it does not have whole; each node goes once; no
 * byte is changed.
 *
 * <p>Immutable and safe to share. A copy blocks its caller. The first failure ends it, and so does interrupting the
 * calling thread: then it throws a {@link TransferException} of side {@code CALLER}, and the thread is still interrupted.
 * Either way, when a copy returns or throws, none of its threads is left; content that is in the target by then stays
 * there, without the name.
 */
public final class Copier {
    private final int concurrency;
    private final @Nullable Platform platform;
    private final int maxDocumentSize;
    private final TransferListener listener;

    private Copier(Builder b) {
        this.concurrency = b.concurrency;
        this.platform = b.platform;
        this.maxDocumentSize = b.maxDocumentSize;
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
     * @throws dev.davit.oci.NotFoundException if there is no such name or platform, or something is missing
     * @throws dev.davit.oci.IntegrityException if the source delivers wrong bytes
     * @throws MalformedContentException if a document breaks its rules, or the name stands for no image
     * @throws TransferException if a side fails, or the thread is interrupted
     * @throws dev.davit.oci.DavitException of the kinds that the two sides throw themselves
     */
    public Descriptor copy(Source from, String name, Target to, String newName) {
        return Interruption.translated(() -> {
            Descriptor named = from.resolve(name);
            Descriptor root = platform == null ? named : ImageIndex.select(from, named, platform);
            return copyGraph(from, root, to, document -> to.put(document, newName));
        });
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
        return Interruption.translated(() -> copyGraph(from, root, to, document -> to.put(document, newName)));
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
        return Interruption.translated(() -> copyGraph(from, root, to, to::put));
    }

    private Descriptor copyGraph(
            ContentSource from, Descriptor root, ContentStore to, Function<Blob, Outcome> putRoot) {
        Document.requireSupported(root.mediaType());
        if (!root.mediaType().isDocument()) {
            throw new MalformedContentException("copy: expected a manifest or an index, got " + root);
        }
        ImageGraph graph = ImageGraph.read(from, root, maxDocumentSize);
        ParallelCopy.run(concurrency, graph.blobs(), descriptor -> watched(from.blob(descriptor), to::put));
        for (Blob document : graph.documents()) {
            Interruption.check();
            watched(document, document.descriptor().digest().equals(root.digest()) ? putRoot : to::put);
        }
        return root;
    }

    private void watched(Blob blob, Function<Blob, Outcome> put) {
        Descriptor node = blob.descriptor();
        listener.started(node);
        Outcome outcome;
        try {
            outcome = put.apply(new WatchedBlob(blob, listener));
        } catch (RuntimeException e) {
            listener.failed(node, e);
            throw e;
        } catch (Error e) {
            listener.failed(node, new IllegalStateException("the transfer died of " + e, e));
            throw e;
        }
        listener.finished(node, outcome);
    }

    /** Builds a copier. For one thread. */
    public static final class Builder {
        private int concurrency = 4;
        private @Nullable Platform platform;
        private int maxDocumentSize = Document.MAX_SIZE;
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
         * Sets how long a manifest or index may be, instead of {@link Document#MAX_SIZE}.
         *
         * @param bytes a positive number
         * @return this builder
         */
        public Builder maxDocumentSize(int bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException("size of documents: expected a positive number, got " + bytes);
            }
            this.maxDocumentSize = bytes;
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
