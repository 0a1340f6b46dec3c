package dev.davit.image.internal.unpack;

import dev.davit.image.internal.unpack.Tree.Node;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** All layers go to one folder, so that what is hidden is removed. */
final class MergedHiding implements Hiding {
    private final Tree tree;
    private final Findings findings;
    private final DirectoryAttributes directoryAttributes;
    private final Removal removal;
    private final boolean lowest;
    private final LayerMarks marks = new LayerMarks();

    /**
     * For one layer.
     *
     * @param removal removes from the tree
     * @param lowest whether there is nothing below that could be hidden
     */
    MergedHiding(
            Tree tree, Findings findings, DirectoryAttributes directoryAttributes, Removal removal, boolean lowest) {
        this.tree = tree;
        this.findings = findings;
        this.directoryAttributes = directoryAttributes;
        this.removal = removal;
        this.lowest = lowest;
    }

    @Override
    public void mark(String path) {
        if (!lowest) {
            marks.mark(path);
        }
    }

    @Override
    public void markFresh(String directory) {
        if (!lowest) {
            marks.markFresh(directory);
        }
    }

    @Override
    public void hide(String path) throws IOException {
        Node node = tree.stat(path);
        if (!marks.isMarked(path)) {
            removal.remove(path, node);
            findings.forgetAll(path);
        } else if (node != null && node.isDirectory()) {
            hideChildren(path);
        }
    }

    @Override
    public void hideChildren(String directory) throws IOException {
        if (marks.isFresh(directory)) {
            return;
        }
        directoryAttributes.remember(directory);
        List<String> children = new ArrayList<>(tree.children(directory));
        children.addAll(findings.missingIn(directory));
        for (String child : children) {
            hide(EntryNames.child(directory, child));
        }
        marks.markFresh(directory);
    }

    @Override
    public void clear(String path) throws IOException {
        removal.remove(path, tree.stat(path));
    }
}
