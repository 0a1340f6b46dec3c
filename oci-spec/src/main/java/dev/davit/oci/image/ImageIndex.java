package dev.davit.oci.image;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Index;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.Platform;
import dev.davit.oci.content.ContentSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Finds the image of a platform in an index. */
public final class ImageIndex {
    private static final int MAX_DEPTH = 4;

    private ImageIndex() {}

    /**
     * Finds the manifest for a platform. A descriptor of a manifest is taken as it is.
     *
     * @param source where the documents are
     * @param root descriptor of a manifest or an index
     * @param platform the platform wanted
     * @return descriptor of the manifest: the first of the index that satisfies the platform
     * @throws NotFoundException if there is none
     * @throws MalformedContentException if it is neither manifest nor index
     */
    public static Descriptor select(ContentSource source, Descriptor root, Platform platform) {
        return find(source, root, platform, 0)
                .orElseThrow(() -> new NotFoundException("no image for " + platform + " in " + root.digest()
                        + ", which has " + platforms(source, root)));
    }

    private static Optional<Descriptor> find(ContentSource source, Descriptor node, Platform platform, int depth) {
        if (node.mediaType().isManifest()) {
            return Optional.of(node);
        }
        if (depth > MAX_DEPTH) {
            return Optional.empty();
        }
        List<Descriptor> children = load(source, node).manifests();
        // what names its platform comes before what leaves it open
        Stream<Descriptor> named = children.stream()
                .filter(child ->
                        child.platform().filter(p -> p.satisfies(platform)).isPresent());
        Stream<Descriptor> open =
                children.stream().filter(child -> child.platform().isEmpty());
        return Stream.concat(named, open)
                .filter(child -> child.mediaType().isDocument())
                .flatMap(child -> find(source, child, platform, depth + 1).stream())
                .findFirst();
    }

    private static String platforms(ContentSource source, Descriptor root) {
        return load(source, root).manifests().stream()
                .map(child -> child.platform().map(Platform::toString).orElse("an entry without platform"))
                .distinct()
                .limit(10)
                .collect(Collectors.joining(", "));
    }

    private static Index load(ContentSource source, Descriptor node) {
        return Index.parse(node.mediaType(), source.fetch(node));
    }
}
