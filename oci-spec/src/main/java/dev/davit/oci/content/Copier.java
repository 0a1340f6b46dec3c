package dev.davit.oci.content;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Document;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.Platform;
import dev.davit.oci.TransferException;
import dev.davit.oci.content.ContentStore.Outcome;
import dev.davit.oci.image.Image;
import dev.davit.oci.image.ImageIndex;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Moves images between sources and targets: push, pull, mirror, export and import are all this. Children go before
 * parents and the name last, so that a target never names something it does not have whole; each node goes once, also if
 * several copies into one target object need it at the same time; no byte is changed. What the target has already is not
 * sent again, and what a target on this machine has is not even read: yet everything below it is looked at, so that what
 * was copied in part before becomes whole.
 *
 * <p>Immutable and safe to share. A copy blocks its caller. The first failure ends it, and so does interrupting the
 * calling thread: then it throws a {@link TransferException} of side {@code CALLER}, and the thread is still interrupted.
 * Either way, when a copy returns or throws, nothing of it goes on; content that is in the target by then stays
 * there, without the name.
 */
public final class Copier {
    private final int concurrency;
    private final @Nullable Platform platform;
    private final List<Platform> sparse;
    private final boolean includeReferrers;
    private final boolean includeForeignLayers;
    private final int maxDocumentSize;
    private final TransferListener listener;
    private final InFlight inFlight = new InFlight();

