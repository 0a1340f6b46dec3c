package dev.davit.image.internal.build;

import dev.davit.image.UnpackReport.Difference;
import dev.davit.image.internal.tar.EntryType;
import dev.davit.image.internal.unpack.Unpacking;
import dev.davit.oci.StorageException;
import dev.davit.oci.image.Layer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What makes one tree of another, as entries of a layer: everything that is new or differs in anything, whiteouts of
 * what is gone, and the directories that lead to these, because changing something in a directory changes the directory's
 * time. What became a directory or was one needs no whiteout, since an entry replaces whatever is there.
 *
 * <p>The names of one file go together: if the file differs, or other names share it than before, the layer has all of
 * them. Of files that shared their place before and do not any more, one may stay as it is. Immutable.
 */
public final class TreeDiff {
    private final Map<String, PlannedEntry> changed;

    private TreeDiff(Map<String, PlannedEntry> changed) {
        this.changed = changed;
    }

    /**
     * Compares two folders.
     *
     * @param before what was
     * @param after what is
     * @return the difference, which reads the content of files when it is written
     * @throws StorageException if something cannot be read
     */
    public static TreeDiff between(Path before, Path after) {
        return between(new LocalTree(before), new LocalTree(after));
    }

    /**
     * Compares a folder with the image that was unpacked to it, whose layers are read once.
     *
     * @param layers the layers of the image, lowest first
     * @param folder what is
     * @param report what could not be done when it was unpacked, and counts as done
     * @return the difference, which reads the content of files when it is written
     */
    public static TreeDiff since(List<Layer> layers, Path folder, List<Difference> report) {
        ImageTree image = new ImageTree(Unpacking.read(layers));
        return between(image, new UnpackedTree(folder, image, report));
    }

    private static TreeDiff between(BeforeTree before, LocalTree after) {
        try {
            Comparison comparison = new Comparison(before, after);
            comparison.compareRoots();
            comparison.compareShared();
            return new TreeDiff(comparison.changed);
        } catch (IOException e) {
            throw new StorageException("compare", after.root(), e);
        }
    }

    /** {@return whether the trees are equal} */
    public boolean isEmpty() {
        return changed.isEmpty();
    }

    /** Adds the entries to a plan. */
    public void addTo(LayerPlan plan) {
        changed.values().forEach(entry -> plan.add(entry.copy()));
    }

    /** All names of a file, and what the files were that had these names. */
    private static final class Shared {
        final List<PlannedEntry> names = new ArrayList<>();
        final Set<@Nullable Object> before = new HashSet<>();
        boolean differs;
    }

    private static final class Comparison {
        private static final String WHITEOUT = ".wh.";

        private final BeforeTree before;
        private final LocalTree after;
        private final Map<String, PlannedEntry> changed = new HashMap<>();
        private final Map<Object, Shared> shared = new LinkedHashMap<>();

        Comparison(BeforeTree before, LocalTree after) {
            this.before = before;
            this.after = after;
        }

        void compareRoots() throws IOException {
            PlannedEntry was = before.entry("");
            PlannedEntry is = after.entry("");
            if (is != null && (was == null || differs(was, is))) {
                changed.put("", is);
            }
            compareChildren("", true);
        }

        private void compareChildren(String directory, boolean wasDirectory) throws IOException {
            Collection<String> now = after.children(directory);
            Set<String> names = new TreeSet<>(now);
            if (wasDirectory) {
                names.addAll(before.children(directory));
            }
            Set<String> present = new HashSet<>(now);
            for (String name : names) {
                LayerPath.requireName(name);
                String path = LayerPath.child(directory, name);
                compare(
                        path,
                        wasDirectory ? before.entry(path) : null,
                        present.contains(name) ? after.entry(path) : null);
            }
        }

        private void compare(String path, @Nullable PlannedEntry was, @Nullable PlannedEntry is) throws IOException {
            if (is == null) {
                if (was != null) {
                    putWhiteout(path);
                }
                return;
            }
            if (is.isDirectory()) {
                if (was == null || differs(was, is)) {
                    put(is);
                }
                compareChildren(path, was != null && was.isDirectory());
                return;
            }
            boolean same = was != null && !differs(was, is) && hasSameContent(was, is);
            if (is.file == null && (was == null || was.file == null)) {
                if (!same) {
                    put(is);
                }
                return;
            }
            Shared names = shared.computeIfAbsent(is.file == null ? is : is.file, key -> new Shared());
            names.names.add(is);
            names.before.add(was == null ? null : was.file);
            names.differs |= !same;
        }

        private boolean hasSameContent(PlannedEntry was, PlannedEntry is) throws IOException {
            return is.type != EntryType.FILE || before.hasContentOf(was, after.path(is.path));
        }

        void compareShared() throws IOException {
            Set<Object> taken = new HashSet<>();
            for (Shared file : shared.values()) {
                Object was = file.before.size() == 1 ? file.before.iterator().next() : null;
                boolean alone = file.names.size() == 1 && was == null && file.before.contains(null);
                boolean stays = !file.differs && (alone || (was != null && taken.add(was)));
                if (!stays) {
                    for (PlannedEntry name : file.names) {
                        put(name);
                    }
                }
            }
        }

        private void putWhiteout(String path) throws IOException {
            String parent = LayerPath.parent(path);
            String name = parent.isEmpty() ? path : path.substring(parent.length() + 1);
            PlannedEntry whiteout =
                    PlannedEntry.file(LayerPath.child(parent, WHITEOUT + name), 0, Content.of(new byte[0]));
            whiteout.uid = 0;
            whiteout.gid = 0;
            put(whiteout);
        }

        private void put(PlannedEntry entry) throws IOException {
            changed.put(entry.path, entry);
            for (String above = LayerPath.parent(entry.path);
                    !above.isEmpty() && !changed.containsKey(above);
                    above = LayerPath.parent(above)) {
                PlannedEntry directory = after.entry(above);
                if (directory != null) {
                    changed.put(above, directory);
                }
            }
        }

        private static boolean differs(PlannedEntry a, PlannedEntry b) {
            return a.type != b.type
                    || a.mode != b.mode
                    || a.uid != b.uid
                    || a.gid != b.gid
                    || !Objects.equals(a.time, b.time)
                    || !a.target.equals(b.target)
                    || a.deviceMajor != b.deviceMajor
                    || a.deviceMinor != b.deviceMinor
                    || differ(a.xattrs, b.xattrs);
        }

        private static boolean differ(Map<String, byte[]> a, Map<String, byte[]> b) {
            return !a.keySet().equals(b.keySet())
                    || a.entrySet().stream().anyMatch(e -> !Arrays.equals(e.getValue(), b.get(e.getKey())));
        }
    }
}
