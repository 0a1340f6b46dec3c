package dev.davit.image.internal.unpack;

import dev.davit.image.IdMapping;
import java.util.List;

/**
 * Who owns what is unpacked: the numbers of the image, those that they are mapped to, or whoever unpacks.
 *
 * @param isKept whether the image says it; if not, nothing is set
 * @param users ranges of user numbers; none if every number stands for itself
 * @param groups the same for groups
 */
public record Owners(boolean isKept, List<IdMapping> users, List<IdMapping> groups) {
    /** The numbers of the image. */
    public static final Owners OF_IMAGE = new Owners(true, List.of(), List.of());

    /** The user who unpacks. */
    public static final Owners NONE = new Owners(false, List.of(), List.of());

    static final long UNMAPPED = -1;

    long uid(long imageUid) {
        return map(users, imageUid);
    }

    long gid(long imageGid) {
        return map(groups, imageGid);
    }

    private static long map(List<IdMapping> ranges, long id) {
        if (ranges.isEmpty()) {
            return id;
        }
        for (IdMapping range : ranges) {
            if (id >= range.image() && id - range.image() < range.count()) {
                return range.host() + (id - range.image());
            }
        }
        return UNMAPPED;
    }
}
