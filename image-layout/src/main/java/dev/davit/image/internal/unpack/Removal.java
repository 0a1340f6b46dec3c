package dev.davit.image.internal.unpack;

import dev.davit.image.internal.unpack.Tree.Handle;
import dev.davit.image.internal.unpack.Tree.Node;
import dev.davit.image.internal.unpack.Tree.NodeType;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** Removes trees: never follows a link, gets into directories that forbid it, and is not afraid of depth. */
final class Removal {
    private static final int OWNER_ALL = 0700;

    private final Tree tree;
    private final Listener listener;

    /**
     * Removes from a tree.
     *
     * @param listener hears what is gone
     */
    Removal(Tree tree, Listener listener) {
        this.tree = tree;
        this.listener = listener;
    }

    /** Hears of everything that was removed. */
    interface Listener {
        void removed(String path, NodeType type);
    }

    /** A directory on the way down, and what is still to be removed in it. */
    private record Level(String path, Iterator<String> children) {}

    /** Removes what is there, if anything is. */
    void remove(String path, @Nullable Node node) throws IOException {
        if (node == null) {
            return;
        }
        if (node.isDirectory()) {
            removeChildren(path, node);
        }
        removeOne(path, node.type());
    }

    /** Removes all that is in a directory. */
    void removeChildren(String directory, Node node) throws IOException {
        Deque<Level> levels = new ArrayDeque<>();
        levels.push(enter(directory, node));
        while (!levels.isEmpty()) {
            Level level = levels.element();
            if (!level.children.hasNext()) {
                levels.pop();
                if (!levels.isEmpty()) {
                    removeOne(level.path, NodeType.DIRECTORY);
                }
                continue;
            }
            String child = EntryNames.child(level.path, level.children.next());
            Node below = tree.stat(child);
            if (below == null) {
                continue;
            }
            if (below.isDirectory()) {
                levels.push(enter(child, below));
            } else {
                removeOne(child, below.type());
            }
        }
    }

    private Level enter(String directory, Node node) throws IOException {
        if ((node.mode() & OWNER_ALL) != OWNER_ALL) {
            try (Handle handle = tree.open(directory, NodeType.DIRECTORY)) {
                handle.setMode(OWNER_ALL);
            }
        }
        return new Level(directory, tree.children(directory).iterator());
    }

    private void removeOne(String path, NodeType type) throws IOException {
        tree.remove(path, type == NodeType.DIRECTORY);
        listener.removed(path, type);
    }
}
