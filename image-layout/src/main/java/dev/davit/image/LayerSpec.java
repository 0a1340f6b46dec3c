package dev.davit.image;

import dev.davit.image.internal.LayerTypes;
import dev.davit.image.internal.SourceDate;
import dev.davit.image.internal.build.Content;
import dev.davit.image.internal.build.LayerPath;
import dev.davit.image.internal.build.LayerPlan;
import dev.davit.image.internal.build.TreeScan;
import dev.davit.image.internal.codec.LayerEncoder;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.content.BlobWriter;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.image.Layer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What goes into one layer of an image. The layer depends only on this: entries are sorted by the bytes of their paths,
 * belong to root, carry the time that the environment variable {@code SOURCE_DATE_EPOCH} names or else 1970-01-01, and
 * have no extended attributes, so the same content gives the same diffID on every machine at any time.
 *
 * <p>Paths in the image use forward slashes, and a leading one makes no difference. Directories that lead to an entry
 * are added with mode 0755. Files are read when the layer is written, not before.
 *
 * <p>Immutable and safe to share: every method that adds returns a new specification.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md">image-spec, layer.md</a>
 */
public final class LayerSpec {
    private static final long MAX_ID = (1L << 32) - 2;

    private final String name;
    private final @Nullable LayerSpec before;
    private final Consumer<LayerPlan> addition;
    private final long uid;
    private final long gid;

    private LayerSpec(String name, @Nullable LayerSpec before, Consumer<LayerPlan> addition, long uid, long gid) {
        this.name = name;
        this.before = before;
        this.addition = addition;
        this.uid = uid;
        this.gid = gid;
    }

    /**
     * Starts an empty layer.
     *
     * @param name what the layer is, for the history of the image
     * @return the specification
     */
    public static LayerSpec named(String name) {
        return new LayerSpec(name, null, plan -> {}, 0, 0);
    }

    /**
     * Adds a local file. It becomes 0755 if its owner may execute it, else 0644.
     *
     * @param path where it goes in the image
     * @param file the file; a link is followed
     * @return the specification with it
     * @throws IllegalArgumentException if no layer can have the path
     */
    public LayerSpec file(String path, Path file) {
        String normal = below(path);
        return with(plan -> plan.file(normal, TreeScan.mode(file), Content.of(file)));
    }

    /**
     * Adds a local file.
     *
     * @param path where it goes in the image
     * @param file the file; a link is followed
     * @param mode its permissions in the image, as in {@code 0755}
     * @return the specification with it
     * @throws IllegalArgumentException if no layer can have the path, or the mode is none
     */
    public LayerSpec file(String path, Path file, int mode) {
        String normal = below(path);
        int checked = checkMode(mode);
        return with(plan -> plan.file(normal, checked, Content.of(file)));
    }

    /**
     * Adds a file with content from memory.
     *
     * @param path where it goes in the image
     * @param content the content, which is copied
     * @param mode its permissions in the image, as in {@code 0644}
     * @return the specification with it
     * @throws IllegalArgumentException if no layer can have the path, or the mode is none
     */
    public LayerSpec file(String path, byte[] content, int mode) {
        String normal = below(path);
        int checked = checkMode(mode);
        byte[] own = content.clone();
        return with(plan -> plan.file(normal, checked, Content.of(own)));
    }

    /**
     * Adds a local folder with everything in it. Directories become 0755; files 0755 if their owner may execute them,
     * else 0644; symbolic links are kept as they are, wherever they point. Several folders may go to the same place as
     * long as no file is there twice.
     *
     * @param path where it goes in the image; {@code "/"} puts its children at the root
     * @param folder the folder
     * @return the specification with it
     * @throws IllegalArgumentException if no layer can have the path
     */
    public LayerSpec directory(String path, Path folder) {
        String normal = LayerPath.normalize(path);
        return with(plan -> TreeScan.add(plan, normal, folder));
    }

    /**
     * Adds a directory.
     *
     * @param path where it goes in the image
     * @param mode its permissions, as in {@code 01777}
     * @return the specification with it
     * @throws IllegalArgumentException if no layer can have the path, or the mode is none
     */
    public LayerSpec emptyDirectory(String path, int mode) {
        String normal = LayerPath.normalize(path);
        int checked = checkMode(mode);
        return with(plan -> plan.directory(normal, checked));
    }

    /**
     * Adds a symbolic link.
     *
     * @param path where it goes in the image
     * @param target what it points to, kept as it is
     * @return the specification with it
     * @throws IllegalArgumentException if no layer can have the path, or the target is empty
     */
    public LayerSpec symlink(String path, String target) {
        String normal = below(path);
        if (target.isEmpty() || target.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("symbolic link /" + normal + ": expected a target");
        }
        return with(plan -> plan.symlink(normal, target));
    }

    /**
     * Sets who owns everything that was or will be added; directories that only lead to it stay root's.
     *
     * @param userId numeric user ID
     * @param groupId numeric group ID
     * @return the specification with it
     * @throws IllegalArgumentException if an ID is out of range
     */
    public LayerSpec owner(long userId, long groupId) {
        if (userId < 0 || userId > MAX_ID || groupId < 0 || groupId > MAX_ID) {
            throw new IllegalArgumentException(
                    "owner: expected IDs from 0 to " + MAX_ID + ", got " + userId + ':' + groupId);
        }
        return new LayerSpec(name, this, plan -> {}, userId, groupId);
    }

    /** {@return what the layer is, as its history says} */
    public String name() {
        return name;
    }

    /**
     * Makes the layer: an OCI layer in a store.
     *
     * @param store where it goes
     * @param compression how it is compressed
     * @return the layer, which knows its digest, size and diffID
     * @throws IllegalArgumentException if two entries have the same path
     * @throws dev.davit.oci.StorageException if a file cannot be read, or the store cannot be written
     */
    public Layer writeTo(LocalStore store, Compression compression) {
        return writeTo(store, compression, false);
    }

    Layer writeTo(LocalStore store, Compression compression, boolean docker) {
        LayerPlan plan = plan();
        try (BlobWriter blob = store.newBlob();
                LayerEncoder encoder = new LayerEncoder(blob, compression)) {
            plan.write(encoder, SourceDate.get(), uid, gid);
            Digest diffId = encoder.finish();
            Descriptor descriptor = blob.commit(LayerTypes.of(compression, docker));
            return new Layer(store.blob(descriptor), diffId);
        } catch (IOException e) {
            throw new TransferException(Side.TARGET, null, "cannot write layer \"" + name + "\": " + e.getMessage(), e);
        }
    }

    private LayerPlan plan() {
        Deque<LayerSpec> steps = new ArrayDeque<>();
        for (LayerSpec step = this; step != null; step = step.before) {
            steps.push(step);
        }
        LayerPlan plan = new LayerPlan();
        steps.forEach(step -> step.addition.accept(plan));
        return plan;
    }

    private LayerSpec with(Consumer<LayerPlan> next) {
        return new LayerSpec(name, this, next, uid, gid);
    }

    private static String below(String path) {
        String normal = LayerPath.normalize(path);
        if (normal.isEmpty()) {
            throw new IllegalArgumentException("path in a layer: expected one below the root, got \"" + path + '"');
        }
        return normal;
    }

    private static int checkMode(int mode) {
        if ((mode & ~07777) != 0) {
            throw new IllegalArgumentException("mode: expected at most 07777, got 0" + Integer.toOctalString(mode));
        }
        return mode;
    }

    /** {@return the name of the layer} */
    @Override
    public String toString() {
        return "layer " + name;
    }
}
