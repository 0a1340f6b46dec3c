package dev.davit.image.internal.build;

import dev.davit.oci.internal.Text;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The names of files that have several. All names of a file are equal: the first of them by its bytes has the content in
 * the archive, the others are links to it, whichever of them the caller or the disk takes for the original. So a link
 * always comes after what it links to, and the archive does not depend on the order in which names were found.
 */
final class HardLinks {
    private final Map<String, PlannedEntry> entries;
    /** What all names of a file are said to be, by their common key. */
    private final Map<Object, PlannedEntry> holders = new HashMap<>();

    private final Map<Object, String> firstNames = new HashMap<>();

    /**
     * Finds the names of each file.
     *
     * @param entries all entries by path
     * @param sorted the same in the order of the archive
     * @throws IllegalArgumentException if links lead in a circle, or to a directory
     */
    HardLinks(Map<String, PlannedEntry> entries, Collection<PlannedEntry> sorted) {
        this.entries = entries;
        List<PlannedEntry> links = new ArrayList<>();
        for (PlannedEntry entry : sorted) {
            if (entry.isHardLink()) {
                links.add(entry);
            }
        }
        links.forEach(this::join);
        for (PlannedEntry entry : sorted) {
            if (entry.file != null) {
                firstNames.putIfAbsent(entry.file, entry.path);
                if (!entry.isHardLink()) {
                    holders.putIfAbsent(entry.file, entry);
                }
            }
        }
    }

    /** Gives a link the key of the file that it leads to, if that is in this layer. */
    private void join(PlannedEntry link) {
        Set<String> passed = new HashSet<>();
        PlannedEntry end = link;
        while (end != null && end.isHardLink()) {
            if (!passed.add(end.path)) {
                throw new IllegalArgumentException(
                        "layer: the hard link /" + Text.plain(link.path) + " leads to itself");
            }
            end = entries.get(end.target);
        }
        if (end == null) {
            return;
        }
        if (end.isDirectory()) {
            throw toDirectory(link.path, end.path);
        }
        if (end.file == null) {
            end.file = new Object();
        }
        link.file = end.file;
    }

    static IllegalArgumentException toDirectory(String link, String target) {
        return new IllegalArgumentException("layer: hard link /" + Text.plain(link) + ": expected a file at /"
                + Text.plain(target) + ", got a directory");
    }

    /** {@return the entry that says what is at a path: that of the file, if it is one of its names} */
    PlannedEntry holder(PlannedEntry entry) {
        PlannedEntry holder = entry.file == null ? null : holders.get(entry.file);
        return holder == null ? entry : holder;
    }

    /** {@return the name that has the content; null if the entry itself has} */
    @Nullable
    String contentAt(PlannedEntry entry) {
        String first = entry.file == null ? null : firstNames.get(entry.file);
        return entry.path.equals(first) ? null : first;
    }

    /** {@return the path in no entry of ours that a link of ours leads to} */
    String outside(PlannedEntry link) {
        String target = link.target;
        for (PlannedEntry next = entries.get(target); next != null; next = entries.get(target)) {
            target = next.target;
        }
        return target;
    }
}
