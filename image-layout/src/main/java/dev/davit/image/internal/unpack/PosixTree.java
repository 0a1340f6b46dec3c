package dev.davit.image.internal.unpack;

import dev.davit.image.internal.tar.EntryType;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that Linux can do, through {@link Kernel}. Everything is named in an open directory, and a file that was made gets
 * its attributes by itself and not by its name; so another process that may write below the root, and swaps directories
 * for links or files for others, can neither lead this one out of the root nor lend its rights.
 */
final class PosixTree implements Tree {
    private static final int FIFO = 0010000;
    private static final int CHARACTER_DEVICE = 0020000;
    private static final int BLOCK_DEVICE = 0060000;

    private final Kernel kernel;
    private final OpenDirectories directories;
    private final NewFiles newFiles;

    private PosixTree(Kernel kernel, OpenDirectories directories) {
        this.kernel = kernel;
        this.directories = directories;
        this.newFiles = new NewFiles(kernel);
    }

    /**
     * {@return the tree, or null if this JVM or this system cannot do it}
     *
     * @param root a directory, not a link
     */
    static @Nullable PosixTree open(Path root) {
        Kernel kernel = Kernel.get();
        if (kernel == null) {
            return null;
        }
        try {
            OpenDirectories directories = new OpenDirectories(kernel, root);
            PosixTree tree = new PosixTree(kernel, directories);
            if (tree.works()) {
                return tree;
            }
            tree.close();
            return null;
        } catch (IOException e) {
            // java.nio.file says better what is wrong with the root, if anything is
            return null;
        }
    }

    /** Sandboxes refuse calls that they do not know, and some have no {@code /proc}. */
    private boolean works() throws IOException {
        int root = directories.get("").fd();
        Node node = kernel.stat(root, "");
        Node again = kernel.statThroughProc(root);
        return node.isDirectory() && node.equals(again);
    }

    /** One element in an open directory. */
    private interface At<T> {
        T call(int in, String name) throws IOException;
    }

    private <T> T at(String path, At<T> what) throws IOException {
        return what.call(directories.above(path).fd(), leaf(path));
    }

    private static String leaf(String path) {
        requireLeaf(path);
        return EntryNames.last(path);
    }

    private static void requireLeaf(String path) {
        int from = path.lastIndexOf('/') + 1;
        int length = path.length() - from;
        if (length == 0 || (length <= 2 && "..".startsWith(path.substring(from)))) {
            throw new IllegalArgumentException("no physical path of anything below the root: " + path);
        }
    }

    @Override
    public @Nullable Node stat(String path) throws IOException {
        if (path.isEmpty()) {
            return kernel.stat(directories.get("").fd(), path);
        }
        return kernel.stat(directories.above(path).fd(), leaf(path), path);
    }

    @Override
    public String readLink(String path) throws IOException {
        return at(path, (in, name) -> kernel.readLink(in, name, path));
    }

    @Override
    public List<String> children(String directory) throws IOException {
        return kernel.list(directories.get(directory).fd(), ".", directory);
    }

    @Override
    public void makeDirectory(String path) throws IOException {
        at(path, (in, name) -> {
            kernel.makeDirectory(in, name, 0700, path);
            return name;
        });
    }

    @Override
    public Output makeFile(String path, long uid, long gid, int mode) throws IOException {
        requireLeaf(path);
        OpenDirectory in = directories.above(path);
        boolean isUsual = newFiles.haveOwner(in, uid, gid);
        int fd = kernel.createFile(in.fd(), path, isUsual ? mode : 0600);
        return new PosixFile(kernel, newFiles, in, fd, path, isUsual ? mode : PosixFile.PRIVATE);
    }

    @Override
    public boolean makeSymlink(String path, String target) throws IOException {
        return at(path, (in, name) -> {
            kernel.makeSymlink(target, in, name, path);
            return true;
        });
    }

