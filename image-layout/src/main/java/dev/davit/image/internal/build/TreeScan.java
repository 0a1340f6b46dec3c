package dev.davit.image.internal.build;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import dev.davit.image.internal.LocalNames;
import dev.davit.oci.StorageException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Objects;

/** Plans a local folder with everything in it. Links are kept as they are and never followed. */
public final class TreeScan {
    private TreeScan() {}

    /**
     * Adds a folder to a plan.
     *
     * @param plan what it is added to
     * @param path where it goes, normalised
     * @param folder the folder, which may be a link to one
     * @throws StorageException if something cannot be read, or is neither file, folder nor link
     */
    public static void add(LayerPlan plan, String path, Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new StorageException("read", folder, "no such directory", null);
        }
        if (!path.isEmpty()) {
            plan.merged(path);
        }
        addChildren(plan, path, folder);
    }

    private static void addChildren(LayerPlan plan, String path, Path folder) {
        try (DirectoryStream<Path> children = Files.newDirectoryStream(folder)) {
            for (Path child : children) {
                String name = LocalNames.text(child.getFileName());
                LayerPath.requireName(name);
                addChild(plan, LayerPath.child(path, name), child);
            }
        } catch (DirectoryIteratorException e) {
            throw new StorageException("read", folder, Objects.requireNonNull(e.getCause()));
        } catch (IOException e) {
            throw new StorageException("read", folder, e);
        }
    }

    private static void addChild(LayerPlan plan, String path, Path child) throws IOException {
        BasicFileAttributes attributes = attributes(child);
        if (attributes.isDirectory()) {
            plan.merged(path);
            addChildren(plan, path, child);
        } else if (attributes.isSymbolicLink()) {
            plan.symlink(path, LocalNames.text(Files.readSymbolicLink(child)));
        } else if (attributes.isRegularFile()) {
            plan.file(path, mode(attributes), Content.of(child));
        } else {
            throw new StorageException("put into a layer", child, "neither file, directory nor symbolic link", null);
        }
    }

    /**
     * {@return the mode that a file gets in a layer: 0755 if its owner may execute it, else 0644}
     *
     * @throws StorageException if it cannot be read
     */
    public static int mode(Path file) {
        try {
            return mode(
                    Files.getFileStore(file).supportsFileAttributeView("posix")
                            ? Files.readAttributes(file, PosixFileAttributes.class)
                            : Files.readAttributes(file, BasicFileAttributes.class));
        } catch (IOException e) {
            throw new StorageException("read", file, e);
        }
    }

    private static BasicFileAttributes attributes(Path child) throws IOException {
        return child.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? Files.readAttributes(child, PosixFileAttributes.class, NOFOLLOW_LINKS)
                : Files.readAttributes(child, BasicFileAttributes.class, NOFOLLOW_LINKS);
    }

    private static int mode(BasicFileAttributes attributes) {
        return attributes instanceof PosixFileAttributes posix
                        && posix.permissions().contains(PosixFilePermission.OWNER_EXECUTE)
                ? 0755
                : 0644;
    }
}
