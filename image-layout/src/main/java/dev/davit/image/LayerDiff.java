package dev.davit.image;

import dev.davit.image.internal.build.TreeDiff;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.image.Image;
import dev.davit.oci.image.Layer;
import java.nio.file.Path;
import java.util.List;

/**
 * What was changed in a tree of files, as a layer: unpacked over what was, it gives what is. It has everything that is
 * new or differs in content, type, mode, owner, time, extended attributes, target or device numbers, with the attributes
 * it has on disk, whatever {@code SOURCE_DATE_EPOCH} says; whiteouts for what is gone; and the directories that lead to
 * these. Names of one file stay names of one file. Contents are compared byte by byte. Sockets, which no layer can have,
 * are passed over.
 *
 * <p>Extended attributes are compared as far as they can be read, see {@link Attribute#XATTRS}. The trees must not
 * change until the layer is written: attributes are read at once, contents when the layer is written. The same trees
 * give the same layer, byte for byte.
 *
 * <p>Immutable and safe to share.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md#creating">image-spec, layer.md</a>
 */
public final class LayerDiff {
    private final TreeDiff changes;

    private LayerDiff(TreeDiff changes) {
        this.changes = changes;
    }

    /**
     * Compares two folders, which may lie in any file systems.
     *
     * @param before the folder as it was
     * @param after the folder as it is
     * @return what was changed
     * @throws dev.davit.oci.StorageException if something cannot be read
     * @throws IllegalArgumentException if a file has a name that starts with {@code .wh.}, which in layers means a
     *     deletion
     */
    public static LayerDiff between(Path before, Path after) {
        return new LayerDiff(TreeDiff.between(before, after));
    }

    /**
     * Compares a folder with the image that it was unpacked from. The layers are read, once, and not unpacked; that takes
     * memory for names and attributes of all files, and not for their content.
     *
     * <p>If the folder, and all that it has at its top of the image, belongs to one user who is not root, though the image
     * gives the folder to another, that user unpacked it without setting owners: what belongs to that user counts as
     * belonging to whom the image says, and what is new as root's. Other things that unpacking
     * could not do count as changes here, but not with {@link #since(Image, UnpackReport)}. Where Java sees the extended
     * attributes of users only, the others count as unchanged on files whose time is. A folder that was there before it
     * was unpacked to has attributes of its own, which count unless the image says the same.
     *
     * @param image what was unpacked
     * @param folder the folder as it is
     * @return what was changed
     * @throws dev.davit.oci.DavitException if a layer cannot be read, is not the one that the image names, or could not be
     *     unpacked either
     * @throws dev.davit.oci.StorageException if something in the folder cannot be read
     * @throws IllegalArgumentException if a file has a name that starts with {@code .wh.}
     */
    public static LayerDiff since(Image image, Path folder) {
        return new LayerDiff(TreeDiff.since(image.layers(), folder, List.of()));
    }

    /**
     * Compares a folder with the image that it was unpacked from, as {@link #since(Image, Path)}, but counts what could not
     * be done then, and only was reported, as done.
     *
     * @param image what was unpacked
     * @param report what came of it: {@link UnpackReport#root} is the folder
     * @return what was changed
     * @throws dev.davit.oci.DavitException as {@link #since(Image, Path)}
     * @throws IllegalArgumentException if a file has a name that starts with {@code .wh.}
     */
    public static LayerDiff since(Image image, UnpackReport report) {
        return new LayerDiff(TreeDiff.since(image.layers(), report.root(), report.differences()));
    }

    /** {@return whether nothing was changed} */
    public boolean isEmpty() {
        return changes.isEmpty();
    }

    /**
     * Gives the layer, to be put on an image.
     *
     * @param name what the layer is, for the history of the image
     * @return its specification
     */
    public LayerSpec layer(String name) {
        return LayerSpec.of(name, changes::addTo);
    }

    /**
     * Makes the layer: an OCI layer in a store.
     *
     * @param store where it goes
     * @param compression how it is compressed
     * @return the layer, which knows its digest, size and diffID
     * @throws dev.davit.oci.StorageException if a file cannot be read, or the store cannot be written
     */
    public Layer writeTo(LocalStore store, Compression compression) {
        return layer("diff").writeTo(store, compression);
    }

    /**
     * Makes the layer, with a level of compression.
     *
     * @param store where it goes
     * @param compression how it is compressed
     * @param level how hard, see {@link Compression#maxLevel}
     * @return the layer, which knows its digest, size and diffID
     * @throws IllegalArgumentException if the compression has no such level
     * @throws dev.davit.oci.StorageException if a file cannot be read, or the store cannot be written
     */
    public Layer writeTo(LocalStore store, Compression compression, int level) {
        return layer("diff").writeTo(store, compression, level);
    }
}
