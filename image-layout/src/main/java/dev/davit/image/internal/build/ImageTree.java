package dev.davit.image.internal.build;

import dev.davit.image.internal.build.PlannedEntry.Standing;
import dev.davit.image.internal.tar.EntryType;
import dev.davit.image.internal.tar.TarEntry;
import dev.davit.image.internal.unpack.MemoryTree;
import dev.davit.image.internal.unpack.MemoryTree.Item;
import dev.davit.oci.Digest;
import dev.davit.oci.Digester;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the layers of an image hold together. For one thread. */
final class ImageTree implements BeforeTree {
    private final MemoryTree<Digest> tree;
    private final byte[] buffer = new byte[128 * 1024];

    ImageTree(MemoryTree<Digest> tree) {
        this.tree = tree;
    }

    @Override
    public @Nullable PlannedEntry entry(String path) {
        Item<Digest> item = tree.get(path);
        if (item == null) {
            return null;
        }
        TarEntry entry = item.entry(path);
        PlannedEntry planned =
                new PlannedEntry(entry.type(), path, entry.mode(), entry.linkTarget(), Content.NONE, Standing.NAMED);
        planned.uid = entry.uid();
        planned.gid = entry.gid();
        planned.time = Instant.ofEpochSecond(entry.mtimeSeconds(), entry.mtimeNanos());
        planned.deviceMajor = entry.deviceMajor();
        planned.deviceMinor = entry.deviceMinor();
        planned.xattrs.putAll(entry.xattrs());
        planned.file = item.isShared() && entry.type() != EntryType.DIRECTORY ? item : null;
        return planned;
    }

    @Override
    public Set<String> children(String directory) {
        return tree.names(directory);
    }

    @Override
    public boolean hasContentOf(PlannedEntry entry, Path now) throws IOException {
        Item<Digest> item = tree.get(entry.path);
        Digest content = item == null ? null : item.content();
        if (item == null || content == null || item.size() != Files.size(now)) {
            return false;
        }
        Digester digester = Digester.sha256();
        try (InputStream in = Files.newInputStream(now)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digester.update(buffer, 0, n);
            }
        }
        return digester.digest().equals(content);
    }
}
