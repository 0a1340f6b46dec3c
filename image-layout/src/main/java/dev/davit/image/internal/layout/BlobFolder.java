package dev.davit.image.internal.layout;

import dev.davit.oci.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Where a layout keeps its blobs: in itself, or in a folder that it shares with other layouts.
 *
 * @param blobs the folder that holds {@code sha256/…}
 * @param scratch a folder of ours in the same file system
 * @param shared whether other layouts keep their blobs there, too
 */
public record BlobFolder(Path blobs, Path scratch, boolean shared) {
    /** Name of the folder of ours beside, or in, what others know. */
    static final String SCRATCH = ".davit";

    /** {@return the blobs of a layout in itself, as the specification says} */
    public static BlobFolder in(Path layout) {
        return new BlobFolder(layout.resolve("blobs"), layout.resolve(SCRATCH), false);
    }

    /** {@return a folder of blobs that layouts share} */
    public static BlobFolder sharedAt(Path blobs) {
        return new BlobFolder(blobs, blobs.resolve(SCRATCH), true);
    }

    /** {@return whether other layouts have, or are likely to have, their blobs in the same folder} */
    public boolean seemsShared() {
        return shared || Files.isSymbolicLink(blobs) || Files.exists(blobs.resolve(SCRATCH), LinkOption.NOFOLLOW_LINKS);
    }

    /** {@return whether this is the same folder by any path} */
    public boolean isSame(BlobFolder other) {
        try {
            return blobs.equals(other.blobs) || Files.isSameFile(blobs, other.blobs);
        } catch (IOException e) {
            throw new StorageException("look at", blobs, e);
        }
    }
}