    private Copier(Builder b) {
        this.concurrency = b.concurrency;
        this.platform = b.platform;
        this.sparse = b.sparse;
        this.includeReferrers = b.includeReferrers;
        this.includeForeignLayers = b.includeForeignLayers;
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
            CopySource source = new CopySource(from, to);
            boolean likelyThere = platform == null && source.hasLocally(newName);
            Descriptor named = likelyThere ? from.resolve(name) : source.keep(from.document(name, maxDocumentSize));
            return copyGraph(source, named, to, newName);
        });
    }

    /**
     * Copies what a name stands for without naming it.
     *
     * @param from where it is
     * @param name its name or digest there
     * @param to where it goes
     * @return descriptor of what was copied: with a platform filter, the one image of that platform
     * @throws dev.davit.oci.DavitException as the other copies do
     */
    public Descriptor copy(Source from, String name, ContentStore to) {
        return Interruption.translated(() -> {
            CopySource source = new CopySource(from, to);
            return copyGraph(source, source.keep(from.document(name, maxDocumentSize)), to, null);
        });
    }

    /**
     * Copies an image and names it. What refers to it is not a part of it, and is copied only from where it is.
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
     * Copies the graph below a manifest or index, and names it.
     *
     * @param from where it is
     * @param root the manifest or index
     * @param to where it goes
     * @param newName its name there
     * @return descriptor of what was copied: with a platform filter, the one image of that platform
     * @throws dev.davit.oci.DavitException as the other copies do
     */
    public Descriptor copy(ContentSource from, Descriptor root, Target to, String newName) {
        return Interruption.translated(() -> copyGraph(new CopySource(from, to), root, to, newName));
    }

    /**
     * Copies the graph below a manifest or index without naming it.
     *
     * @param from where it is
     * @param root the manifest or index
     * @param to where it goes
     * @return descriptor of what was copied: with a platform filter, the one image of that platform
     * @throws dev.davit.oci.DavitException as the other copies do
     */
    public Descriptor copy(ContentSource from, Descriptor root, ContentStore to) {
        return Interruption.translated(() -> copyGraph(new CopySource(from, to), root, to, null));
    }

    /** A copy with a new name goes to a {@link Target}. */
    private Descriptor copyGraph(CopySource from, Descriptor named, ContentStore to, @Nullable String newName) {
        requireDocument(named);
        Descriptor root = platform == null ? named : ImageIndex.select(from, named, platform);
        ImageGraph graph = new ImageGraph(
                from,
                maxDocumentSize,
                sparse.isEmpty() ? entry -> true : Selection.of(from, root, sparse),
                includeForeignLayers);
        graph.add(root);
        List<Blob> image = graph.documents();
        Source source = includeReferrers ? from.names() : null;
        Map<String, Digest> tags = source == null
                ? Map.of()
                : Attachments.addTo(graph, source, from, maxDocumentSize, to instanceof Target);
        List<Blob> documents = graph.documents();
        Collection<Descriptor> blobs = graph.blobs();
        listener.planned(blobs.size() + documents.size(), graph.bytes());

        ParallelCopy.run(concurrency, blobs, descriptor -> put(from.blob(descriptor), to));
        boolean attached = documents.size() > image.size() || !tags.isEmpty();
        for (Blob document : documents) {
            Interruption.check();
            // put and named in one step
            boolean isRoot = document.descriptor().digest().equals(root.digest());
            String name = isRoot && !attached ? newName : null;
            try {
                put(document, to, name);
            } catch (MissingChildException e) {
                graph.children(document).forEach(child -> put(child, to));
                put(document, to, name);
            }
        }
        if (attached) {
            tags.forEach((tag, digest) -> name(graph.document(digest), to, tag));
            if (newName != null) {
                name(graph.document(root.digest()), to, newName);
            }
        }
        return root;
    }

    private static void requireDocument(Descriptor root) {
        Document.requireSupported(root.mediaType());
        if (!root.mediaType().isDocument()) {
            throw new MalformedContentException("copy: expected a manifest or an index, got " + root);
        }
    }

    private static Function<Blob, Outcome> naming(ContentStore to, String name) {
        return document -> name(document, to, name);
    }

    private static Outcome name(Blob document, ContentStore to, String name) {
        Interruption.check();
        return ((Target) to).put(document, name);
    }

    private void put(Blob document, ContentStore to, @Nullable String name) {
        if (name == null) {
            put(document, to);
        } else {
            watched(document, naming(to, name));
        }
    }

    private void put(Blob blob, ContentStore to) {
        watched(blob, content -> inFlight.put(to, blob.descriptor().digest(), () -> to.put(content)));
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
        private List<Platform> sparse = List.of();
        private boolean includeReferrers;
        private boolean includeForeignLayers;
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
         * Copies of an index only the image of one platform, without the index, or everything if null.
         *
         * @param wanted the platform
         * @return this builder
         */
        public Builder platform(@Nullable Platform wanted) {
            this.platform = wanted;
            return this;
        }

        /**
         * Copies an index as it is, but of its images only those of some platforms, with what BuildKit says about them; or
         * everything if there are none. The target has to allow that something is missing, as a layout with {@code
         * allowSparse()} does, and only some registries.
         *
         * @param wanted the platforms, for each of which there has to be an image
         * @return this builder
         */
        public Builder sparse(Platform... wanted) {
            this.sparse = List.of(wanted);
            return this;
        }

        /**
         * Copies also what refers to the image or to a part of it: the referrers of each manifest and index and their
         * referrers in turn, and what cosign keeps under tags such as {@code sha256-….sig}, which the target gets too. Not
         * everything can be asked for that: a source that is no {@link Source} knows of nothing.
         *
         * <p>The image is there before what refers to it, and has its name after that.
         *
         * @param include whether to do so
         * @return this builder
         */
        public Builder includeReferrers(boolean include) {
            this.includeReferrers = include;
            return this;
        }

        /**
         * Copies also {@linkplain Descriptor#isForeignLayer foreign layers}, such as those of Windows, which their makers
         * let nobody else distribute. Without this they stay where their URLs say, and are missing in the target, which
         * has to allow that as layouts and registries do. Davit fetches nothing from such URLs.
         *
         * @param include whether to do so; the source has to have them, then
         * @return this builder
         */
        public Builder includeForeignLayers(boolean include) {
            this.includeForeignLayers = include;
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

        /**
         * {@return the copier}
         *
         * @throws IllegalArgumentException if it is to copy one image without its index, and the index with some images
         */
        public Copier build() {
            if (platform != null && !sparse.isEmpty()) {
                throw new IllegalArgumentException(
                        "expected a platform or a sparse copy, got " + platform + " and " + sparse);
            }
            return new Copier(this);
        }
    }
}
