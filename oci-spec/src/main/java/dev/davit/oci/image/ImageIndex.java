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
     * <p>Entries that name their platform come first, in their order, then nested indexes and images that leave it open:
     * for those, their configuration says it.
     *
     * @param source where the documents are
     * @param root descriptor of a manifest or an index
     * @param platform the platform wanted
     * @return descriptor of the manifest: the first of the index that satisfies the platform
     * @throws NotFoundException if there is none
     * @throws MalformedContentException if it is neither manifest nor index, or a document breaks its rules
     */
    public static Descriptor select(ContentSource source, Descriptor root, Platform platform) {
        if (root.mediaType().isManifest()) {
            return root;
        }
        Search search = new Search(source, platform);
        return search.in(root, 0)
                .orElseThrow(() -> new NotFoundException(
                        "no image for " + platform + " in " + root.digest() + ", which has " + search.others()));
    }

    /** One search, which looks at each document once and at no more than some. */
    private static final class Search {
        private static final int MAX_DEPTH = 4;
        private static final int MAX_DOCUMENTS = 500;
        private static final int MAX_OTHERS = 10;

        private final ContentSource source;
        private final Platform wanted;
        private final Set<Digest> seen = new HashSet<>();
        private final Set<String> others = new TreeSet<>();

        Search(ContentSource source, Platform wanted) {
            this.source = source;
            this.wanted = wanted;
        }

        Optional<Descriptor> in(Descriptor index, int depth) {
            List<Descriptor> open = new ArrayList<>();
            for (Descriptor child : Index.parse(index.mediaType(), read(index)).manifests()) {
                Optional<Platform> platform = child.platform();
                if (platform.isPresent() && !fits(platform.get())) {
                    continue;
                }
                if (platform.isPresent() && child.mediaType().isManifest()) {
                    return Optional.of(child);
                }
                open.add(child);
            }
            for (Descriptor child : open) {
                Optional<Descriptor> found = find(child, depth + 1);
                if (found.isPresent()) {
                    return found;
                }
            }
            return Optional.empty();
        }

        /** A source need not have everything that an index names. */
        private Optional<Descriptor> find(Descriptor node, int depth) {
            try {
                return resolve(node, depth);
            } catch (NotFoundException e) {
                return Optional.empty();
            }
        }

        private Optional<Descriptor> resolve(Descriptor node, int depth) {
            if (depth > MAX_DEPTH || !node.mediaType().isDocument() || !seen.add(node.digest())) {
                return Optional.empty();
            }
            if (node.mediaType().isIndex()) {
                return in(node, depth);
            }
            // an entry without platform is an image for one all the same, or a signature, or a bill of materials
            Descriptor config = Manifest.parse(node.mediaType(), read(node)).config();
            return config.mediaType().isConfig()
                            && fits(ImageConfig.parse(config.mediaType(), read(config))
                                    .platform())
                    ? Optional.of(node)
                    : Optional.empty();
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
