package dev.davit.image.internal.unpack;

import dev.davit.image.UnpackReport.Kind;
import dev.davit.image.internal.tar.EntryData;
import dev.davit.image.internal.tar.EntryType;
import dev.davit.image.internal.tar.TarEntry;
import dev.davit.image.internal.unpack.Tree.Handle;
import dev.davit.image.internal.unpack.Tree.Node;
import dev.davit.image.internal.unpack.Tree.NodeType;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.internal.Text;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Applies the entries of one layer to the tree that the layers below left.
 *
 * <p>Every entry is hostile until proven otherwise. Its name is cut into elements; the directory they lead to is found
 * step by step inside the root ({@link Directories}); what is at the last element is never followed, but removed, and
 * the new thing is made where nothing is. So whatever links earlier entries or layers have planted, each call to the
 * system names one element in a directory that was just seen to be one.
 */
final class LayerApplier {
    private static final int MAX_MAJOR = 0xfff;
    private static final int MAX_MINOR = 0xfffff;

    private final Tree tree;
    private final UnpackLimits limits;
    private final Findings findings;
    private final Attributes attributes;
    private final DirectoryAttributes directoryAttributes;
    private final Directories directories;
    private final Hiding hiding;
    private final Consumer<TarEntry> root;
    private final boolean lowest;
    /** The directory of the last entry as it was named, and its path; null if something has changed since. */
    private @Nullable String lastParent;

    private String lastParentPath = "";

    /**
     * For one layer.
     *
     * @param hiding makes what hides lower layers; it tells the listener what it removes
     * @param lowest whether there is nothing below, so that nothing can be hidden
     * @param root takes an entry that describes the root itself
     */
    LayerApplier(
            Tree tree,
            UnpackLimits limits,
            Findings findings,
            Attributes attributes,
            DirectoryAttributes directoryAttributes,
            Function<Removal.Listener, Hiding> hiding,
            boolean lowest,
            Consumer<TarEntry> root) {
        this.tree = tree;
        this.limits = limits;
        this.findings = findings;
        this.attributes = attributes;
        this.directoryAttributes = directoryAttributes;
        this.directories = new Directories(tree, findings, this::makeImplied);
        this.hiding = hiding.apply(this::removed);
        this.lowest = lowest;
        this.root = root;
    }

