package dev.davit.image;

import dev.davit.image.internal.unpack.Findings;
import dev.davit.image.internal.unpack.Owners;
import dev.davit.image.internal.unpack.UnpackLimits;
import dev.davit.image.internal.unpack.UnpackSettings;
import dev.davit.image.internal.unpack.Unpacking;
import dev.davit.oci.image.Image;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Unpacks an image to a folder: the files that a container of the image would see.
 *
 * <p>Layers are applied in order; each is checked against its digest and its diffID while it is read. Nothing in an
 * image can make anything outside the folder be written, linked to, changed or removed: names, links and whiteouts mean
 * what they would mean if the folder were all there is. A name that leads up ({@code ..}) is refused.
 *
 * <p>The folder may be absent, and then appears only when everything is in it; or empty, and then is empty again after
 * a failure. Root on JDK 22 and later gets all that the image says, through system calls of Linux. An ordinary user may
 * not set owners or make devices; before JDK 22, and where native access is denied, Java has no call for devices, pipes
 * and most extended attributes. {@link UnpackReport#differences} says what is not as the image says, and {@link
 * UnpackReport#apply} makes up for it later.
 *
 * <p>Immutable and safe to share. With system calls, another process that may write to the folder at the same time can
 * spoil what is unpacked, but not lead it out of the folder; without, there must be no such process.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md">image-spec, layer.md</a>
 */
public final class Unpacker {
    private final Path target;
    private final UnpackSettings settings;

    private Unpacker(Path target, UnpackSettings settings) {
        this.target = target;
        this.settings = settings;
    }

    /**
     * Starts with limits that no image in use needs more than: 64 GiB, 5 million entries, 1024 levels, names of 4096
     * bytes, 1 MiB of extended attributes for each entry, and 300 bytes for each compressed one.
     *
     * @param folder where the image goes: absent or empty
     * @return an unpacker
     */
    public static Unpacker into(Path folder) {
        return new Unpacker(folder, UnpackSettings.DEFAULT);
    }

    /**
     * Limits what comes out of the layers.
     *
     * @param bytes uncompressed bytes of all layers together, with the headers of their archives
     * @return an unpacker with this limit
     */
    public Unpacker maxBytes(long bytes) {
        return with(limits().maxBytes(positive("bytes", bytes)));
    }

    /**
     * Limits the number of files, directories and links.
     *
     * @param entries entries of all layers together
     * @return an unpacker with this limit
     */
    public Unpacker maxEntries(long entries) {
        return with(limits().maxEntries(positive("entries", entries)));
    }

    /**
     * Limits how much a layer may be compressed, which tells bombs from images. A layer of up to 256 MiB is never
     * refused for it.
     *
     * @param ratio uncompressed bytes for each compressed one
     * @return an unpacker with this limit
     */
    public Unpacker maxRatio(long ratio) {
        return with(limits().maxRatio(positive("ratio", ratio)));
    }

    /**
     * Limits how deep directories may lie in each other.
     *
     * @param levels elements of a name, or of the path that it leads to through links
     * @return an unpacker with this limit
     */
    public Unpacker maxDepth(int levels) {
        return with(limits().maxDepth((int) positive("levels", levels)));
    }

    /**
     * Limits the names of entries, the targets of links, and the paths that names lead to through links.
     *
     * @param bytes bytes of one of them; Linux takes at most 4095 at once
     * @return an unpacker with this limit
     */
    public Unpacker maxNameBytes(int bytes) {
        return with(limits().maxNameBytes((int) positive("bytes of names", bytes)));
    }

    /**
     * Limits extended attributes.
     *
     * @param bytes names and values of all that one entry has
     * @return an unpacker with this limit
     */
    public Unpacker maxXattrBytes(int bytes) {
        return with(limits().maxXattrBytes((int) positive("bytes of extended attributes", bytes)));
    }

    /**
     * Fails at the first thing that cannot be as the image says, instead of reporting it.
     *
     * @return an unpacker that throws {@link InexactUnpackException} where others report
     */
    public Unpacker strict() {
        return new Unpacker(target, settings.asStrict());
    }

    /**
     * Leaves everything to the user who unpacks: no owner is set, and none is missed in the report. Setuid and setgid
     * are set as the image says, and then are that user's.
     *
     * @return an unpacker that sets no owners
     */
    public Unpacker noOwner() {
        return new Unpacker(target, settings.with(Owners.NONE));
    }

    /**
     * Maps the owners that the image says to others, for a container in a user namespace. An owner in no range is not
     * set, and reported.
     *
     * @param users ranges of user numbers; the first that has a number counts
     * @param groups ranges of group numbers
     * @return an unpacker that maps owners
     * @throws IllegalArgumentException if one of the lists is empty
     */
    public Unpacker mapOwners(List<IdMapping> users, List<IdMapping> groups) {
        if (users.isEmpty() || groups.isEmpty()) {
            throw new IllegalArgumentException("expected at least one range of users and one of groups, got none");
        }
        return new Unpacker(target, settings.with(new Owners(true, List.copyOf(users), List.copyOf(groups))));
    }

    /**
     * Does without native access, also on a JDK that has it: with less of what the image says, and without the JDK's
     * warning that {@code --enable-native-access} would avoid.
     *
     * @return an unpacker that uses {@code java.nio.file} alone
     */
    public Unpacker javaOnly() {
        return new Unpacker(target, settings.withoutSystemCalls());
    }

    private UnpackLimits limits() {
        return settings.limits();
    }

    private Unpacker with(UnpackLimits changed) {
        return new Unpacker(target, settings.with(changed));
    }

    private static long positive(String what, long value) {
        if (value < 1) {
            throw new IllegalArgumentException("limit on " + what + ": expected at least 1, got " + value);
        }
        return value;
    }

    /**
     * Unpacks an image.
     *
     * @param image the image
     * @return what was done, and everything in which the folder is not exactly what the image says
     * @throws dev.davit.oci.IntegrityException if a layer is not the one that the image names
     * @throws dev.davit.oci.MalformedContentException if a layer breaks the rules of its formats, or leads out of the
     *     folder
     * @throws dev.davit.oci.LimitExceededException if it goes beyond a limit
     * @throws InexactUnpackException if it is not exact and has to be
     * @throws dev.davit.oci.StorageException if the folder cannot be written, or is not empty
     * @throws dev.davit.oci.DavitException if a layer cannot be read
     * @throws IllegalStateException if a layer needs zstd and its library is not at hand
     */
    public UnpackReport unpack(Image image) {
        return report(image, Unpacking.unpack(target, image.layers(), settings), false);
    }

    /**
     * Unpacks an image for the file system overlay: each layer to a folder of its own, with whiteouts and opaque
     * directories as overlay has them. {@link UnpackReport#overlayOptions} mounts them together. Differences name paths
     * with the folder of their layer.
     *
     * <p>Takes Linux and JDK 22 or later with native access. Root makes what any overlay mount understands; an ordinary
     * user makes what those with the option {@code userxattr} do. Overlay cannot share a file between layers: a hard
     * link to a file of a lower layer is one to a copy of it.
     *
     * @param image the image
     * @return what was done; {@link UnpackReport#root} has a folder for each layer, {@code 0} is the lowest
     * @throws dev.davit.oci.StorageException also if this JVM cannot call the system
     * @throws dev.davit.oci.DavitException as {@link #unpack}
     */
    public UnpackReport unpackForOverlay(Image image) {
        return report(image, Unpacking.unpackForOverlay(target, image.layers(), settings), true);
    }

    private static UnpackReport report(Image image, Unpacking.Result result, boolean isForOverlay) {
        Findings findings = result.findings();
        int layers = image.layers().size();
        String options = isForOverlay ? overlayOptions(result.root(), layers, result.isForUsers()) : "";
        return new UnpackReport(
                result.root(), layers, findings.entries(), findings.bytes(), findings.differences(), options);
    }

    /** The uppermost comes first, and what overlay takes for separators is escaped. */
    private static String overlayOptions(Path root, int layers, boolean isForUsers) {
        String folder = root.toString().replaceAll("[\\\\,:]", "\\\\$0");
        String lower = IntStream.range(0, layers)
                .mapToObj(i -> folder + '/' + (layers - 1 - i))
                .collect(Collectors.joining(":"));
        return "lowerdir=" + lower + (isForUsers ? ",userxattr" : "");
    }
}
