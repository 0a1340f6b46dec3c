package dev.davit.image.internal.build;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import dev.davit.image.internal.LocalNames;
import dev.davit.image.internal.build.PlannedEntry.Standing;
import dev.davit.image.internal.tar.EntryType;
import dev.davit.oci.StorageException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Plans a local folder with everything in it. Links are kept as they are and never followed. For one thread, once. */
public final class TreeScan {
    private final LayerPlan plan;

    private TreeScan(LayerPlan plan) {
        this.plan = plan;
    }

    /** A file with several names, among those that one scan found. */
    private record SharedFile(TreeScan scan, Object inode) {}

    /**
     * Adds a folder to a plan.
     *
     * @param plan what it is added to
     * @param path where it goes, normalised
     * @param folder the folder, which may be a link to one
     * @throws StorageException if something cannot be read, or can be in no layer
     */
    public static void add(LayerPlan plan, String path, Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new StorageException("read", folder, "no such directory", null);
        }
        TreeScan scan = new TreeScan(plan);
        try {
            if (!path.isEmpty()) {
                scan.addDirectory(path, LocalFile.read(folder), folder.toRealPath());
            }
        } catch (IOException e) {
            throw new StorageException("read", folder, e);
        }
        scan.addChildren(path, folder);
    }

    private void addDirectory(String path, LocalFile local, Path unfollowed) throws IOException {
        PlannedEntry entry = PlannedEntry.directory(path, local.plainMode(), Standing.MERGED);
        plan.keep(entry, local, unfollowed);
        plan.add(entry);
    }

    private void addChildren(String path, Path folder) {
        try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
            for (Path child : children) {
                String name = LocalNames.text(child.getFileName());
                LayerPath.requireName(name);
                addChild(LayerPath.child(path, name), child);
            }
        } catch (DirectoryIteratorException e) {
            throw new StorageException("read", folder, Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw new StorageException("read", folder, e);
        }
    }

    private void addChild(String path, Path child) throws IOException {
        LocalFile local = LocalFile.read(child, NOFOLLOW_LINKS);
        if (local.type() == EntryType.DIRECTORY) {
            addDirectory(path, local, child);
            addChildren(path, child);
            return;
        }
        PlannedEntry entry = entry(path, local);
        if (entry == null) {
            throw new StorageException("put into a layer", child, "neither file, directory nor symbolic link", null);
        }
        plan.keep(entry, local, child);
        if (plan.keepsAny() && local.inode() != null) {
            entry.file = new SharedFile(this, local.inode());
        }
        plan.add(entry);
    }

    private @Nullable PlannedEntry entry(String path, LocalFile local) throws IOException {
        if (local.type() == EntryType.FILE) {
            return PlannedEntry.file(path, local.plainMode(), Content.of(local.path()));
        }
        if (local.type() == EntryType.SYMLINK) {
            String target = LocalNames.text(Files.readSymbolicLink(local.path()));
            return PlannedEntry.link(EntryType.SYMLINK, path, target);
        }
        if (local.type() == null || !plan.keepsAny()) {
            return null;
        }
        PlannedEntry entry = PlannedEntry.special(local.type(), path);
        entry.deviceMajor = local.deviceMajor();
        entry.deviceMinor = local.deviceMinor();
        return entry;
    }
}
