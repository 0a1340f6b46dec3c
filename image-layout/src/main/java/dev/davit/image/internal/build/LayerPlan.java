package dev.davit.image.internal.build;

import dev.davit.image.internal.Names;
import dev.davit.image.internal.tar.EntryType;
import dev.davit.image.internal.tar.TarEntry;
import dev.davit.image.internal.tar.TarWriter;
import dev.davit.oci.internal.Text;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Everything that goes into one layer, under normalised paths. For one thread. */
public final class LayerPlan {
    private final Map<String, Item> items = new HashMap<>();

    /** How an item got into the plan decides what it tolerates beside it. */
    private enum Standing {
        /** The caller named it: nothing else may have its path. */
        NAMED,
        /** A directory of a tree: another tree may have it too. */
        MERGED,
        /** A directory that only has to be there: anything that says more about it wins. */
        IMPLIED
    }

    private record Item(EntryType type, String path, int mode, String target, Content content, Standing standing) {}

    /** Adds a file. */
    public void file(String path, int mode, Content content) {
        add(new Item(EntryType.FILE, path, mode, "", content, Standing.NAMED));
    }

    /** Adds a symbolic link. */
    public void symlink(String path, String target) {
        add(new Item(EntryType.SYMLINK, path, 0777, target, Content.NONE, Standing.NAMED));
    }

    /** Adds a directory that the caller describes. */
    public void directory(String path, int mode) {
        add(new Item(EntryType.DIRECTORY, path, mode, "", Content.NONE, Standing.NAMED));
    }

    /** Adds a directory that is part of a tree. */
    public void merged(String path) {
        add(new Item(EntryType.DIRECTORY, path, 0755, "", Content.NONE, Standing.MERGED));
    }

    private void add(Item item) {
        Item before = items.get(item.path);
        if (before == null) {
            items.put(item.path, item);
            implyParent(item.path);
            return;
        }
        boolean directories = before.type == EntryType.DIRECTORY && item.type == EntryType.DIRECTORY;
        if (!directories || (before.standing == Standing.NAMED && item.standing == Standing.NAMED)) {
            throw new IllegalArgumentException(
                    "layer: /" + Text.plain(item.path) + " is there twice: as " + before.type + " and as " + item.type);
        }
        if (item.standing.compareTo(before.standing) < 0) {
            items.put(item.path, item);
        }
    }

    private void implyParent(String path) {
        String parent = LayerPath.parent(path);
        if (!parent.isEmpty()) {
            add(new Item(EntryType.DIRECTORY, parent, 0755, "", Content.NONE, Standing.IMPLIED));
        }
    }

    /**
     * Writes the tar archive: sorted by the bytes of the paths.
     *
     * @param out where it goes; stays open
     * @param time the time of all entries
     * @param uid owner of all entries that were asked for; implied directories are root's
     * @param gid group of all entries that were asked for
     */
    @SuppressWarnings("resource") // closing the writer would close the stream, which is the caller's
    public void write(OutputStream out, Instant time, long uid, long gid) throws IOException {
        List<Item> sorted = new ArrayList<>(items.values());
        sorted.sort((a, b) -> Names.compare(a.path, b.path));
        byte[] buffer = new byte[128 * 1024];
        TarWriter tar = new TarWriter(out);
        for (Item item : sorted) {
            TarEntry.Builder entry = TarEntry.of(item.type, item.path.isEmpty() ? "." : item.path)
                    .mode(item.mode)
                    .linkTarget(item.target)
                    .mtime(time.getEpochSecond(), time.getNano());
            if (item.standing != Standing.IMPLIED) {
                entry.owner(uid, gid);
            }
            item.content.write(entry, tar, buffer);
        }
        tar.finish();
    }
}
