package dev.davit.image.internal.unpack;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Modes and times of directories, which can be set only when nothing is made in them any more: at the end of a layer.
 * For one thread.
 */
final class DirectoryAttributes {
    private final Tree tree;
    private final Attributes attributes;
    private final TreeMap<String, Pending> pending = new TreeMap<>();

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

    /**
     * A directory was removed. Nothing may be set at its path, or below, any more: a link may be there next.
     */
    void forget(String path) {
        pending.remove(path);
        // all that starts with the path and a slash: '0' is the character after it
        pending.subMap(path + '/', path + '0').clear();
    }

    /** Sets everything, children before parents. The root is left to the end of the last layer. */
    void apply() throws IOException {
        for (Map.Entry<String, Pending> entry : pending.descendingMap().entrySet()) {
            String path = entry.getKey();
            Pending wanted = entry.getValue();
            if (path.isEmpty()) {
                continue;
            }
            if (wanted.mode == null) {
                // if the system cannot give back what it gave, there is nothing in the image that differs
                tree.setTime(path, wanted.mtimeSeconds, wanted.mtimeNanos);
            } else {
                attributes.setTime(path, wanted.mtimeSeconds, wanted.mtimeNanos);
                tree.setMode(path, wanted.mode);
            }
        }
    }
}
