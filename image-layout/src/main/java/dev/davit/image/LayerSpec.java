package dev.davit.image;

import dev.davit.image.internal.LayerTypes;
import dev.davit.image.internal.build.ArchiveSource;
import dev.davit.image.internal.build.Content;
import dev.davit.image.internal.build.LayerPath;
import dev.davit.image.internal.build.LayerPlan;
import dev.davit.image.internal.build.LayerSettings;
import dev.davit.image.internal.build.TreeScan;
import dev.davit.image.internal.codec.LayerEncoder;
import dev.davit.image.internal.tar.TarWriter;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.content.BlobWriter;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.image.Layer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What goes into one layer of an image. The layer depends only on this: entries are sorted by the bytes of their paths,
 * belong to root, carry the time that the environment variable {@code SOURCE_DATE_EPOCH} names or else 1970-01-01, and
 * have no extended attributes, so the same content gives the same diffID on every machine at any time. {@link #owner},
 * {@link #time} and {@link #xattr} say otherwise; {@link #preserve} keeps what is on disk.
 *
 * <p>Paths in the image use forward slashes, and a leading one makes no difference. Directories that lead to an entry
 * are added with mode 0755. Nothing but directories can be at one path twice: what says more about a directory wins,
 * {@link #emptyDirectory} over {@link #tar} over {@link #directory}, and of equals the first. Files, folders and archives
 * may lie in any file system, and are read when the layer is written, not before.
 *
 * <p>Immutable and safe to share: every method that adds returns a new specification.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md">image-spec, layer.md</a>
 */
public final class LayerSpec {
    private final String name;
    private final @Nullable LayerSpec before;
    private final Consumer<LayerPlan> addition;
    private final LayerSettings settings;

    private LayerSpec(String name, @Nullable LayerSpec before, Consumer<LayerPlan> addition, LayerSettings settings) {
        this.name = name;
        this.before = before;
        this.addition = addition;
        this.settings = settings;
    }

    /**
     * Starts an empty layer.
     *
     * @param name what the layer is, for the history of the image
     * @return the specification
     */
    public static LayerSpec named(String name) {
        return new LayerSpec(name, null, plan -> {}, LayerSettings.DEFAULT);
    }

    static LayerSpec of(String name, Consumer<LayerPlan> content) {
        return named(name).with(content);
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
        String normal = LayerPath.below(path);
        return with(plan -> plan.file(normal, file, null));
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
        String normal = LayerPath.below(path);
        int checked = LayerSettings.requireMode(mode);
        return with(plan -> plan.file(normal, file, checked));
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
        String normal = LayerPath.below(path);
        int checked = LayerSettings.requireMode(mode);
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
        return directory(path, folder, FileSelection.all());
    }

    /**
     * Adds some of what is in a local folder, as {@link #directory(String, Path)}.
     *
     * @param path where it goes in the image; {@code "/"} puts its children at the root
     * @param folder the folder
     * @param selection what is taken
     * @return the specification with it
     * @throws IllegalArgumentException if no layer can have the path
     */
    public LayerSpec directory(String path, Path folder, FileSelection selection) {
        String normal = LayerPath.normalize(path);
        return with(plan -> TreeScan.add(plan, normal, folder, selection.included(), selection.excluded()));
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
        int checked = LayerSettings.requireMode(mode);
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
        String normal = LayerPath.below(path);
        if (target.isEmpty() || target.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("symbolic link /" + normal + ": expected a target");
        }
        return with(plan -> plan.symlink(normal, target));
    }

    /**
     * Adds a hard link: another name of a file. If the file is in this layer, the name that sorts first has its content
     * and the others are links to it, so that it does not matter which is called the link; all have its attributes. A link
     * to a path that was not added itself comes behind everything else.
     *
     * @param path where it goes in the image
     * @param target another path of the file, in this layer or in one below
     * @return the specification with it
     * @throws IllegalArgumentException if no layer can have the path or the target; when the layer is made, also if
     *     there is a directory at the target, or links lead in a circle
     */
    public LayerSpec hardLink(String path, String target) {
        String normal = LayerPath.below(path);
        String normalTarget = LayerPath.below(target);
        return with(plan -> plan.hardLink(normal, normalTarget));
    }

    /**
     * Adds what is in a tar archive, plain or compressed with gzip or zstd: entries in the order of the archive, behind all
     * others, with the attributes they have there. Whiteouts stay whiteouts, and hide what layers below have.
     *
     * @param path where it goes in the image; {@code "/"} for the paths in the archive
     * @param archive the archive, which is read twice when the layer is made
     * @return the specification with it
     * @throws IllegalArgumentException if no layer can have the path
     */
    public LayerSpec tar(String path, Path archive) {
        String normal = LayerPath.normalize(path);
        return with(plan -> plan.archive(normal, ArchiveSource.of(archive)));
    }

    /**
     * Adds what is in a tar archive, as {@link #tar(String, Path)}.
     *
     * @param path where it goes in the image; {@code "/"} for the paths in the archive
     * @param archive opens the archive at its first byte, each time it is asked; streams are closed here
     * @return the specification with it
     * @throws IllegalArgumentException if no layer can have the path
     */
    public LayerSpec tar(String path, Supplier<? extends InputStream> archive) {
        String normal = LayerPath.normalize(path);
        return with(plan -> plan.archive(normal, ArchiveSource.of(archive)));
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
        return with(settings.owner(userId, groupId));
    }

    /**
     * Sets who owns one entry, whatever else says.
     *
     * @param path an entry that was or will be added, and not by an archive
     * @param userId numeric user ID
     * @param groupId numeric group ID
     * @return the specification with it
     * @throws IllegalArgumentException if an ID is out of range; when the layer is made, if there is no such entry
     */
    public LayerSpec owner(String path, long userId, long groupId) {
        String normal = LayerPath.normalize(path);
        LayerSettings.requireOwner(userId, groupId);
        return with(plan -> plan.owner(normal, userId, groupId));
    }

    /**
     * Sets an extended attribute of one entry.
     *
     * @param path an entry that was or will be added, and not by an archive
     * @param attribute the name of the attribute, as in {@code user.note}
     * @param value its value, which is copied
     * @return the specification with it
     * @throws IllegalArgumentException if the attribute's name is empty or has an equals sign, which archives cannot
     *     carry; when the layer is made, if there is no such entry
     */
    public LayerSpec xattr(String path, String attribute, byte[] value) {
        String normal = LayerPath.normalize(path);
        TarWriter.requireXattr(normal, attribute);
        byte[] own = value.clone();
        return with(plan -> plan.xattr(normal, attribute, own));
    }

    /**
     * Sets when everything that was or will be added was changed, whatever {@code SOURCE_DATE_EPOCH} says.
     *
     * @param time the time
     * @return the specification with it
     */
    public LayerSpec time(Instant time) {
        return with(settings.time(time));
    }

    /**
     * Keeps what local files and folders that were or will be added have on disk, where the file system knows it. Makes the
     * layer depend on more than names and content, so that it may differ from machine to machine.
     *
     * <p>As soon as anything is kept, the names of one file in a folder stay names of one file, and devices and pipes are
     * taken; otherwise each name is a file of its own, because what shares its place on disk is an accident of the machine.
     * A mode that is given with a file, and {@link #owner(String, long, long)}, come before what is kept.
     *
     * @param attributes what is kept
     * @return the specification with it
     */
    public LayerSpec preserve(Attribute... attributes) {
        return with(settings.preserve(List.of(attributes)));
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
        return writeTo(store, compression, compression.defaultLevel());
    }

    /**
     * Makes the layer, with a level of compression.
     *
     * @param store where it goes
     * @param compression how it is compressed
     * @param level how hard, see {@link Compression#maxLevel}
     * @return the layer, which knows its digest, size and diffID
     * @throws IllegalArgumentException if the compression has no such level, or as {@link #writeTo(LocalStore,
     *     Compression)}
     * @throws dev.davit.oci.StorageException if a file cannot be read, or the store cannot be written
     */
    public Layer writeTo(LocalStore store, Compression compression, int level) {
        return writeTo(store, compression, level, false);
    }

    Layer writeTo(LocalStore store, Compression compression, int level, boolean docker) {
        compression.requireLevel(level);
        LayerPlan plan = plan();
        try (BlobWriter blob = store.newBlob();
                LayerEncoder encoder = new LayerEncoder(blob, compression, level)) {
            plan.write(encoder);
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
        LayerPlan plan = new LayerPlan(settings);
        steps.forEach(step -> step.addition.accept(plan));
        return plan;
    }

    private LayerSpec with(Consumer<LayerPlan> next) {
        return new LayerSpec(name, this, next, settings);
    }

    private LayerSpec with(LayerSettings changed) {
        return new LayerSpec(name, this, plan -> {}, changed);
    }

    /** {@return the name of the layer} */
    @Override
    public String toString() {
        return "layer " + name;
    }
}
