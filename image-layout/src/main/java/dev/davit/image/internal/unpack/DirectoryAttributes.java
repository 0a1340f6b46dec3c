package dev.davit.image.internal.unpack;

import dev.davit.image.internal.unpack.Tree.Handle;
import dev.davit.image.internal.unpack.Tree.NodeType;
import java.io.IOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Modes and times of directories, which can be set only when nothing is made in them any more: at the end of a layer.
 * Modes that shut out even the owner wait for the end of the last layer, because the owner may not be root. For one
 * thread.
 */
final class DirectoryAttributes {
    private static final int OWNER_ALL = 0700;

    private final Tree tree;
    private final Attributes attributes;
    private final TreeMap<String, Pending> pending = new TreeMap<>();
    private final TreeMap<String, Integer> narrow = new TreeMap<>();

    /**
     * What a directory is to get.
     *
     * @param mode null to leave the mode and only give back the time it had before
     */
    private record Pending(@Nullable Integer mode, long mtimeSeconds, int mtimeNanos) {}

    DirectoryAttributes(Tree tree, Attributes attributes) {
        this.tree = tree;
        this.attributes = attributes;
    }

    void set(String path, int mode, long mtimeSeconds, int mtimeNanos) {
        pending.put(path, new Pending(mode, mtimeSeconds, mtimeNanos));
    }

    /** Something in a directory is about to change, which must not show in the directory's time. */
    void remember(String path) throws IOException {
        if (pending.containsKey(path)) {
            return;
        }
        Tree.Node node = tree.stat(path);
        if (node != null) {
            pending.put(path, new Pending(null, node.mtimeSeconds(), node.mtimeNanos()));
        }
    }

    /** A directory is a copy of one below, and gets its mode and time, unless an entry says others. */
    void inherit(String path, Tree.Node from) {
        Pending known = pending.get(path);
        if (known == null || known.mode == null) {
            set(path, from.mode(), from.mtimeSeconds(), from.mtimeNanos());
        }
    }

    /** {@return the mode that a directory will have in the end} */
    int modeOf(String path, int mode) {
        Pending known = pending.get(path);
        if (known != null && known.mode != null) {
            return known.mode;
        }
        return narrow.getOrDefault(path, mode);
    }

    /**
     * A directory was removed. Nothing may be set at its path, or below, any more: a link may be there next.
     */
    void forget(String path) {
        forget(pending, path);
        forget(narrow, path);
    }

    private static void forget(SortedMap<String, ?> map, String path) {
        map.remove(path);
        // all that starts with the path and a slash: '0' is the character after it
        map.subMap(path + '/', path + '0').clear();
    }

    /** Sets what a layer says, children before parents. The root is left to the end of the last layer. */
    void endLayer() throws IOException {
        for (Map.Entry<String, Pending> entry : pending.descendingMap().entrySet()) {
            String path = entry.getKey();
            if (path.isEmpty()) {
                continue;
            }
            Pending wanted = entry.getValue();
            try (Handle handle = tree.open(path, NodeType.DIRECTORY)) {
                if (wanted.mode == null) {
                    // if the system cannot give back what it gave, there is nothing in the image that differs
                    handle.setTime(wanted.mtimeSeconds, wanted.mtimeNanos);
                } else {
                    attributes.setTime(handle, path, wanted.mtimeSeconds, wanted.mtimeNanos);
                    setMode(handle, path, wanted.mode);
                }
            }
        }
        pending.clear();
    }

    private void setMode(Handle handle, String path, int mode) throws IOException {
        attributes.setMode(handle, path, mode | OWNER_ALL);
        if ((mode & OWNER_ALL) == OWNER_ALL) {
            narrow.remove(path);
        } else {
            narrow.put(path, mode);
        }
    }

    /** Sets what had to wait for the end of the last layer, children before parents. */
    void finish() throws IOException {
        for (Map.Entry<String, Integer> entry : narrow.descendingMap().entrySet()) {
            try (Handle handle = tree.open(entry.getKey(), NodeType.DIRECTORY)) {
                handle.setMode(entry.getValue());
            }
        }
    }
}
