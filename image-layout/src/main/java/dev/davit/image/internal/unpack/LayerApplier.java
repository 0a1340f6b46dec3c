package dev.davit.image.internal.unpack;

import dev.davit.image.UnpackReport.Kind;
import dev.davit.image.internal.tar.TarEntry;
import dev.davit.image.internal.tar.TarReader;
import dev.davit.image.internal.unpack.Tree.Node;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.internal.Text;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.function.Consumer;

/**
 * Applies the entries of one layer to the tree that the layers below left.
 *
 * <p>Every entry is hostile until proven otherwise. Its name is cut into elements; the directory they lead to is found
 * step by step inside the root ({@link Directories}); what is at the last element is never followed, but removed, and
 * the new thing is made where nothing is. So whatever links earlier entries or layers have planted, each call to the
 * system names one element in a directory that was just seen to be one.
 */
final class LayerApplier {
    private final Tree tree;
    private final UnpackLimits limits;
    private final Findings findings;
    private final Attributes attributes;
    private final DirectoryAttributes directoryAttributes;
    private final Directories directories;
    private final LayerMarks marks = new LayerMarks();
    private final Consumer<TarEntry> root;
    private final boolean lowest;
    private final byte[] buffer = new byte[128 * 1024];

    /**
     * For one layer.
     *
     * @param lowest whether there is nothing below, so that nothing can be hidden
     * @param root takes an entry that describes the root itself
     */
    LayerApplier(Tree tree, UnpackLimits limits, Findings findings, boolean lowest, Consumer<TarEntry> root) {
        this.tree = tree;
        this.limits = limits;
        this.findings = findings;
        this.attributes = new Attributes(tree, findings);
        this.directoryAttributes = new DirectoryAttributes(tree, attributes);
        this.directories = new Directories(tree, this::makeImplied);
        this.lowest = lowest;
        this.root = root;
    }

    /** Applies one entry, whose data is read from the archive. */
    void apply(TarEntry entry, TarReader data) throws IOException {
        findings.countEntry();
        String name = EntryNames.clean(entry.name(), limits.maxDepth());
        if (name.isEmpty()) {
            applyRoot(entry);
        } else if (isDriverName(name)) {
            findings.differs(name, Kind.PASSED_OVER, entry.toString());
        } else if (EntryNames.last(name).startsWith(EntryNames.WHITEOUT)) {
            applyWhiteout(name);
        } else {
            applyPlain(name, entry, data);
        }
    }

    /** Ends the layer. */
    void finish() throws IOException {
        directoryAttributes.apply();
    }

    private void applyRoot(TarEntry entry) {
        switch (entry.type()) {
            case DIRECTORY -> root.accept(entry);
            default ->
                throw new MalformedContentException("expected the root to be a directory, got a " + entry.type());
        }
    }

    /** AUFS kept its bookkeeping in such names, everywhere but in the marker of opaque directories. */
    private static boolean isDriverName(String name) {
        int at = name.startsWith(EntryNames.DRIVER) ? 0 : name.indexOf('/' + EntryNames.DRIVER) + 1;
        boolean found = at > 0 || name.startsWith(EntryNames.DRIVER);
        return found && !name.substring(at).equals(EntryNames.OPAQUE);
    }

    private void applyPlain(String name, TarEntry entry, TarReader data) throws IOException {
        requireNoWhiteoutAbove(name);
        String parent = directories.make(EntryNames.parent(name));
        String path = EntryNames.child(parent, EntryNames.last(name));
        directoryAttributes.remember(parent);
        switch (entry.type()) {
            case DIRECTORY -> applyDirectory(path, entry);
            case FILE -> applyFile(path, entry, data);
            case SYMLINK -> applySymlink(path, entry);
            case HARD_LINK -> applyHardLink(path, entry);
            case CHARACTER_DEVICE, BLOCK_DEVICE, FIFO -> applySpecial(path, entry);
        }
        mark(path);
    }

    private static void requireNoWhiteoutAbove(String name) {
        if (name.startsWith(EntryNames.WHITEOUT) || name.contains('/' + EntryNames.WHITEOUT)) {
            throw new MalformedContentException(
                    "expected no name below a whiteout, whose name starts with " + EntryNames.WHITEOUT);
        }
    }

    private void applyDirectory(String path, TarEntry entry) throws IOException {
        if (!makeDirectory(path)) {
            tree.clearXattrs(path);
        }
        attributes.setOwner(path, entry);
        attributes.setXattrs(path, entry);
        directoryAttributes.set(path, entry.mode(), entry.mtimeSeconds(), entry.mtimeNanos());
    }

    /** {@return whether the directory is new; if not, there was one} */
    private boolean makeDirectory(String path) throws IOException {
        try {
            tree.makeDirectory(path);
        } catch (FileAlreadyExistsException e) {
            Node there = tree.stat(path);
            if (there != null && there.isDirectory()) {
                return false;
            }
            clear(path);
            tree.makeDirectory(path);
        }
        marks.markFresh(path);
        return true;
    }

