package dev.davit.image.internal.unpack;

import dev.davit.image.internal.tar.EntryType;
import dev.davit.oci.StorageException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One layer in a folder of its own, seen together with the layers below it, as the file system overlay would show them:
 * what is looked at is found in the uppermost layer that has it; what is made goes to this layer, and takes the
 * directories on its way with it from below, attributes and all. A hidden file is a character device 0:0, a directory
 * that hides those below has an extended attribute.
 *
 * <p>All folders were empty at first, so which directories, whiteouts and opaque directories a layer has is known without
 * looking. For one thread.
 *
 * @see <a href="https://docs.kernel.org/filesystems/overlayfs.html">overlayfs</a>
 */
final class OverlayLayer implements Tree {
    /** How the names of its attributes go on after their namespace. */
    static final String OVERLAY = "overlay.";

    private static final String OPAQUE = OVERLAY + "opaque";

    private final PosixTree disk;
    private final Path root;
    private final String folder;
    private final String xattrs;
    private final @Nullable OverlayLayer below;
    private final DirectoryAttributes directoryAttributes;
    private final Set<String> directories = new HashSet<>(Set.of(""));
    private final Set<String> whiteouts = new HashSet<>();
    private final Set<String> opaque = new HashSet<>();

    /** What is at a path, and which layer has it. */
    private record Found(OverlayLayer layer, Node node) {}

    /**
     * Makes the folder of a layer.
     *
     * @param disk all folders
     * @param root the same, for messages
     * @param index which layer it is, and the name of its folder
     * @param xattrs where the attributes of overlay begin: {@code trusted.}, or {@code user.} for ordinary users
     * @param below the layer below, if there is one
     */
    OverlayLayer(
            PosixTree disk, Path root, int index, String xattrs, Attributes attributes, @Nullable OverlayLayer below)
            throws IOException {
        this.disk = disk;
        this.root = root;
        this.folder = Integer.toString(index);
        this.xattrs = xattrs;
        this.below = below;
        this.directoryAttributes = new DirectoryAttributes(this, attributes);
        disk.makeDirectory(folder);
    }

    /** {@return its name below the root} */
    String folder() {
        return folder;
    }

    DirectoryAttributes directoryAttributes() {
        return directoryAttributes;
    }

    private String path(String path) {
        return path.isEmpty() ? folder : folder + '/' + path;
    }

    /** {@return what this layer itself has, or null} */
    @Nullable
    Node own(String path) throws IOException {
        boolean reachable = directories.contains(EntryNames.parent(path)) && !whiteouts.contains(path);
        return reachable ? disk.stat(path(path)) : null;
    }

    private @Nullable Found find(String path) throws IOException {
        boolean hides = whiteouts.contains(path);
        for (int cut = path.lastIndexOf('/'); cut > 0 && !hides; cut = path.lastIndexOf('/', cut - 1)) {
            String above = path.substring(0, cut);
            Node node = directories.contains(above) ? null : own(above);
            hides = opaque.contains(above) || whiteouts.contains(above) || node != null;
        }
        Node node = own(path);
        if (node != null) {
            return new Found(this, node);
        }
        return hides || below == null || opaque.contains("") ? null : below.find(path);
    }

    @Override
    public @Nullable Node stat(String path) throws IOException {
        Found found = find(path);
        if (found == null || !found.node.isDirectory()) {
            return found == null ? null : found.node;
        }
        // a mode that would shut the owner out is not set yet
        int mode = found.layer.directoryAttributes.modeOf(path, found.node.mode());
        return new Node(NodeType.DIRECTORY, mode, found.node.mtimeSeconds(), found.node.mtimeNanos());
    }

    @Override
    public String readLink(String path) throws IOException {
        Found found = find(path);
        return disk.readLink(found == null ? path(path) : found.layer.path(path));
    }

    @Override
    public List<String> children(String directory) {
        throw new UnsupportedOperationException("what is hidden here is marked and not removed");
    }

    @Override
    public void makeDirectory(String path) throws IOException {
        if (find(path) != null) {
            throw new FileAlreadyExistsException(path);
        }
        boolean wasHidden = makeRoom(path);
        disk.makeDirectory(path(path));
        directories.add(path);
        if (wasHidden) {
            makeOpaque(path);
        }
    }

    @Override
    public Output makeFile(String path, long uid, long gid, int mode) throws IOException {
        makeRoom(path);
        return disk.makeFile(path(path), uid, gid, mode);
    }

