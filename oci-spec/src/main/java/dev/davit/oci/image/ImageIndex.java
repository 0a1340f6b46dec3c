package dev.davit.oci.image;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.ImageConfig;
import dev.davit.oci.Index;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.Manifest;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.Platform;
import dev.davit.oci.content.ContentSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Finds the image of a platform in an index. */
public final class ImageIndex {
    private ImageIndex() {}

    /**
     * Finds the manifest for a platform. A descriptor of a manifest is taken as it is, whatever its platform.
     *
     * <p>It is the best of the whole index, in the order of {@link Platform#bestFor}; among equals, entries that name their
     * platform come first, in their order, then nested indexes and images that leave it open: for those, their
     * configuration says it, which is read only if no entry is for exactly this platform.
     *
     * @param source where the documents are
     * @param root descriptor of a manifest or an index
     * @param platform the platform wanted
     * @return descriptor of the manifest
     * @throws NotFoundException if there is none
     * @throws MalformedContentException if it is neither manifest nor index, or a document breaks its rules
     */
    public static Descriptor select(ContentSource source, Descriptor root, Platform platform) {
        if (root.mediaType().isManifest()) {
            return root;
        }
        Search search = new Search(source, platform);
        return search.in(root, 0)
                .map(Found::manifest)
                .orElseThrow(() -> new NotFoundException(
                        "no image for " + platform + " in " + root.digest() + ", which has " + search.others()));
    }

    /** An image that runs where it is wanted. */
    private record Found(Descriptor manifest, Platform platform) {}

    /** One search, which looks at each document once and at no more than some. */
    private static final class Search {
        private static final int MAX_DEPTH = 4;
        private static final int MAX_DOCUMENTS = 500;
        private static final int MAX_OTHERS = 10;

        private final ContentSource source;
        private final Platform wanted;
        private final Comparator<Platform> order;
        private final Set<Digest> seen = new HashSet<>();
        private final Set<String> others = new TreeSet<>();

        Search(ContentSource source, Platform wanted) {
            this.source = source;
            this.wanted = wanted;
            this.order = Platform.bestFor(wanted);
        }

        Optional<Found> in(Descriptor index, int depth) {
            Optional<Found> best = Optional.empty();
            List<Descriptor> open = new ArrayList<>();
            for (Descriptor child : Index.parse(index.mediaType(), read(index)).manifests()) {
                Optional<Platform> platform = child.platform();
                if (platform.isPresent() && !fits(platform.get())) {
                    continue;
                }
                if (platform.isPresent() && child.mediaType().isManifest()) {
                    best = better(best, Optional.of(new Found(child, platform.get())));
                } else {
                    open.add(child);
                }
            }
            for (Descriptor child : open) {
                if (best.isPresent() && isExact(best.get())) {
                    return best;
                }
                best = better(best, find(child, depth + 1));
            }
            return best;
        }

        private boolean isExact(Found found) {
            return order.compare(found.platform(), wanted) <= 0;
        }

        /** {@return the better one; the first if they are equally good} */
        private Optional<Found> better(Optional<Found> first, Optional<Found> second) {
            if (first.isEmpty() || second.isEmpty()) {
                return first.or(() -> second);
            }
            return order.compare(second.get().platform(), first.get().platform()) < 0 ? second : first;
        }

        /** A source need not have everything that an index names. */
        private Optional<Found> find(Descriptor node, int depth) {
            try {
                return resolve(node, depth);
            } catch (NotFoundException e) {
                return Optional.empty();
            }
        }

        private Optional<Found> resolve(Descriptor node, int depth) {
            if (depth > MAX_DEPTH || !node.mediaType().isDocument() || !seen.add(node.digest())) {
                return Optional.empty();
            }
            if (node.mediaType().isIndex()) {
                return in(node, depth);
            }
            // an entry without platform is an image for one all the same, or a signature, or a bill of materials
            Descriptor config = Manifest.parse(node.mediaType(), read(node)).config();
            if (!config.mediaType().isConfig()) {
                return Optional.empty();
            }
            Platform platform =
                    ImageConfig.parse(config.mediaType(), read(config)).platform();
            return fits(platform) ? Optional.of(new Found(node, platform)) : Optional.empty();
        }

        String others() {
            return others.isEmpty() ? "no image that says its platform" : String.join(", ", others);
        }

        private boolean fits(Platform platform) {
            boolean fits = platform.satisfies(wanted);
            if (!fits && others.size() < MAX_OTHERS) {
                others.add(platform.toString());
            }
            return fits;
        }

        private byte[] read(Descriptor document) {
            if (seen.size() > MAX_DOCUMENTS) {
                throw new MalformedContentException("index " + document.digest() + ": expected an image for " + wanted
                        + " within " + MAX_DOCUMENTS + " documents");
            }
            return source.fetch(document);
        }
    }
}
