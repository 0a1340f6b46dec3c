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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Plans a local folder with everything in it. Links are kept as they are and never followed. For one thread, once. */
public final class TreeScan {
    private final LayerPlan plan;
    private final GlobList included;
    private final GlobList excluded;
    /** Directories that are not taken for themselves, but would be for the sake of something in them. */
    private final Deque<Directory> pending = new ArrayDeque<>();

    private TreeScan(LayerPlan plan, GlobList included, GlobList excluded) {
        this.plan = plan;
        this.included = included;
        this.excluded = excluded;
    }

    private record Directory(String path, LocalFile local) {}

    /** What came of matching a directory; of the folder itself nothing, because patterns match what is below. */
    private record Matches(GlobList.@Nullable Result included, GlobList.@Nullable Result excluded) {}

    /** A file with several names, among those that one scan found. */
    private record SharedFile(TreeScan scan, Object inode) {}

    /**
     * Adds a folder to a plan.
     *
     * @param plan what it is added to
     * @param path where it goes, normalised
     * @param folder the folder, which may be a link to one
     * @param included matches what is taken; everything if there are no patterns
     * @param excluded matches what is not
     * @throws StorageException if something cannot be read, or can be in no layer
     */
    public static void add(LayerPlan plan, String path, Path folder, GlobList included, GlobList excluded) {
        if (!Files.isDirectory(folder)) {
            throw new StorageException("read", folder, "no such directory", null);
        }
        TreeScan scan = new TreeScan(plan, included, excluded);
        try {
            if (!path.isEmpty()) {
                scan.addDirectory(path, LocalFile.read(folder));
            }
        } catch (IOException e) {
            throw new StorageException("read", folder, e);
        }
        scan.addChildren(path, folder, "", new Matches(null, null));
    }

    private void addDirectory(String path, LocalFile local) throws IOException {
        PlannedEntry entry = PlannedEntry.directory(path, local.plainMode(), Standing.MERGED);
        plan.keep(entry, local);
        plan.add(entry);
    }

    private void addChildren(String path, Path folder, String below, Matches matches) {
        try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
            for (Path child : children) {
                String name = LocalNames.name(child);
                String relative = LayerPath.child(below, name);
                addChild(LayerPath.child(path, name), child, relative, match(relative, matches));
            }
        } catch (DirectoryIteratorException e) {
            throw new StorageException("read", folder, Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw new StorageException("read", folder, e);
        }
    }

    private Matches match(String relative, Matches above) {
        return new Matches(
                included.globs().isEmpty() ? null : included.match(relative, above.included),
                excluded.match(relative, above.excluded));
    }

    private static boolean isTaken(Matches matches) {
        return (matches.included == null || matches.included.isMatched())
                && (matches.excluded == null || !matches.excluded.isMatched());
    }

    private void addChild(String path, Path child, String relative, Matches matches) throws IOException {
        LocalFile local = LocalFile.read(child, NOFOLLOW_LINKS);
        boolean isTaken = isTaken(matches);
        if (isTaken) {
            LayerPath.requireLeaf(path);
            addPending();
        }
        if (local.type() == EntryType.DIRECTORY) {
            if (isTaken) {
                addDirectory(path, local);
                addChildren(path, child, relative, matches);
            } else if (matches.excluded == null || !matches.excluded.isMatched() || excluded.hasExceptions()) {
                pending.addLast(new Directory(path, local));
                addChildren(path, child, relative, matches);
                pending.pollLast();
            }
        } else if (isTaken) {
            addLeaf(path, child, local);
        }
    }

    private void addPending() throws IOException {
        for (Directory directory : pending) {
            LayerPath.requireLeaf(directory.path);
            addDirectory(directory.path, directory.local);
        }
        pending.clear();
    }

    private void addLeaf(String path, Path child, LocalFile local) throws IOException {
        PlannedEntry entry = entry(path, local);
        if (entry == null) {
            throw new StorageException("put into a layer", child, "neither file, directory nor symbolic link", null);
        }
        plan.keep(entry, local);
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