    /** Makes a directory that a name needs but no entry has described yet. */
    private void makeImplied(String path) throws IOException {
        directoryAttributes.remember(EntryNames.parent(path));
        tree.makeDirectory(path);
        marks.markFresh(path);
        mark(path);
        directoryAttributes.set(path, 0755, 0, 0);
    }

    private void applyFile(String path, TarEntry entry, TarReader data) throws IOException {
        try (Tree.Output out = replace(path, () -> tree.makeFile(path))) {
            for (int n = data.read(buffer, 0, buffer.length); n >= 0; n = data.read(buffer, 0, buffer.length)) {
                out.write(buffer, 0, n);
            }
        }
        attributes.set(path, entry);
    }

    private void applySymlink(String path, TarEntry entry) throws IOException {
        String target = entry.linkTarget();
        if (target.isEmpty()) {
            throw new MalformedContentException("expected a target of the symbolic link, got none");
        }
        if (!replace(path, () -> tree.makeSymlink(path, target))) {
            findings.differs(path, Kind.LINK_TARGET, target);
        }
        attributes.setOfLink(path, entry);
    }

    /** A hard link has no attributes of its own: they are those of the file, whose entry came before. */
    private void applyHardLink(String path, TarEntry entry) throws IOException {
        String target = EntryNames.clean(entry.linkTarget(), limits.maxDepth());
        String directory = target.isEmpty() ? null : directories.find(EntryNames.parent(target));
        String existing = directory == null ? null : EntryNames.child(directory, EntryNames.last(target));
        Node node = existing == null ? null : tree.stat(existing);
        if (existing == null || node == null || node.isDirectory()) {
            throw new MalformedContentException("hard link to " + Text.quote(entry.linkTarget())
                    + ": expected a file there, got " + (node == null ? "nothing" : "a directory"));
        }
        if (existing.equals(path)) {
            return;
        }
        replace(path, () -> {
            tree.makeHardLink(path, existing);
            return path;
        });
    }

    private void applySpecial(String path, TarEntry entry) throws IOException {
        clear(path);
        if (tree.makeSpecial(path, entry.type(), entry.deviceMajor(), entry.deviceMinor())) {
            attributes.set(path, entry);
            return;
        }
        switch (entry.type()) {
            case FIFO -> findings.differs(path, Kind.FIFO, "FIFO");
            default ->
                findings.differs(
                        path, Kind.DEVICE, entry.type() + " " + entry.deviceMajor() + ":" + entry.deviceMinor());
        }
    }

    private void applyWhiteout(String name) throws IOException {
        String leaf = EntryNames.last(name);
        requireNoWhiteoutAbove(EntryNames.parent(name) + '/');
        String hidden = leaf.substring(EntryNames.WHITEOUT.length());
        boolean opaque = leaf.equals(EntryNames.OPAQUE);
        if (!opaque && (hidden.isEmpty() || hidden.equals(".") || hidden.equals(".."))) {
            throw new MalformedContentException("whiteout: expected the name of something that is hidden");
        }
        if (lowest) {
            return;
        }
        String parent = directories.find(EntryNames.parent(name));
        if (parent == null) {
            return;
        }
        if (opaque) {
            hideChildren(parent);
        } else {
            directoryAttributes.remember(parent);
            hide(EntryNames.child(parent, hidden));
        }
    }

    /** Removes what lower layers left at a path. What this layer has there stays, whichever came first. */
    private void hide(String path) throws IOException {
        Node node = tree.stat(path);
        if (node == null) {
            return;
        }
        if (!marks.isMarked(path)) {
            remove(path, node);
        } else if (node.isDirectory()) {
            hideChildren(path);
        }
    }

    private void hideChildren(String directory) throws IOException {
        if (marks.isFresh(directory)) {
            return;
        }
        directoryAttributes.remember(directory);
        for (String child : tree.children(directory)) {
            hide(EntryNames.child(directory, child));
        }
        marks.markFresh(directory);
    }

    /** Makes something in the place of whatever is there. Mostly that is nothing, so making it is tried first. */
    private <T> T replace(String path, Making<T> making) throws IOException {
        try {
            return making.make();
        } catch (FileAlreadyExistsException e) {
            clear(path);
            return making.make();
        }
    }

    private interface Making<T> {
        T make() throws IOException;
    }

    /** Makes room for something new. */
    private void clear(String path) throws IOException {
        Node node = tree.stat(path);
        if (node != null) {
            remove(path, node);
        }
    }

    private void remove(String path, Node node) throws IOException {
        switch (node.type()) {
            case DIRECTORY -> {
                for (String child : tree.children(path)) {
                    String below = EntryNames.child(path, child);
                    Node childNode = tree.stat(below);
                    if (childNode != null) {
                        remove(below, childNode);
                    }
                }
                tree.remove(path);
                directoryAttributes.forget(path);
                directories.forget();
            }
            case SYMLINK -> {
                tree.remove(path);
                directories.forget();
            }
            default -> tree.remove(path);
        }
    }

    private void mark(String path) {
        if (!lowest) {
            marks.mark(path);
        }
    }
}
