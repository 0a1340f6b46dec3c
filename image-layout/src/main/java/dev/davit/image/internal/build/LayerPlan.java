package dev.davit.image.internal.build;

import dev.davit.image.Attribute;
import dev.davit.image.internal.Names;
import dev.davit.image.internal.SourceDate;
import dev.davit.image.internal.build.PlannedEntry.Standing;
import dev.davit.image.internal.tar.EntryType;
import dev.davit.image.internal.tar.TarEntry;
import dev.davit.image.internal.tar.TarWriter;
import dev.davit.image.internal.unpack.XattrReader;
import dev.davit.oci.StorageException;
import dev.davit.oci.internal.Text;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Everything that goes into one layer, under normalised paths. For one thread, once. */
public final class LayerPlan {
    private final LayerSettings settings;
    private final Instant time;
    private final @Nullable Instant latest = SourceDate.ifSet();
    private final Map<String, PlannedEntry> entries = new HashMap<>();
    private final List<PlannedArchive> archives = new ArrayList<>();
    private final List<Change> changes = new ArrayList<>();
    private @Nullable XattrReader xattrs;

    /** What is set on an entry, whenever that is added. */
    private record Change(String path, Consumer<PlannedEntry> what) {}

    /**
     * Starts a plan.
     *
     * @param settings what holds for all entries
     */
    public LayerPlan(LayerSettings settings) {
        this.settings = settings;
        this.time = settings.time() == null ? SourceDate.get() : settings.time();
    }

    /** Adds a file. */
    public void file(String path, int mode, Content content) {
        add(PlannedEntry.file(path, mode, content));
    }

    /**
     * Adds a local file.
     *
     * @param mode its permissions; null for its own, as far as they are kept
     */
    public void file(String path, Path file, @Nullable Integer mode) {
        PlannedEntry entry;
        try {
            LocalFile local = LocalFile.read(file);
            if (local.type() != EntryType.FILE) {
                throw new StorageException("read", file, "expected a file, got something else", null);
            }
            entry = PlannedEntry.file(path, local.plainMode(), Content.of(file));
            keep(entry, local);
        } catch (IOException e) {
            throw new StorageException("read", file, e);
        }
        entry.mode = mode == null ? entry.mode : mode;
        add(entry);
    }

    /** Adds a symbolic link. */
    public void symlink(String path, String target) {
        add(PlannedEntry.link(EntryType.SYMLINK, path, target));
    }

    /** Adds another name of a file, of this layer or of one below. */
    public void hardLink(String path, String target) {
        add(PlannedEntry.link(EntryType.HARD_LINK, path, target));
    }

    /** Adds a directory that the caller describes. */
    public void directory(String path, int mode) {
        add(PlannedEntry.directory(path, mode, Standing.NAMED));
    }

    /** Adds an archive, which is read now and again when the layer is written. */
    public void archive(String path, ArchiveSource source) {
        try {
            archives.add(new PlannedArchive(path, source));
        } catch (IOException e) {
            throw source.failure().apply(e);
        }
    }

    /** Sets the owner of one entry. */
    public void owner(String path, long uid, long gid) {
        changes.add(new Change(path, entry -> {
            entry.uid = uid;
            entry.gid = gid;
        }));
    }

    /** Sets an extended attribute of one entry. */
    public void xattr(String path, String name, byte[] value) {
        changes.add(new Change(path, entry -> entry.xattrs.put(name, value)));
    }

    /** {@return whether anything of local files is kept} */
    boolean keepsAny() {
        return !settings.preserved().isEmpty();
    }

    /** Gives an entry what is to be kept of a local file. */
    void keep(PlannedEntry entry, LocalFile local) throws IOException {
        if (settings.keeps(Attribute.MODES) && local.mode() >= 0 && local.type() != EntryType.SYMLINK) {
            entry.mode = local.mode();
        }
        if (settings.keeps(Attribute.OWNERS)) {
            entry.uid = local.uid();
            entry.gid = local.gid();
        }
        if (settings.keeps(Attribute.TIMES)) {
            entry.time = latest != null && local.mtime().isAfter(latest) ? latest : local.mtime();
        }
        if (settings.keeps(Attribute.XATTRS)) {
            if (xattrs == null) {
                xattrs = new XattrReader();
            }
            // of a link that was followed, the attributes are those of the file
            boolean isFollowed = entry.type != EntryType.SYMLINK;
            Path path = isFollowed ? local.path().toRealPath() : local.path();
            entry.xattrs.putAll(xattrs.read(path, entry.type));
        }
    }

    void add(PlannedEntry entry) {
        PlannedEntry before = entries.get(entry.path);
        if (before == null) {
            entries.put(entry.path, entry);
            implyParent(entry.path);
            return;
        }
        boolean directories = before.isDirectory() && entry.isDirectory();
        if (!directories || (before.standing == Standing.NAMED && entry.standing == Standing.NAMED)) {
            throw twice(entry.path, before.type, entry.type);
        }
        if (entry.standing.compareTo(before.standing) < 0) {
            entries.put(entry.path, entry);
        }
    }

