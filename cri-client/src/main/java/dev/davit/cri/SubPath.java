package dev.davit.cri;

import dev.davit.oci.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * A part of a volume that is mounted instead of the whole.
 *
 * @param container the name of the container
 * @param volume the folder of the volume
 * @param below what is mounted, a path in that folder
 */
record SubPath(String container, Path volume, Path below) {
    /**
     * Makes the folder, if there is nothing, and makes sure that the path leaves the volume nowhere: a container that ran
     * before may have put a link there, which would lead to anything on the node.
     *
     * @throws StorageException if it does
     */
    void prepare() {
        Path path = volume;
        try {
            for (Path name : below) {
                path = path.resolve(name);
                if (Files.isSymbolicLink(path)) {
                    throw new StorageException("mount", path, "it is a link in a volume", null);
                }
                if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
                    Files.createDirectory(path);
                }
            }
        } catch (IOException e) {
            throw new StorageException("create", path, e);
        }
    }
}
