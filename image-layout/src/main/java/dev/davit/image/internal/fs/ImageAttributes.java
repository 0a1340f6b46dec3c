package dev.davit.image.internal.fs;

import dev.davit.image.internal.tar.EntryType;
import dev.davit.image.internal.tar.TarEntry;
import dev.davit.image.internal.unpack.MemoryTree.Item;
import dev.davit.oci.internal.Text;
import java.nio.charset.StandardCharsets;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** What an image says of a file. It has one time, which is given for all. Immutable. */
final class ImageAttributes implements PosixFileAttributes {
    /** In the order of their bits, the highest first. */
    private static final PosixFilePermission[] PERMISSIONS = PosixFilePermission.values();

    private final Item<StoredFile> item;
    private final TarEntry entry;

    ImageAttributes(Item<StoredFile> item) {
        this.item = item;
        this.entry = item.entry("");
    }

    @Override
    public FileTime lastModifiedTime() {
        return FileTime.from(Instant.ofEpochSecond(entry.mtimeSeconds(), entry.mtimeNanos()));
    }

    @Override
    public FileTime lastAccessTime() {
        return lastModifiedTime();
    }

    @Override
    public FileTime creationTime() {
        return lastModifiedTime();
    }

    @Override
    public boolean isRegularFile() {
        return item.type() == EntryType.FILE;
    }

    @Override
    public boolean isDirectory() {
        return item.type() == EntryType.DIRECTORY;
    }

    @Override
    public boolean isSymbolicLink() {
        return item.type() == EntryType.SYMLINK;
    }

    @Override
    public boolean isOther() {
        return !isRegularFile() && !isDirectory() && !isSymbolicLink();
    }

    /** As Linux has it: of a link the length of its target. */
    @Override
    public long size() {
        return isSymbolicLink() ? item.target().getBytes(StandardCharsets.UTF_8).length : item.size();
    }

    @Override
    public Object fileKey() {
        return item;
    }

    @Override
    public UserPrincipal owner() {
        return new Id(entry.uid());
    }

    @Override
    public GroupPrincipal group() {
        return new Id(entry.gid());
    }

    @Override
    public Set<PosixFilePermission> permissions() {
        Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
        for (int i = 0; i < PERMISSIONS.length; i++) {
            if ((entry.mode() & (0400 >> i)) != 0) {
                set.add(PERMISSIONS[i]);
            }
        }
        return set;
    }

    /** {@return whether anybody may execute it} */
    boolean isExecutable() {
        return (entry.mode() & 0111) != 0;
    }

    /** {@return the extended attributes; nobody may change the values} */
    Map<String, byte[]> xattrs() {
        return entry.xattrs();
    }

    /** {@return everything that a view has, by name} */
    Map<String, Object> view(String name) {
        Map<String, Object> all = new LinkedHashMap<>();
        if (name.equals("owner")) {
            all.put("owner", owner());
            return all;
        }
        if (name.equals(XattrView.NAME)) {
            all.putAll(XattrView.of(xattrs()));
            return all;
        }
        all.put("lastModifiedTime", lastModifiedTime());
        all.put("lastAccessTime", lastAccessTime());
        all.put("creationTime", creationTime());
        all.put("size", size());
        all.put("isRegularFile", isRegularFile());
        all.put("isDirectory", isDirectory());
        all.put("isSymbolicLink", isSymbolicLink());
        all.put("isOther", isOther());
        all.put("fileKey", fileKey());
        if (name.equals("posix") || name.equals("unix")) {
            all.put("permissions", permissions());
            all.put("owner", owner());
            all.put("group", group());
        }
        if (name.equals("unix")) {
            all.put("mode", entry.mode() | typeBits());
            all.put("ino", (long) item.number() + 1);
            all.put("dev", 0L);
            all.put("rdev", device());
            all.put("nlink", item.names());
            all.put("uid", (int) entry.uid());
            all.put("gid", (int) entry.gid());
            all.put("ctime", lastModifiedTime());
        }
        return all;
    }

    private int typeBits() {
        return switch (item.type()) {
            case FILE, HARD_LINK -> 0100000;
            case DIRECTORY -> 0040000;
            case SYMLINK -> 0120000;
            case CHARACTER_DEVICE -> 0020000;
            case BLOCK_DEVICE -> 0060000;
            case FIFO -> 0010000;
        };
    }

    /** As {@code makedev} of Linux puts the two numbers together. */
    private long device() {
        long major = entry.deviceMajor();
        long minor = entry.deviceMinor();
        return ((major & 0xfff) << 8) | (minor & 0xff) | ((minor & ~0xffL) << 12) | ((major & ~0xfffL) << 32);
    }

    /** {@return some attributes of a view, as {@code Files.readAttributes} wants them} */
    Map<String, Object> read(String attributes) {
        int colon = attributes.indexOf(':');
        String view = colon < 0 ? "basic" : attributes.substring(0, colon);
        if (!ImageFs.VIEWS.contains(view)) {
            throw new UnsupportedOperationException("attribute view \"" + Text.plain(view) + "\" of an image");
        }
        Map<String, Object> all = view(view);
        Map<String, Object> wanted = new LinkedHashMap<>();
        for (String name : Arrays.asList(attributes.substring(colon + 1).split(",", -1))) {
            if (name.equals("*")) {
                return all;
            }
            if (!all.containsKey(name)) {
                throw new IllegalArgumentException(
                        "attribute: expected one of " + all.keySet() + ", got \"" + Text.plain(name) + "\"");
            }
            wanted.put(name, all.get(name));
        }
        return wanted;
    }

    /** The number of a user or group: which name it has is for the files of the image to say. */
    record Id(long number) implements GroupPrincipal {
        @Override
        public String getName() {
            return Long.toString(number);
        }

        @Override
        public String toString() {
            return getName();
        }
    }
}
