package dev.davit.image;

import dev.davit.image.ImageDiff.Aspect;
import dev.davit.image.ImageDiff.Change;
import dev.davit.image.internal.Names;
import dev.davit.image.internal.tar.TarEntry;
import dev.davit.image.internal.unpack.MemoryTree;
import dev.davit.image.internal.unpack.MemoryTree.Item;
import dev.davit.oci.Digest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds out in what two trees differ. For one thread, once. */
final class TreeComparison {
    private final List<Change> changes = new ArrayList<>();

    private TreeComparison() {}

    /** {@return what is different in the second, sorted by path} */
    static List<Change> of(MemoryTree<Digest> before, MemoryTree<Digest> after) {
        TreeComparison comparison = new TreeComparison();
        comparison.compare("", before.get(""), after.get(""));
        return comparison.changes;
    }

    private void compare(String path, @Nullable Item<Digest> before, @Nullable Item<Digest> after) {
        Set<Aspect> aspects = before == null || after == null ? Set.of() : differing(before, after);
        if (before == null || after == null || !aspects.isEmpty()) {
            changes.add(new Change(path, entry(path, before), entry(path, after), aspects));
        }
        Map<String, Item<Digest>> first = before == null ? Map.of() : before.children();
        Map<String, Item<Digest>> second = after == null ? Map.of() : after.children();
        Set<String> names = new TreeSet<>(Names::compare);
        names.addAll(first.keySet());
        names.addAll(second.keySet());
        for (String name : names) {
            compare(path.isEmpty() ? name : path + '/' + name, first.get(name), second.get(name));
        }
    }

    private static Optional<LayerEntry> entry(String path, @Nullable Item<Digest> item) {
        return Optional.ofNullable(item).map(i -> LayerEntry.of(i.entry(path)));
    }

    private static Set<Aspect> differing(Item<Digest> first, Item<Digest> second) {
        TarEntry a = first.entry("");
        TarEntry b = second.entry("");
        Set<Aspect> aspects = EnumSet.noneOf(Aspect.class);
        if (a.type() != b.type()) {
            aspects.add(Aspect.TYPE);
        } else if (!Objects.equals(first.content(), second.content())) {
            aspects.add(Aspect.CONTENT);
        } else if (!a.linkTarget().equals(b.linkTarget())
                || a.deviceMajor() != b.deviceMajor()
                || a.deviceMinor() != b.deviceMinor()) {
            aspects.add(Aspect.TARGET);
        }
        if (a.mode() != b.mode()) {
            aspects.add(Aspect.MODE);
        }
        if (a.uid() != b.uid() || a.gid() != b.gid()) {
            aspects.add(Aspect.OWNER);
        }
        if (a.mtimeSeconds() != b.mtimeSeconds() || a.mtimeNanos() != b.mtimeNanos()) {
            aspects.add(Aspect.TIME);
        }
        if (!a.xattrs().keySet().equals(b.xattrs().keySet())
                || a.xattrs().entrySet().stream()
                        .anyMatch(x -> !Arrays.equals(x.getValue(), b.xattrs().get(x.getKey())))) {
            aspects.add(Aspect.XATTRS);
        }
        return Collections.unmodifiableSet(aspects);
    }
}
