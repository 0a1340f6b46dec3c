package dev.davit.image.internal.unpack;

import dev.davit.image.internal.tar.EntryType;
import dev.davit.image.internal.tar.TarEntry;
import dev.davit.oci.Digest;
import dev.davit.oci.Digester;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What unpacking would make, without a disk: every attribute, and of files the digest. Takes memory for the names and
 * attributes, not for the content. It can do all that an image says. For one thread.
 */
public final class MemoryTree implements Tree {
    private static final byte[] ZEROS = new byte[64 * 1024];

    private final Item root = new Item(EntryType.DIRECTORY);

    MemoryTree() {}

    /** A file, directory, link or device, under however many names. */
    public static final class Item {
        private final EntryType type;
        private final Map<String, Item> children;
        private final Map<String, byte[]> xattrs = new TreeMap<>();
        private String target = "";
        private int mode;
        private long uid;
        private long gid;
        private long mtimeSeconds;
        private int mtimeNanos;
        private long deviceMajor;
        private long deviceMinor;
        private @Nullable Digest content;
        private long size;
        private int names = 1;

        private Item(EntryType type) {
            this.type = type;
            this.mode = type == EntryType.DIRECTORY ? 0700 : 0600;
            this.children = type == EntryType.DIRECTORY ? new HashMap<>() : Map.of();
        }

        /** {@return what it is and has, under a name} */
        public TarEntry entry(String name) {
            return TarEntry.of(type, name)
                    .linkTarget(target)
                    .size(size)
                    .mode(mode)
                    .owner(uid, gid)
                    .mtime(mtimeSeconds, mtimeNanos)
                    .device(deviceMajor, deviceMinor)
                    .xattrs(xattrs)
                    .build();
        }

        /** {@return whether it has other names} */
        public boolean isShared() {
            return names > 1;
        }

        /** {@return the length of the content of a file} */
        public long size() {
            return size;
        }

        /** {@return the digest of the content of a file; null of anything else} */
        public @Nullable Digest content() {
            return content;
        }

        private Node node() {
            NodeType kind = switch (type) {
                case FILE -> NodeType.FILE;
                case DIRECTORY -> NodeType.DIRECTORY;
                case SYMLINK -> NodeType.SYMLINK;
                default -> NodeType.OTHER;
            };
            return new Node(kind, mode, mtimeSeconds, mtimeNanos);
        }
    }

    /** {@return what is at a path, or null} */
    public @Nullable Item get(String path) {
        Item item = root;
        for (int from = 0; from < path.length() && item != null; ) {
            int slash = path.indexOf('/', from);
            int end = slash < 0 ? path.length() : slash;
            item = item.children.get(path.substring(from, end));
            from = end + 1;
        }
        return item;
    }

    /** {@return the names in a directory; none if there is no such directory} */
    public Set<String> names(String directory) {
        Item item = get(directory);
        return item == null ? Set.of() : item.children.keySet();
    }

    private Item existing(String path) throws NoSuchFileException {
        Item item = get(path);
        if (item == null) {
            throw new NoSuchFileException(path);
        }
        return item;
    }

    private void put(String path, Item item) throws IOException {
        Item parent = existing(EntryNames.parent(path));
        if (parent.type != EntryType.DIRECTORY) {
            throw new FileSystemException(path, null, "Not a directory");
        }
        if (parent.children.putIfAbsent(EntryNames.last(path), item) != null) {
            throw new FileAlreadyExistsException(path);
        }
    }

    private Item make(String path, EntryType type) throws IOException {
        Item item = new Item(type);
        put(path, item);
        return item;
    }

    @Override
    public @Nullable Node stat(String path) {
        Item item = get(path);
        return item == null ? null : item.node();
    }

    @Override
    public String readLink(String path) throws IOException {
        return existing(path).target;
    }

    @Override
    public List<String> children(String directory) {
        return List.copyOf(names(directory));
    }

    @Override
    public void makeDirectory(String path) throws IOException {
        make(path, EntryType.DIRECTORY);
    }

    @Override
    public Output makeFile(String path) throws IOException {
        return new File(make(path, EntryType.FILE));
    }

    @Override
    public boolean makeSymlink(String path, String target) throws IOException {
        Item link = make(path, EntryType.SYMLINK);
        link.target = target;
        link.mode = 0777;
        return true;
    }

    @Override
    public void makeHardLink(String path, String existing) throws IOException {
        Item item = existing(existing);
        put(path, item);
        item.names++;
    }

    @Override
    public boolean makeSpecial(String path, EntryType type, long major, long minor) throws IOException {
        Item item = make(path, type);
        item.deviceMajor = major;
        item.deviceMinor = minor;
        return true;
    }

    @Override
    public Handle open(String path, NodeType expected) throws IOException {
        return new ItemHandle(existing(path));
    }

    @Override
    public void remove(String path, boolean directory) throws IOException {
        Item item = existing(path);
        if (!item.children.isEmpty()) {
            throw new DirectoryNotEmptyException(path);
        }
        existing(EntryNames.parent(path)).children.remove(EntryNames.last(path));
        item.names--;
    }

    @Override
    public void close() {
        // nothing is held open
    }

    private static class ItemHandle implements Handle {
        private final Item item;

        ItemHandle(Item item) {
            this.item = item;
        }

        @Override
        public boolean setOwner(long uid, long gid) {
            item.uid = uid;
            item.gid = gid;
            return true;
        }

        @Override
        public boolean setMode(int mode) {
            item.mode = mode;
            return true;
        }

        @Override
        public boolean setTime(long seconds, int nanos) {
            item.mtimeSeconds = seconds;
            item.mtimeNanos = nanos;
            return true;
        }

        @Override
        public boolean setXattr(String name, byte[] value) {
            item.xattrs.put(name, value);
            return true;
        }

        @Override
        public void clearXattrs() {
            item.xattrs.clear();
        }

        @Override
        public void close() {
            // nothing is held open
        }
    }

    private static final class File extends ItemHandle implements Output {
        private final Item item;
        private final Digester digester = Digester.sha256();

        File(Item item) {
            super(item);
            this.item = item;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            digester.update(bytes, offset, length);
        }

        @Override
        public void skip(long length) {
            for (long left = length; left > 0; left -= ZEROS.length) {
                digester.update(ZEROS, 0, (int) Math.min(left, ZEROS.length));
            }
        }

        @Override
        public void finish() {
            item.size = digester.size();
            item.content = digester.digest();
        }
    }
}
