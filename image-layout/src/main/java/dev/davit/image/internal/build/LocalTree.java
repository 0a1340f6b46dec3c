package dev.davit.image.internal.build;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import dev.davit.image.internal.LocalNames;
import dev.davit.image.internal.build.PlannedEntry.Standing;
import dev.davit.image.internal.tar.EntryType;
import dev.davit.image.internal.unpack.XattrReader;
import dev.davit.oci.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A local folder, with all attributes that can be read. Links are never followed. For one thread. */
class LocalTree implements BeforeTree {
    private final Path root;
    private final XattrReader xattrs = new XattrReader();

    /**
     * A folder.
     *
     * @param folder the folder, which may be a link to one
     */
    LocalTree(Path folder) {
        try {
            this.root = folder.toRealPath();
        } catch (IOException e) {
            throw new StorageException("read", folder, e);
        }
        if (!Files.isDirectory(root)) {
            throw new StorageException("read", folder, "no such directory", null);
        }
    }

    Path root() {
        return root;
    }

    /** {@return whether it sees all extended attributes, and not only those of users} */
    boolean seesAllXattrs() {
        return xattrs.readsAll();
    }

    Path path(String path) {
        return path.isEmpty() ? root : LocalNames.resolve(root, path);
    }

    @Override
    public @Nullable PlannedEntry entry(String path) throws IOException {
        LocalFile local;
        try {
            local = LocalFile.read(path(path), NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return null;
        }
        if (local.type() == null) {
            return null;
        }
        PlannedEntry entry = entry(path, local, local.type());
        entry.mode = local.mode() < 0 || entry.type == EntryType.SYMLINK ? entry.mode : local.mode();
        entry.uid = local.uid();
        entry.gid = local.gid();
        entry.time = local.mtime();
        entry.deviceMajor = local.deviceMajor();
        entry.deviceMinor = local.deviceMinor();
        entry.file = local.inode();
        entry.xattrs.putAll(xattrs.read(local.path(), entry.type));
        return entry;
    }

    private static PlannedEntry entry(String path, LocalFile local, EntryType type) throws IOException {
        return switch (type) {
            case FILE -> PlannedEntry.file(path, local.plainMode(), Content.of(local.path()));
            case DIRECTORY -> PlannedEntry.directory(path, local.plainMode(), Standing.NAMED);
            case SYMLINK -> PlannedEntry.link(type, path, LocalNames.text(Files.readSymbolicLink(local.path())));
            default -> PlannedEntry.special(type, path);
        };
    }

    @Override
    public List<String> children(String directory) throws IOException {
        return LocalNames.children(path(directory));
    }

    @Override
    public boolean hasContentOf(PlannedEntry entry, Path now) throws IOException {
        return Files.mismatch(path(entry.path), now) < 0;
    }
}
