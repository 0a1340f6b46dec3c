package dev.davit.image;

import dev.davit.image.internal.convert.ConvertedImage;
import dev.davit.image.internal.convert.ConvertedIndex;
import dev.davit.image.internal.convert.Target;
import dev.davit.oci.Descriptor;
import dev.davit.oci.content.ContentSource;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.image.Image;
import java.util.List;

/**
 * Makes of an image one that is stored in another way: compressed differently, or as Docker's documents instead of those of
 * OCI, or the other way round. What a container sees stays the same, and so do the configuration, the image ID, the diffIDs
 * and the history; each layer that is read for it is verified. The manifest gets another digest, so signatures of it do not
 * hold for the new one.
 *
 * <ul>
 *   <li>What is as it is wanted already, by its media type, is not read, and stays where it is; so do foreign layers and
 *       layers of types that Davit does not know.
 *   <li>Annotations of manifests, members that Davit does not know, and annotations of layers are kept; but of a layer that
 *       is compressed anew those about its old bytes go: indexes of zstd:chunked and eStargz, {@code urls}, {@code data}.
 *   <li>Docker's documents have no annotations, no {@code subject} and no {@code artifactType}: these go. They have no zstd
 *       either: such layers become gzip.
 * </ul>
 *
 * <p>The same conversion of the same image gives the same bytes, as far as {@link Compression} does. Immutable and safe to
 * share.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/media-types.md#compatibility-matrix">image-spec,
 *     compatibility matrix</a>
 */
public final class ImageConverter {
    private final Target target;

    private ImageConverter(Target target) {
        this.target = target;
    }

    /** {@return a converter that leaves everything as it is} */
    public static ImageConverter create() {
        return new ImageConverter(new Target(null, 0, null));
    }

    /**
     * Compresses layers that are not compressed like this yet.
     *
     * @param kind how
     * @return a converter that does
     */
    public ImageConverter compression(Compression kind) {
        return compression(kind, kind.defaultLevel());
    }

    /**
     * Compresses layers that are not compressed like this yet, whatever the level of those that are.
     *
     * @param kind how
     * @param level how hard, see {@link Compression#maxLevel}
     * @return a converter that does
     * @throws IllegalArgumentException if the compression has no such level, or the documents are to be Docker's, which
     *     have no zstd
     */
    public ImageConverter compression(Compression kind, int level) {
        kind.requireLevel(level);
        return new ImageConverter(new Target(kind, level, target.docker()));
    }

    /** {@return a converter that makes Docker's documents those of OCI} */
    public ImageConverter toOci() {
        return new ImageConverter(new Target(target.compression(), target.level(), false));
    }

    /**
     * {@return a converter that makes documents of OCI those of Docker, which tools from before OCI understand}
     *
     * @throws IllegalArgumentException if layers are to be compressed with zstd, which Docker's documents do not have
     */
    public ImageConverter toDocker() {
        return new ImageConverter(new Target(target.compression(), target.level(), true));
    }

    /**
     * Converts an image.
     *
     * @param image the image
     * @param store where new documents and layers go
     * @return the new image, whose other layers are still where they were; the same one if there is nothing to do
     * @throws dev.davit.oci.IntegrityException if a layer is not what its digest or diffID names
     * @throws dev.davit.oci.MalformedContentException if a layer that has to be compressed is neither plain nor compressed
     *     with gzip or zstd
     * @throws dev.davit.oci.DavitException if it cannot be read or written
     * @throws IllegalStateException if it takes zstd and its library is not at hand
     */
    public Image convert(Image image, LocalStore store) {
        return ConvertedImage.of(image, target, store);
    }

    /**
     * Converts an image, or each image of an index. Other things in an index, such as a bill of materials, stay as they are;
     * but what says that it is about an image, as attestations of BuildKit do, is left out if that image becomes another.
     *
     * @param source where everything is
     * @param root the manifest or index
     * @param store where new documents and layers go
     * @return what came of it
     * @throws dev.davit.oci.DavitException as {@link #convert(Image, LocalStore)}
     */
    public Conversion convert(ContentSource source, Descriptor root, LocalStore store) {
        return new ConvertedIndex(source, target, store).of(root);
    }

    /**
     * What came of converting an index or a manifest.
     *
     * @param root the new manifest or index
     * @param content where everything is that it consists of
     * @param leftOut what was about images that are other ones now
     */
    public record Conversion(Descriptor root, ContentSource content, List<Descriptor> leftOut) {
        public Conversion {
            leftOut = List.copyOf(leftOut);
        }
    }
}
