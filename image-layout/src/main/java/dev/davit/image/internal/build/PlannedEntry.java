package dev.davit.image.internal.build;

import dev.davit.image.internal.tar.EntryType;
import dev.davit.image.internal.tar.TarEntry;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** An entry on its way into a layer. What it does not say itself, the layer says for it. For one thread. */
final class PlannedEntry {
    /** How an entry got into the plan decides what it tolerates beside it. The first of these wins. */
    enum Standing {
        /** The caller named it: nothing else may have its path. */
        NAMED,
        /** A directory of an archive. */
        ARCHIVED,
        /** A directory of a tree: another tree may have it too. */
        MERGED,
        /** A directory that only has to be there. */
        IMPLIED
    }

    final EntryType type;
    final String path;
    final Standing standing;
    final Content content;
    /** Of a symbolic link its target; of a hard link the path of another name of its file. */
    final String target;

    int mode;
    long uid = -1;
    long gid = -1;
    long deviceMajor;
    long deviceMinor;

    @Nullable
    Instant time;

    final Map<String, byte[]> xattrs = new TreeMap<>();
    /** Equal for all names of one file; null if there is only this one. */
    @Nullable
    Object file;

    PlannedEntry(EntryType type, String path, int mode, String target, Content content, Standing standing) {
        this.type = type;
        this.path = path;
        this.mode = mode;
        this.target = target;
        this.content = content;
        this.standing = standing;
    }

    static PlannedEntry file(String path, int mode, Content content) {
        return new PlannedEntry(EntryType.FILE, path, mode, "", content, Standing.NAMED);
    }

    static PlannedEntry link(EntryType type, String path, String target) {
        int mode = type == EntryType.SYMLINK ? 0777 : 0644;
        return new PlannedEntry(type, path, mode, target, Content.NONE, Standing.NAMED);
    }

    static PlannedEntry directory(String path, int mode, Standing standing) {
        return new PlannedEntry(EntryType.DIRECTORY, path, mode, "", Content.NONE, standing);
    }

    /** {@return a device or pipe} */
    static PlannedEntry special(EntryType type, String path) {
        return new PlannedEntry(type, path, 0644, "", Content.NONE, Standing.NAMED);
    }

    PlannedEntry copy() {
        return withTarget(target);
    }

    PlannedEntry withTarget(String otherTarget) {
        PlannedEntry copy = new PlannedEntry(type, path, mode, otherTarget, content, standing);
        copy.uid = uid;
        copy.gid = gid;
        copy.deviceMajor = deviceMajor;
        copy.deviceMinor = deviceMinor;
        copy.time = time;
        copy.xattrs.putAll(xattrs);
        copy.file = file;
        return copy;
    }

    /** {@return a directory as an archive describes it} */
    static PlannedEntry archived(String path, TarEntry entry) {
        PlannedEntry planned = directory(path, entry.mode(), Standing.ARCHIVED);
        planned.uid = entry.uid();
        planned.gid = entry.gid();
        planned.time = Instant.ofEpochSecond(entry.mtimeSeconds(), entry.mtimeNanos());
        planned.xattrs.putAll(entry.xattrs());
        return planned;
    }

    boolean isDirectory() {
        return type == EntryType.DIRECTORY;
    }

    boolean isHardLink() {
        return type == EntryType.HARD_LINK;
    }

    /**
     * {@return the entry as it is written, but for its size}
     *
     * @param as its type there
     * @param name its path there
     * @param link what it links to there
     * @param layer says what the entry does not
     * @param layerTime the time of what has none
     */
    TarEntry.Builder written(EntryType as, String name, String link, LayerSettings layer, Instant layerTime) {
        Instant when = time == null ? layerTime : time;
        boolean implied = standing == Standing.IMPLIED;
        return TarEntry.of(as, name.isEmpty() ? "." : name)
                .mode(mode)
                .linkTarget(link)
                .owner(uid >= 0 ? uid : implied ? 0 : layer.uid(), gid >= 0 ? gid : implied ? 0 : layer.gid())
                .mtime(when.getEpochSecond(), when.getNano())
                .device(deviceMajor, deviceMinor)
                .xattrs(xattrs);
    }
}