    @Override
    public boolean makeSymlink(String path, String target) throws IOException {
        makeRoom(path);
        return disk.makeSymlink(path(path), target);
    }

    /** A file of a lower layer is copied first: names in different layers cannot be those of one file. */
    @Override
    public void makeHardLink(String path, String existing) throws IOException {
        Found found = find(existing);
        if (found != null && found.layer != this) {
            takeDirectory(EntryNames.parent(existing));
            disk.copy(found.layer.path(existing), path(existing));
        }
        makeRoom(path);
        disk.makeHardLink(path(path), path(existing));
    }

    @Override
    public boolean makeSpecial(String path, EntryType type, long major, long minor) throws IOException {
        makeRoom(path);
        boolean isMade = disk.makeSpecial(path(path), type, major, minor);
        if (!isMade) {
            // what it would have replaced does not come back
            makeWhiteout(path);
        }
        return isMade;
    }

    /** {@return whether there was a whiteout} */
    private boolean makeRoom(String path) throws IOException {
        takeDirectory(EntryNames.parent(path));
        boolean wasHidden = whiteouts.remove(path);
        if (wasHidden) {
            disk.remove(path(path), false);
        }
        return wasHidden;
    }

    /** Makes sure that the layer itself has a directory that can be seen. */
    private void takeDirectory(String path) throws IOException {
        if (directories.contains(path)) {
            return;
        }
        takeDirectory(EntryNames.parent(path));
        Found found = find(path);
        Node node = stat(path);
        if (found == null || node == null) {
            throw new IllegalStateException("what is to be taken has been found before");
        }
        directoryAttributes.inherit(path, node);
        disk.makeDirectory(path(path));
        directories.add(path);
        disk.copyAttributes(found.layer.path(path), path(path));
    }

    /** Hides what lower layers have at a path, if they have anything. */
    void makeWhiteout(String path) throws IOException {
        if (find(path) == null) {
            return;
        }
        takeDirectory(EntryNames.parent(path));
        require(disk.makeSpecial(path(path), EntryType.CHARACTER_DEVICE, 0, 0), "the character device 0:0");
        whiteouts.add(path);
    }

    /** Hides what lower layers have in a directory. */
    void makeOpaque(String directory) throws IOException {
        if (below == null || opaque.contains(directory)) {
            return;
        }
        takeDirectory(directory);
        try (Handle handle = disk.open(path(directory), NodeType.DIRECTORY)) {
            require(handle.setXattr(xattrs + OPAQUE, new byte[] {'y'}), xattrs + OPAQUE);
        }
        opaque.add(directory);
    }

    private void require(boolean done, String what) {
        if (!done) {
            throw new StorageException("hide what lower layers have in", root, "the system refuses " + what, null);
        }
    }

    /** Removes what the layer itself has. */
    void removeOwn(String path, Removal.Listener listener) throws IOException {
        int prefix = folder.length() + 1;
        new Removal(disk, (removed, type) -> {
                    String name = removed.substring(prefix);
                    directories.remove(name);
                    opaque.remove(name);
                    whiteouts.remove(name);
                    listener.removed(name, type);
                })
                .remove(path(path), own(path));
    }

    @Override
    public Handle open(String path, NodeType expected) throws IOException {
        if (expected != NodeType.DIRECTORY) {
            return disk.open(path(path), expected);
        }
        takeDirectory(path);
        Handle handle = disk.open(path(path), expected);
        return opaque.contains(path) ? new OpaqueHandle(handle, xattrs + OPAQUE) : handle;
    }

    @Override
    public void remove(String path, boolean directory) {
        throw new UnsupportedOperationException("what is hidden here is marked and not removed");
    }

    @Override
    public void close() {
        // the disk is closed by whoever opened it
    }

    /** A directory whose mark outlives that its other attributes are cleared. */
    private record OpaqueHandle(Handle handle, String mark) implements Handle {
        @Override
        public boolean setOwner(long uid, long gid) throws IOException {
            return handle.setOwner(uid, gid);
        }

        @Override
        public boolean setMode(int mode) throws IOException {
            return handle.setMode(mode);
        }

        @Override
        public boolean setTime(long seconds, int nanos) throws IOException {
            return handle.setTime(seconds, nanos);
        }

        @Override
        public boolean setXattr(String name, byte[] value) throws IOException {
            return handle.setXattr(name, value);
        }

        @Override
        public void clearXattrs() throws IOException {
            handle.clearXattrs();
            handle.setXattr(mark, new byte[] {'y'});
        }

        @Override
        public void close() throws IOException {
            handle.close();
        }
    }
}
