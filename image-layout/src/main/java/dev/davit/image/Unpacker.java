package dev.davit.image;

import dev.davit.image.internal.unpack.Findings;
import dev.davit.image.internal.unpack.UnpackLimits;
import dev.davit.image.internal.unpack.UnpackRoot;
import dev.davit.image.internal.unpack.Unpacking;
import dev.davit.oci.image.Image;
import java.nio.file.Path;

/**
 * Unpacks an image to a folder: the files that a container of the image would see.
 *
 * <p>Layers are applied in order; each is checked against its digest and its diffID while it is read. Nothing in an
 * image can make anything outside the folder be written, linked to, changed or removed: names, links and whiteouts mean
 * what they would mean if the folder were all there is. A name that leads up ({@code ..}) is refused.
 *
 * <p>The folder may be absent, and then appears only when everything is in it; or empty, and then is empty again after
 * a failure. As root everything is owned by the numbers that the image says; without, and where Java has no call for
 * it (devices, pipes, most extended attributes), {@link UnpackReport#differences} says what is not as the image says.
 *
 * <p>Immutable and safe to share. No other process may write to the folder while an image is unpacked to it.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/layer.md">image-spec, layer.md</a>
 */
public final class Unpacker {
    private final Path target;
    private final UnpackLimits limits;

    private Unpacker(Path target, UnpackLimits limits) {
        this.target = target;
        this.limits = limits;
    }

    /**
     * Starts with limits that no image in use needs more than: 64 GiB, 5 million entries, 1024 levels, and 300 bytes
     * for each compressed one.
     *
     * @param folder where the image goes: absent or empty
     * @return an unpacker
     */
    public static Unpacker into(Path folder) {
        return new Unpacker(folder, UnpackLimits.DEFAULT);
    }

    /**
     * Limits what comes out of the layers.
     *
     * @param bytes uncompressed bytes of all layers together, with the headers of their archives
     * @return an unpacker with this limit
     */
    public Unpacker maxBytes(long bytes) {
        return with(
                new UnpackLimits(positive("bytes", bytes), limits.maxEntries(), limits.maxRatio(), limits.maxDepth()));
    }

    /**
     * Limits the number of files, directories and links.
     *
     * @param entries entries of all layers together
     * @return an unpacker with this limit
     */
    public Unpacker maxEntries(long entries) {
        return with(new UnpackLimits(
                limits.maxBytes(), positive("entries", entries), limits.maxRatio(), limits.maxDepth()));
    }

    /**
     * Limits how much a layer may be compressed, which tells bombs from images. A layer of up to 256 MiB is never
     * refused for it.
     *
     * @param ratio uncompressed bytes for each compressed one
     * @return an unpacker with this limit
     */
    public Unpacker maxRatio(long ratio) {
        return with(
                new UnpackLimits(limits.maxBytes(), limits.maxEntries(), positive("ratio", ratio), limits.maxDepth()));
    }

    /**
     * Limits how deep directories may lie in each other.
     *
     * @param levels elements of a name
     * @return an unpacker with this limit
     */
    public Unpacker maxDepth(int levels) {
        return with(new UnpackLimits(
                limits.maxBytes(), limits.maxEntries(), limits.maxRatio(), (int) positive("levels", levels)));
    }

    private Unpacker with(UnpackLimits changed) {
        return new Unpacker(target, changed);
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
     * @throws dev.davit.oci.MalformedContentException if a layer breaks the rules of its formats, leads out of the
     *     folder, or goes beyond a limit
     * @throws dev.davit.oci.StorageException if the folder cannot be written, or is not empty
     * @throws dev.davit.oci.DavitException if a layer cannot be read
     * @throws IllegalStateException if a layer needs zstd and its library is not at hand
     */
    public UnpackReport unpack(Image image) {
        UnpackRoot root = UnpackRoot.prepare(target);
        try {
            Findings findings = new Unpacking(root, limits).run(image.layers());
            return new UnpackReport(
                    root.commit(), image.layers().size(), findings.entries(), findings.bytes(), findings.differences());
        } catch (RuntimeException | Error e) {
            root.abort(e);
            throw e;
        }
    }
}
