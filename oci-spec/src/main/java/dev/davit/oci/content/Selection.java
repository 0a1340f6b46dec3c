package dev.davit.oci.content;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Platform;
import dev.davit.oci.image.ImageIndex;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/** Which entries of an index belong to a sparse copy of it. */
final class Selection {
    /** BuildKit puts a statement about an image beside it, and says so here. */
    private static final String ABOUT = "vnd.docker.reference.digest";

    private Selection() {}

    /**
     * {@return what takes the images of some platforms, what BuildKit says about them, and whatever is no image}
     *
     * @throws dev.davit.oci.NotFoundException if there is no image for one of them
     */
    static Predicate<Descriptor> of(ContentSource from, Descriptor root, Collection<Platform> platforms) {
        Set<Digest> images = new HashSet<>();
        platforms.forEach(
                platform -> images.add(ImageIndex.select(from, root, platform).digest()));
        return entry -> !entry.mediaType().isManifest()
                || images.contains(entry.digest())
                || entry.annotation(ABOUT)
                        .filter(about -> images.stream()
                                .anyMatch(image -> image.toString().equals(about)))
                        .isPresent();
    }
}
