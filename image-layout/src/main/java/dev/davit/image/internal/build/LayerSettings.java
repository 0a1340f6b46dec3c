package dev.davit.image.internal.build;

import dev.davit.image.Attribute;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What holds for everything in a layer that does not say otherwise.
 *
 * @param uid owner
 * @param gid group
 * @param time when it was changed; null for the date that everything built gets
 * @param preserved what local files keep
 */
public record LayerSettings(long uid, long gid, @Nullable Instant time, Set<Attribute> preserved) {
    /** Root's, undated, nothing kept. */
    public static final LayerSettings DEFAULT = new LayerSettings(0, 0, null, Set.of());

    private static final long MAX_ID = (1L << 32) - 2;

    /** {@return the settings with another owner} */
    public LayerSettings owner(long userId, long groupId) {
        requireOwner(userId, groupId);
        return new LayerSettings(userId, groupId, time, preserved);
    }

    /** {@return the settings with another time} */
    public LayerSettings time(Instant when) {
        return new LayerSettings(uid, gid, when, preserved);
    }

    /** {@return the settings with more to be kept} */
    public LayerSettings preserve(Collection<Attribute> attributes) {
        Set<Attribute> all = EnumSet.noneOf(Attribute.class);
        all.addAll(preserved);
        all.addAll(attributes);
        return new LayerSettings(uid, gid, time, Set.copyOf(all));
    }

    boolean keeps(Attribute attribute) {
        return preserved.contains(attribute);
    }

    /** Fails if the IDs are none. */
    public static void requireOwner(long userId, long groupId) {
        if (userId < 0 || userId > MAX_ID || groupId < 0 || groupId > MAX_ID) {
            throw new IllegalArgumentException(
                    "owner: expected IDs from 0 to " + MAX_ID + ", got " + userId + ':' + groupId);
        }
    }

    /** {@return the mode, if it is one} */
    public static int requireMode(int mode) {
        if ((mode & ~07777) != 0) {
            throw new IllegalArgumentException("mode: expected at most 07777, got 0" + Integer.toOctalString(mode));
        }
        return mode;
    }
}