    private static IllegalArgumentException twice(String path, EntryType one, EntryType other) {
        return new IllegalArgumentException(
                "layer: /" + Text.plain(path) + " is there twice: as " + one + " and as " + other);
    }

    private void implyParent(String path) {
        String parent = LayerPath.parent(path);
        if (!parent.isEmpty()) {
            add(PlannedEntry.directory(parent, 0755, Standing.IMPLIED));
        }
    }

    /** A directory that an archive and something else have is written with the others, before all archives. */
    private void settle() {
        Map<String, TarEntry> archived = new HashMap<>();
        Set<String> leading = new HashSet<>();
        for (PlannedArchive archive : archives) {
            archive.entries().forEach((path, entry) -> {
                boolean isDirectory = entry.type() == EntryType.DIRECTORY;
                if (isDirectory && entries.containsKey(path)) {
                    add(PlannedEntry.archived(path, entry));
                    archive.leave(path);
                    return;
                }
                PlannedEntry planned = entries.get(path);
                if (planned != null) {
                    throw twice(path, planned.type, entry.type());
                }
                requireDirectoriesAbove(path, archived);
                if (!isDirectory && leading.contains(path)) {
                    throw twice(path, EntryType.DIRECTORY, entry.type());
                }
                TarEntry other = archived.get(path);
                if (other != null) {
                    if (!isDirectory || other.type() != EntryType.DIRECTORY) {
                        throw twice(path, other.type(), entry.type());
                    }
                    archive.leave(path);
                }
            });
            archive.entries().forEach((path, entry) -> {
                archived.putIfAbsent(path, entry);
                for (String above = LayerPath.parent(path); !above.isEmpty(); above = LayerPath.parent(above)) {
                    leading.add(above);
                }
            });
        }
    }

    private void requireDirectoriesAbove(String path, Map<String, TarEntry> archived) {
        for (String above = LayerPath.parent(path); !above.isEmpty(); above = LayerPath.parent(above)) {
            PlannedEntry planned = entries.get(above);
            if (planned != null && !planned.isDirectory()) {
                throw twice(above, planned.type, EntryType.DIRECTORY);
            }
            TarEntry other = archived.get(above);
            if (other != null && other.type() != EntryType.DIRECTORY) {
                throw twice(above, other.type(), EntryType.DIRECTORY);
            }
        }
    }

    /**
     * Writes the tar archive: sorted by the bytes of the paths, then archives in their own order, then hard links to paths
     * that the plan does not know, because they may be in an archive, or lead through a symbolic link to one it knows.
     *
     * @param out where it goes; stays open
     */
    @SuppressWarnings("resource") // closing the writer would close the stream, which is the caller's
    public void write(OutputStream out) throws IOException {
        settle();
        List<PlannedEntry> sorted = new ArrayList<>(entries.values());
        sorted.sort((a, b) -> Names.compare(a.path, b.path));
        HardLinks links = new HardLinks(entries, sorted);
        for (Change change : changes) {
            PlannedEntry entry = entries.get(change.path);
            if (entry == null) {
                throw new IllegalArgumentException(
                        "layer: expected an entry /" + Text.plain(change.path) + " to set attributes of, got none");
            }
            change.what.accept(links.holder(entry));
        }
        byte[] buffer = new byte[128 * 1024];
        TarWriter tar = new TarWriter(out);
        List<PlannedEntry> late = new ArrayList<>();
        for (PlannedEntry entry : sorted) {
            if (entry.isHardLink() && entry.file == null) {
                requireNoArchivedDirectory(entry, links);
                late.add(entry);
            } else {
                write(entry, links, tar, buffer);
            }
        }
        for (PlannedArchive archive : archives) {
            archive.write(tar, buffer);
        }
        for (PlannedEntry entry : late) {
            write(entry, links, tar, buffer);
        }
        tar.finish();
    }

    private void requireNoArchivedDirectory(PlannedEntry link, HardLinks links) {
        String target = links.outside(link);
        for (PlannedArchive archive : archives) {
            TarEntry entry = archive.entries().get(target);
            if (entry != null && entry.type() == EntryType.DIRECTORY) {
                throw HardLinks.toDirectory(link.path, target);
            }
        }
    }

    private void write(PlannedEntry entry, HardLinks links, TarWriter tar, byte[] buffer) throws IOException {
        PlannedEntry holder = links.holder(entry);
        String link = holder.isHardLink() ? links.outside(holder) : links.contentAt(entry);
        if (link == null) {
            holder.content.write(holder.written(holder.type, entry.path, holder.target, settings, time), tar, buffer);
        } else {
            tar.put(holder.written(EntryType.HARD_LINK, entry.path, link, settings, time)
                    .build());
        }
    }
}
