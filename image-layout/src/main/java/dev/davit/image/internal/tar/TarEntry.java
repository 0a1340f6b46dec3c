package dev.davit.image.internal.tar;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * One entry of a tar archive: everything but its data. Names are as the archive has them, decoded by {@link
 * dev.davit.image.internal.Names}. Immutable, except that nobody may change the arrays of extended attributes.
 */
public final class TarEntry {
    private final EntryType type;
    private final String name;
    private final String linkTarget;
    private final long size;
    private final int mode;
    private final long uid;
    private final long gid;
    private final long mtimeSeconds;
    private final int mtimeNanos;
    private final long deviceMajor;
    private final long deviceMinor;
    private final Map<String, byte[]> xattrs;

    private TarEntry(Builder b) {
        this.type = b.type;
        this.name = b.name;
        this.linkTarget = b.linkTarget;
        this.size = b.size;
        this.mode = b.mode;
        this.uid = b.uid;
        this.gid = b.gid;
        this.mtimeSeconds = b.mtimeSeconds;
        this.mtimeNanos = b.mtimeNanos;
        this.deviceMajor = b.deviceMajor;
        this.deviceMinor = b.deviceMinor;
        this.xattrs = b.xattrs.isEmpty() ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(b.xattrs));
    }

    /** {@return a builder of an entry with mode 0644, or 0755 for a directory, owned by root, dated 1970-01-01} */
    public static Builder of(EntryType type, String name) {
        return new Builder(type, name);
    }

    /** {@return the entry with another size} */
    TarEntry withSize(long value) {
        return copied(name).size(value).build();
    }

    /** {@return the same entry under another name, with another target} */
    public TarEntry renamed(String otherName, String otherTarget) {
        return copied(otherName).linkTarget(otherTarget).build();
    }

    private Builder copied(String newName) {
        return of(type, newName)
                .linkTarget(linkTarget)
                .size(size)
                .mode(mode)
                .owner(uid, gid)
                .mtime(mtimeSeconds, mtimeNanos)
                .device(deviceMajor, deviceMinor)
                .xattrs(xattrs);
    }

    public EntryType type() {
        return type;
    }

    public String name() {
        return name;
    }

    /** {@return what a hard or symbolic link points to; empty for anything else} */
    public String linkTarget() {
        return linkTarget;
    }

    /** {@return the length of the file, with the holes of a sparse one; 0 for anything but a file} */
    public long size() {
        return size;
    }

    /** {@return the permission bits with setuid, setgid and sticky: at most 07777} */
    public int mode() {
        return mode;
    }

    public long uid() {
        return uid;
    }

    public long gid() {
        return gid;
    }

    public long mtimeSeconds() {
        return mtimeSeconds;
    }

    /** {@return the fraction of the second after {@link #mtimeSeconds}, 0 to 999,999,999, also before 1970} */
    public int mtimeNanos() {
        return mtimeNanos;
    }

    public long deviceMajor() {
        return deviceMajor;
    }

    public long deviceMinor() {
        return deviceMinor;
    }

    /** {@return extended attributes by name, sorted} */
    public Map<String, byte[]> xattrs() {
        return xattrs;
    }

    @Override
    public String toString() {
        return type + " " + name;
    }

    /** Builds an entry. */
    public static final class Builder {
        private final EntryType type;
        private final String name;
        private String linkTarget = "";
        private long size;
        private int mode;
        private long uid;
        private long gid;
        private long mtimeSeconds;
        private int mtimeNanos;
        private long deviceMajor;
        private long deviceMinor;
        private Map<String, byte[]> xattrs = Map.of();

        private Builder(EntryType type, String name) {
            this.type = type;
            this.name = name;
            this.mode = type == EntryType.DIRECTORY ? 0755 : 0644;
        }

        public Builder linkTarget(String value) {
            this.linkTarget = value;
            return this;
        }

        public Builder size(long value) {
            this.size = value;
            return this;
        }

        public Builder mode(int value) {
            this.mode = value & 07777;
            return this;
        }

        public Builder owner(long userId, long groupId) {
            this.uid = userId;
            this.gid = groupId;
            return this;
        }

        public Builder mtime(long seconds, int nanos) {
            this.mtimeSeconds = seconds;
            this.mtimeNanos = nanos;
            return this;
        }

        public Builder device(long major, long minor) {
            this.deviceMajor = major;
            this.deviceMinor = minor;
            return this;
        }

        public Builder xattrs(Map<String, byte[]> values) {
            this.xattrs = values;
            return this;
        }

        public TarEntry build() {
            return new TarEntry(this);
        }
    }
}
