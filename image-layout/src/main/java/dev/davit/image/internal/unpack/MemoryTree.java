package dev.davit.image.internal.unpack;

import dev.davit.image.internal.tar.EntryType;
import dev.davit.image.internal.tar.TarEntry;
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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What unpacking would make, without a disk: every attribute, and instead of the content of a file what somebody else
 * makes of it. Takes memory for names and attributes. It can do all that an image says. For one thread; once it is built,
 * safe to share.
 *
 * @param <C> what is kept of the content of a file
 */
public final class MemoryTree<C> implements Tree {
    private final Item<C> root = new Item<>(EntryType.DIRECTORY, 0);
    private final Supplier<Sink<C>> sinks;
    private int items = 1;

    /**
     * Makes an empty tree.
     *
     * @param sinks gives what takes the content of the next file
     */
    public MemoryTree(Supplier<Sink<C>> sinks) {
        this.sinks = sinks;
    }

    /** Takes the content of one file. */
    public interface Sink<C> {
        void write(byte[] bytes, int offset, int length);

        /** Takes zeros. */
        void skip(long length);

        /** {@return the length of the file} */
        long size();

        /** {@return what is kept of it} */
        C content();
    }

    /** A file, directory, link or device, under however many names. */
    public static final class Item<C> {
        private final EntryType type;
        private final int number;
        private final Map<String, Item<C>> children;
        private Map<String, byte[]> xattrs = Map.of();
        private String target = "";
        private int mode;
        private long uid;
        private long gid;
        private long mtimeSeconds;
        private int mtimeNanos;
        private long deviceMajor;
        private long deviceMinor;
        private @Nullable C content;
        private long size;
        private int names = 1;

        private Item(EntryType type, int number) {
            this.type = type;
            this.number = number;
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

        public EntryType type() {
            return type;
        }

        /** {@return a number that nothing else in the tree has} */
        public int number() {
            return number;
        }

        /** {@return what is in a directory, by name; empty for anything else} */
        public Map<String, Item<C>> children() {
            return children;
        }

        /** {@return what a symbolic link leads to; empty for anything else} */
        public String target() {
            return target;
        }

        /** {@return how many names it has} */
        public int names() {
            return names;
        }

        /** {@return whether it has other names} */
        public boolean isShared() {
            return names > 1;
        }

        /** {@return the length of the content of a file} */
        public long size() {
            return size;
        }

        /** {@return what is kept of the content of a file; null of anything else} */
        public @Nullable C content() {
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
    public @Nullable Item<C> get(String path) {
        Item<C> item = root;
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
        Item<C> item = get(directory);
        return item == null ? Set.of() : item.children.keySet();
    }

    private Item<C> existing(String path) throws NoSuchFileException {
        Item<C> item = get(path);
        if (item == null) {
            throw new NoSuchFileException(path);
        }
        return item;
    }

    private void put(String path, Item<C> item) throws IOException {
        Item<C> parent = existing(EntryNames.parent(path));
        if (parent.type != EntryType.DIRECTORY) {
            throw new FileSystemException(path, null, "Not a directory");
        }
        if (parent.children.putIfAbsent(EntryNames.last(path), item) != null) {
            throw new FileAlreadyExistsException(path);
        }
    }

    private Item<C> make(String path, EntryType type) throws IOException {
        Item<C> item = new Item<>(type, items++);
        put(path, item);
        return item;
    }

    @Override
    public @Nullable Node stat(String path) {
        Item<C> item = get(path);
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
    public Output makeFile(String path, long uid, long gid, int mode) throws IOException {
        return new File<>(make(path, EntryType.FILE), sinks.get());
    }

    @Override
    public boolean makeSymlink(String path, String target) throws IOException {
        Item<C> link = make(path, EntryType.SYMLINK);
        link.target = target;
        link.mode = 0777;
        return true;
    }

    @Override
    public void makeHardLink(String path, String existing) throws IOException {
        Item<C> item = existing(existing);
        put(path, item);
        item.names++;
    }

    @Override
    public boolean makeSpecial(String path, EntryType type, long major, long minor) throws IOException {
        Item<C> item = make(path, type);
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
        Item<C> item = existing(path);
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
        private final Item<?> item;

        ItemHandle(Item<?> item) {
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
            if (item.xattrs.isEmpty()) {
                item.xattrs = new TreeMap<>();
            }
            item.xattrs.put(name, value);
            return true;
        }

        @Override
        public void clearXattrs() {
            item.xattrs = Map.of();
        }

        @Override
        public void close() {
            // nothing is held open
        }
    }

    private static final class File<C> extends ItemHandle implements Output {
        private final Item<C> item;
        private final Sink<C> sink;

        File(Item<C> item, Sink<C> sink) {
            super(item);
            this.item = item;
            this.sink = sink;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            sink.write(bytes, offset, length);
        }

        @Override
        public void skip(long length) {
            sink.skip(length);
        }

        @Override
        public void finish() {
            item.size = sink.size();
            item.content = sink.content();
        }
    }
}
