package dev.davit.image.internal.unpack;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import dev.davit.oci.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/**
 * The folder that an image is unpacked to. One that does not exist is filled under another name beside it and appears
 * whole; one that exists must be empty, and is so again after a failure.
 */
final class UnpackRoot {
    private final Path target;
    private final Path work;
    private final boolean staged;

    private UnpackRoot(Path target, Path work, boolean staged) {
        this.target = target;
        this.work = work;
        this.staged = staged;
    }

    /**
     * Gets a folder ready.
     *
     * @param target where the image goes
     * @return the folder
     * @throws StorageException if there is something, or it cannot be made
     */
    static UnpackRoot prepare(Path target) {
        Path absolute = target.toAbsolutePath().normalize();
        try {
            if (Files.exists(absolute, NOFOLLOW_LINKS)) {
                return new UnpackRoot(target, requireEmpty(target), false);
            }
            Path parent = absolute.getParent();
            Path name = absolute.getFileName();
            if (parent == null || name == null) {
                throw new StorageException("unpack to", target, "it is no place for a folder", null);
            }
            Files.createDirectories(parent);
            Path real = parent.toRealPath();
            return new UnpackRoot(real.resolve(name), Files.createTempDirectory(real, "." + name + ".davit-"), true);
        } catch (IOException e) {
            throw new StorageException("unpack to", target, e);
        }
    }

    private static Path requireEmpty(Path target) throws IOException {
        if (!Files.isDirectory(target)) {
            throw new StorageException("unpack to", target, "it is no directory", null);
        }
        try (Stream<Path> children = Files.list(target)) {
            if (children.findAny().isPresent()) {
                throw new StorageException("unpack to", target, "the directory is not empty", null);
            }
        }
        return target.toRealPath();
    }

    /** {@return where to write} */
    Path work() {
        return work;
    }

    /** {@return whether the folder is new, so that its mode is for the image to say} */
    boolean isNew() {
        return staged;
    }

    /**
     * Makes what was written visible.
     *
     * @return the folder
     */
    Path commit() {
        if (!staged) {
            return work;
        }
        try {
            Files.move(work, target, StandardCopyOption.ATOMIC_MOVE);
            return target;
        } catch (IOException e) {
            throw new StorageException("unpack to", target, e);
        }
    }

    /**
     * Removes what was written.
     *
     * @param tree the way to it
     * @param cause why; gets what goes wrong here as suppressed exception
     */
    void abort(Tree tree, Throwable cause) {
        try {
            Tree.Node node = tree.stat("");
            if (node != null) {
                new Removal(tree, (path, type) -> {}).removeChildren("", node);
            }
            if (staged) {
                Files.delete(work);
            }
        } catch (IOException e) {
            cause.addSuppressed(new StorageException("clean up", work, e));
        }
    }
}