    /** Applies one entry; the data of a file is read to its end. */
    void apply(TarEntry entry, EntryData data) throws IOException {
        findings.countEntry();
        EntryNames.requireLength(entry.name(), limits.maxNameBytes());
        String name = EntryNames.clean(entry.name(), limits.maxDepth());
        if (name.isEmpty()) {
            applyRoot(entry);
        } else if (isDriverName(name)) {
            findings.layerDiffers(name, Kind.PASSED_OVER, entry.toString());
        } else if (name.startsWith(EntryNames.WHITEOUT, name.lastIndexOf('/') + 1)) {
            applyWhiteout(name);
        } else {
            applyPlain(name, entry, data);
        }
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

    private void applyPlain(String name, TarEntry entry, EntryData data) throws IOException {
        requireNoWhiteoutAbove(name);
        String path = path(name);
        switch (entry.type()) {
            case DIRECTORY -> applyDirectory(path, entry);
            case FILE -> applyFile(path, entry, data);
            case SYMLINK -> applySymlink(path, entry);
            case HARD_LINK -> applyHardLink(path, entry);
            case CHARACTER_DEVICE, BLOCK_DEVICE, FIFO -> applySpecial(path, entry);
        }
        hiding.mark(path);
    }

    /** {@return where a name leads to; the directory is there then, and its attributes are remembered} */
    private String path(String name) throws IOException {
        int slash = Math.max(name.lastIndexOf('/'), 0);
        String parent = lastParent;
        if (parent == null || slash != parent.length() || !name.startsWith(parent)) {
            lastParent = null;
            parent = EntryNames.parent(name);
            lastParentPath = directories.make(parent);
            directoryAttributes.remember(lastParentPath);
            lastParent = parent;
        }
        if (parent.equals(lastParentPath)) {
            return name;
        }
        String path = EntryNames.child(lastParentPath, EntryNames.last(name));
        requireNear(path);
        return path;
    }

    /** Links can lead to places that are deeper, and have longer names, than any name in the image. */
    private void requireNear(String path) {
        EntryNames.requireDepth(path, limits.maxDepth());
        EntryNames.requireLength(path, limits.maxNameBytes());
    }

    private static void requireNoWhiteoutAbove(String name) {
        if (name.startsWith(EntryNames.WHITEOUT) || name.contains('/' + EntryNames.WHITEOUT)) {
            throw new MalformedContentException(
                    "expected no name below a whiteout, whose name starts with " + EntryNames.WHITEOUT);
        }
    }

    private void applyDirectory(String path, TarEntry entry) throws IOException {
        boolean isNew = makeDirectory(path);
        findings.forget(path);
        try (Handle handle = tree.open(path, NodeType.DIRECTORY)) {
            if (!isNew) {
                handle.clearXattrs();
            }
            attributes.setOwner(handle, path, entry);
            attributes.setXattrs(handle, path, entry);
        }
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
        hiding.markFresh(path);
        return true;
    }

    /** Makes a directory that a name needs but no entry has described yet. */
    private void makeImplied(String path) throws IOException {
        requireNear(path);
        directoryAttributes.remember(EntryNames.parent(path));
        tree.makeDirectory(path);
        hiding.markFresh(path);
        hiding.mark(path);
        try (Handle handle = tree.open(path, NodeType.DIRECTORY)) {
            attributes.setOwner(handle, path, 0, 0);
        }
        directoryAttributes.set(path, 0755, 0, 0);
    }

    private void applyFile(String path, TarEntry entry, EntryData data) throws IOException {
        findings.countFile(entry.size());
        findings.forget(path);
        try (Tree.Output out = replace(path, () -> attributes.makeFile(tree, path, entry))) {
            int n = 0;
            while (n >= 0) {
                long hole = data.skipHole();
                if (hole > 0) {
                    out.skip(hole);
                }
                n = data.passTo(out);
            }
            out.finish();
            attributes.set(out, path, entry);
        }
    }

    private void applySymlink(String path, TarEntry entry) throws IOException {
        String target = entry.linkTarget();
        if (target.isEmpty()) {
            throw new MalformedContentException("expected a target of the symbolic link, got none");
        }
        EntryNames.requireLength(target, limits.maxNameBytes());
        findings.forget(path);
        if (!replace(path, () -> tree.makeSymlink(path, target))) {
            findings.differs(path, Kind.LINK_TARGET, target);
        }
        try (Handle handle = tree.open(path, NodeType.SYMLINK)) {
            attributes.setOfLink(handle, path, entry);
        }
    }

    /** A hard link has no attributes of its own: they are those of the file, whose entry came before. */
    private void applyHardLink(String path, TarEntry entry) throws IOException {
        EntryNames.requireLength(entry.linkTarget(), limits.maxNameBytes());
        String target = EntryNames.clean(entry.linkTarget(), limits.maxDepth());
        String directory = target.isEmpty() ? null : directories.find(EntryNames.parent(target));
        String existing = directory == null ? null : EntryNames.child(directory, EntryNames.last(target));
        Node node = existing == null ? null : tree.stat(existing);
        boolean isMissing = existing != null && findings.isMissing(existing);
        if (existing == null || (node == null && !isMissing) || (node != null && node.isDirectory())) {
            throw new MalformedContentException("hard link to " + Text.quote(entry.linkTarget())
                    + ": expected a file there, got " + (node == null ? "nothing" : "a directory"));
        }
        if (existing.equals(path)) {
            return;
        }
        if (isMissing) {
            clear(path);
        } else {
            replace(path, () -> {
                tree.makeHardLink(path, existing);
                return path;
            });
        }
        findings.forget(path);
        findings.link(path, existing);
    }

    private void applySpecial(String path, TarEntry entry) throws IOException {
        EntryType type = entry.type();
        boolean isDevice = type != EntryType.FIFO;
        if (isDevice && (entry.deviceMajor() > MAX_MAJOR || entry.deviceMinor() > MAX_MINOR)) {
            throw new MalformedContentException("device: expected numbers up to " + MAX_MAJOR + ":" + MAX_MINOR
                    + ", got " + entry.deviceMajor() + ":" + entry.deviceMinor());
        }
        clear(path);
        findings.forget(path);
        if (!tree.makeSpecial(path, type, entry.deviceMajor(), entry.deviceMinor())) {
            String numbers = isDevice ? " " + entry.deviceMajor() + ":" + entry.deviceMinor() : "";
            attributes.report(path, isDevice ? Kind.DEVICE : Kind.FIFO, type + numbers, entry);
            return;
        }
        try (Handle handle = tree.open(path, NodeType.OTHER)) {
            attributes.set(handle, path, entry);
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
            hiding.hideChildren(parent);
        } else {
            directoryAttributes.remember(parent);
            hiding.hide(EntryNames.child(parent, hidden));
        }
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
        hiding.clear(path);
    }

    private void removed(String path, NodeType type) {
        lastParent = null;
        findings.forgetAll(path);
        if (type == NodeType.DIRECTORY) {
            directoryAttributes.forget(path);
        }
        if (type == NodeType.DIRECTORY || type == NodeType.SYMLINK) {
            directories.forget();
        }
    }
}
