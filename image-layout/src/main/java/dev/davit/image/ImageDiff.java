package dev.davit.image;

import dev.davit.image.internal.unpack.Unpacking;
import dev.davit.oci.image.Image;
import dev.davit.oci.image.Layer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What is different in two images: in their layers, and in the files that a container would see. Immutable.
 *
 * @param sharedLayers layers that both have, from the lowest on
 * @param removedLayers layers that only the first has, or has above others
 * @param addedLayers layers that only the second has, or has above others
 * @param changes what is different in the files, sorted by path, directories before what is in them
 */
public record ImageDiff(
        List<Layer> sharedLayers, List<Layer> removedLayers, List<Layer> addedLayers, List<Change> changes) {
    public ImageDiff {
        sharedLayers = List.copyOf(sharedLayers);
        removedLayers = List.copyOf(removedLayers);
        addedLayers = List.copyOf(addedLayers);
        changes = List.copyOf(changes);
    }

    /**
     * Compares two images. Unless all their layers are equal, each layer of both is read and verified; that takes memory
     * for names and attributes, not for the content.
     *
     * @param before the first
     * @param after the second
     * @return what is different in the second
     * @throws dev.davit.oci.IntegrityException if a layer is not what its digest or diffID names
     * @throws dev.davit.oci.MalformedContentException if a layer breaks the rules of its format
     * @throws dev.davit.oci.DavitException if a layer cannot be read
     */
    public static ImageDiff between(Image before, Image after) {
        List<Layer> first = before.layers();
        List<Layer> second = after.layers();
        int shared = 0;
        while (shared < Math.min(first.size(), second.size())
                && first.get(shared).diffId().equals(second.get(shared).diffId())) {
            shared++;
        }
        boolean isEqual = shared == Math.max(first.size(), second.size());
        return new ImageDiff(
                second.subList(0, shared),
                first.subList(shared, first.size()),
                second.subList(shared, second.size()),
                isEqual ? List.of() : TreeComparison.of(Unpacking.read(first), Unpacking.read(second)));
    }

    /** {@return whether a container would see the same} */
    public boolean isSameContent() {
        return changes.isEmpty();
    }

    /** What can differ in something that both images have. */
    public enum Aspect {
        /** What it is: a file, a directory, a link. */
        TYPE,
        /** What a file contains. */
        CONTENT,
        /** What a symbolic link leads to, or which device it is. */
        TARGET,
        /** Permissions, with setuid, setgid and sticky. */
        MODE,
        /** User and group. */
        OWNER,
        /** When it was changed. */
        TIME,
        /** Extended attributes. */
        XATTRS
    }

    /**
     * One difference.
     *
     * @param path where, without a slash at its start; empty for the root
     * @param before what was there, if anything
     * @param after what is there, if anything
     * @param aspects what differs; empty if only one image has anything there
     */
    public record Change(String path, Optional<LayerEntry> before, Optional<LayerEntry> after, Set<Aspect> aspects) {
        /**
         * {@return one line: {@code +} for what is new, {@code -} for what is gone, {@code !} for what differs and in what,
         * and the entry, the new one if there are two}
         */
        @Override
        public String toString() {
            String sign = before.isEmpty() ? "+" : after.isEmpty() ? "-" : "!";
            String what = aspects.isEmpty()
                    ? ""
                    : " ("
                            + String.join(
                                    ", ", aspects.stream().map(Change::text).toList()) + ")";
            return sign + " " + after.or(() -> before).map(LayerEntry::toString).orElseThrow() + what;
        }

        private static String text(Aspect aspect) {
            return aspect.name().toLowerCase(Locale.ROOT);
        }
    }
}