    @Override
    public void makeHardLink(String path, String existing) throws IOException {
        String from = EntryNames.parent(existing);
        OpenDirectory held = directories.take(from);
        try {
            at(path, (in, name) -> {
                kernel.makeHardLink(held.fd(), EntryNames.last(existing), in, name, path);
                return name;
            });
        } finally {
            directories.keep(from, held);
        }
    }

    @Override
    public boolean makeSpecial(String path, EntryType type, long major, long minor) throws IOException {
        int format = switch (type) {
            case FIFO -> FIFO;
            case CHARACTER_DEVICE -> CHARACTER_DEVICE;
            case BLOCK_DEVICE -> BLOCK_DEVICE;
            default -> throw new IllegalArgumentException("no special file: " + type);
        };
        long result = at(path, (in, name) -> kernel.makeNode(in, name, format | 0600, major, minor));
        if (result == -Errno.EPERM || result == -Errno.EOPNOTSUPP) {
            return false;
        }
        Kernel.checked(path, result);
        return true;
    }

    @Override
    public Handle open(String path, NodeType expected) throws IOException {
        if (expected == NodeType.DIRECTORY) {
            return new PosixDirectory(kernel, newFiles, directories.get(path), path);
        }
        int fd = at(path, (in, name) -> kernel.openNode(in, name, path));
        try {
            Node node = kernel.stat(fd, path);
            if (node.type() != expected) {
                throw new FileSystemException(path, null, "Another process replaced it");
            }
            return new PosixHandle(kernel, newFiles, fd, path, expected);
        } catch (IOException e) {
            kernel.close(fd);
            throw e;
        }
    }

    /** Copies anything but a directory, with all its attributes, to where nothing is. */
    void copy(String from, String to) throws IOException {
        Node node = stat(from);
        if (node == null) {
            throw new NoSuchFileException(from);
        }
        switch (node.type()) {
            case FILE -> copyFile(from, to);
            case SYMLINK -> makeSymlink(to, readLink(from));
            case OTHER -> {
                int format = kernel.format();
                long major = kernel.deviceMajor();
                long minor = kernel.deviceMinor();
                at(to, (in, name) -> Kernel.checked(to, kernel.makeNode(in, name, format, major, minor)));
            }
            case DIRECTORY -> throw new IllegalArgumentException("a directory is not copied: " + from);
        }
        copyAttributes(from, to);
        try (Handle handle = open(to, node.type())) {
            if (node.type() != NodeType.SYMLINK) {
                handle.setMode(node.mode());
            }
            handle.setTime(node.mtimeSeconds(), node.mtimeNanos());
        }
    }

    private void copyFile(String from, String to) throws IOException {
        int in = at(from, (directory, name) -> kernel.openFile(directory, name, from));
        try {
            int out = kernel.createFile(directories.above(to).fd(), to, 0600);
            try {
                kernel.copy(in, out, to);
            } finally {
                kernel.close(out);
            }
        } finally {
            kernel.close(in);
        }
    }

    /** Copies owner and extended attributes, but for those that mean something to overlay. */
    void copyAttributes(String from, String to) throws IOException {
        int source = at(from, (in, name) -> kernel.openNode(in, name, from));
        try {
            Node node = kernel.stat(source, from);
            long uid = kernel.uid();
            long gid = kernel.gid();
            try (Handle handle = open(to, node.type())) {
                handle.setOwner(uid, gid);
                for (String name : kernel.xattrs(source)) {
                    if (!name.contains("." + OverlayLayer.OVERLAY)) {
                        handle.setXattr(name, kernel.xattr(source, name, from));
                    }
                }
            }
        } finally {
            kernel.close(source);
        }
    }

    @Override
    public void remove(String path, boolean directory) throws IOException {
        if (directory) {
            directories.forget(path);
        }
        at(path, (in, name) -> {
            kernel.remove(in, name, directory, path);
            return name;
        });
    }

    @Override
    public void close() {
        directories.close();
    }
}
