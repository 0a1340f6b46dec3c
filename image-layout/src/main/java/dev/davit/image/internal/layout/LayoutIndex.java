package dev.davit.image.internal.layout;

import dev.davit.oci.Annotations;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Index;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.internal.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the names in the {@code index.json} of a layout mean, and how they are changed. */
public final class LayoutIndex {
    private static final int MAX_NAME = 4096;

    private LayoutIndex() {}

    /** Refuses what cannot be a name. */
    public static void requireName(String name) {
        if (name.isEmpty() || name.length() > MAX_NAME || name.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("name in a layout: expected 1 to " + MAX_NAME
                    + " characters without control characters, got " + Text.quote(name));
        }
    }

    /** {@return all names, sorted} */
    public static List<String> names(Index index) {
        return index.manifests().stream()
                .flatMap(entry -> name(entry).stream())
                .distinct()
                .sorted()
                .toList();
    }

    /** {@return the first names, for messages} */
    public static String someNames(Index index) {
        List<String> names = names(index);
        return names.isEmpty() ? "no named image" : some(names);
    }

    private static String some(List<String> names) {
        return Text.plain(String.join(", ", names.subList(0, Math.min(10, names.size()))));
    }

    /**
     * {@return the entry with this name}
     *
     * @throws MalformedContentException if several images have it
     */
    public static Optional<Descriptor> named(Index index, String name) {
        List<Descriptor> found = index.manifests().stream()
                .filter(entry -> name(entry).filter(name::equals).isPresent())
                .toList();
        if (found.stream().map(Descriptor::digest).distinct().count() > 1) {
            throw new MalformedContentException(
                    "index.json: expected one image named " + Text.quote(name) + ", got " + found.size());
        }
        return found.stream().findFirst();
    }

    /** {@return the entry with this digest} */
    public static Optional<Descriptor> entry(Index index, Digest digest) {
        return index.manifests().stream()
                .filter(entry -> entry.digest().equals(digest))
                .findFirst();
    }

    /**
     * {@return the first entry of the only image, which may have several}
     *
     * @param where where the index is, for messages
     * @param names what its images are called there
     * @throws NotFoundException if there is none, or more than one
     */
    public static Descriptor only(Index index, String where, List<String> names) {
        List<Descriptor> entries = index.manifests();
        long images = entries.stream().map(Descriptor::digest).distinct().count();
        if (images != 1) {
            throw new NotFoundException(where + ": expected one image, got " + images + "; name one"
                    + (names.isEmpty() ? " by its digest" : " of " + some(names)));
        }
        return entries.get(0);
    }

    /** {@return the index with this name for this content: whatever had the name before is no entry any more} */
    public static Index withName(Index index, Descriptor content, String name) {
        List<Descriptor> entries = new ArrayList<>();
        boolean placed = false;
        for (Descriptor entry : index.manifests()) {
            boolean same = entry.digest().equals(content.digest());
            boolean hasName = name(entry).filter(name::equals).isPresent();
            boolean free = same
                    && name(entry).isEmpty()
                    && entry.annotation(Annotations.CONTAINERD_IMAGE_NAME).isEmpty();
            if (!hasName && !free) {
                entries.add(entry);
            } else if (!placed) {
                // an entry of the same content keeps what else it says
                entries.add(same && hasName ? entry : named(same ? entry : content, name));
                placed = true;
            }
        }
        if (!placed) {
            entries.add(named(content, name));
        }
        return index.toBuilder().manifests(entries).build();
    }

    /** Another name than the one that an entry has for containerd, which goes by that, would not be its name there. */
    private static Descriptor named(Descriptor content, String name) {
        return content.toBuilder()
                .annotation(Annotations.REF_NAME, name)
                .annotation(Annotations.CONTAINERD_IMAGE_NAME, null)
                .build();
    }

    /** {@return the index without the entries of this name; the same if there are none} */
    public static Index withoutName(Index index, String name) {
        List<Descriptor> entries = index.manifests().stream()
                .filter(entry -> name(entry).filter(name::equals).isEmpty())
                .toList();
        return entries.size() == index.manifests().size()
                ? index
                : index.toBuilder().manifests(entries).build();
    }

    /** {@return the index with an entry for this content, named or not} */
    public static Index withEntry(Index index, Descriptor content) {
        return entry(index, content.digest()).isPresent()
                ? index
                : index.toBuilder()
                        .addManifest(content.toBuilder()
                                .annotation(Annotations.REF_NAME, null)
                                .annotation(Annotations.CONTAINERD_IMAGE_NAME, null)
                                .build())
                        .build();
    }

    private static Optional<String> name(Descriptor entry) {
        return entry.annotation(Annotations.REF_NAME);
    }
}
