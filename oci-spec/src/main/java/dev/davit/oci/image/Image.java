package dev.davit.oci.image;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.ImageConfig;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.Manifest;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.Platform;
import dev.davit.oci.content.Blob;
import dev.davit.oci.content.ContentSource;
import dev.davit.oci.content.Source;
import dev.davit.oci.internal.ByteBlob;
import dev.davit.oci.internal.Text;
import java.util.ArrayList;
import java.util.List;

/**
 * An image of one platform: manifest and configuration are loaded, layers are at hand. No getter does any I/O; only
 * opening the blob of a layer does, and works as long as the store or registry that the image came from is open.
 *
 * <p>Immutable and safe to share.
 */
public final class Image {
    private final Descriptor descriptor;
    private final Manifest manifest;
    private final ImageConfig config;
    private final List<Layer> layers;

    private Image(Descriptor descriptor, Manifest manifest, ImageConfig config, List<Layer> layers) {
        this.descriptor = descriptor;
        this.manifest = manifest;
        this.config = config;
        this.layers = layers;
    }

    /**
     * Loads the image of a name. If the name stands for an index, the image of the platform is taken.
     *
     * @param source where it is
     * @param name its name or digest there
     * @param platform the platform wanted; an image that is not in an index is taken whatever its platform
     * @return the image
     * @throws NotFoundException if there is no such name, or no image for the platform
     * @throws MalformedContentException if a document breaks its rules
     */
    public static Image load(Source source, String name, Platform platform) {
        return load(source, ImageIndex.select(source, source.resolve(name), platform));
    }

    /**
     * Loads the image of a manifest.
     *
     * @param source where it is
     * @param manifest descriptor of an image manifest
     * @return the image
     * @throws NotFoundException if a document is missing
     * @throws MalformedContentException if a document breaks its rules, or it is no manifest of an image
     */
    public static Image load(ContentSource source, Descriptor manifest) {
        Manifest parsed = Manifest.parse(manifest.mediaType(), source.fetch(manifest));
        Descriptor configDescriptor = parsed.config();
        ImageConfig config = ImageConfig.parse(configDescriptor.mediaType(), source.fetch(configDescriptor));
        List<Blob> blobs = parsed.layers().stream().map(source::blob).toList();
        return of(manifest, parsed, config, blobs);
    }

    /**
     * Puts an image together from its parts.
     *
     * @param manifest the manifest
     * @param config the configuration it names
     * @param layers the layers it names, in its order
     * @return the image
     * @throws MalformedContentException if the parts do not belong together
     * @throws dev.davit.oci.IntegrityException if the manifest names the configuration by a digest that cannot be verified
     */
    public static Image of(Manifest manifest, ImageConfig config, List<Blob> layers) {
        Digest id = manifest.config().digest();
        if (!id.matches(config.toBytes())) {
            throw new MalformedContentException(
                    "image " + manifest.digest() + ": expected the config " + id + ", got " + config.digest());
        }
        List<Digest> named = manifest.layers().stream().map(Descriptor::digest).toList();
        List<Digest> given =
                layers.stream().map(layer -> layer.descriptor().digest()).toList();
        if (!given.equals(named)) {
            throw new MalformedContentException("image " + manifest.digest() + ": expected the " + named.size()
                    + " layers that the manifest names, got other ones: " + Text.plain(given.toString()));
        }
        return of(manifest.descriptor(), manifest, config, layers);
    }

    private static Image of(Descriptor descriptor, Manifest manifest, ImageConfig config, List<Blob> blobs) {
        List<Digest> diffIds = config.diffIds();
        if (diffIds.size() != blobs.size()) {
            throw new MalformedContentException("image " + descriptor.digest() + ": expected a diff_id for each of "
                    + blobs.size() + " layers, got " + diffIds.size());
        }
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < blobs.size(); i++) {
            layers.add(new Layer(blobs.get(i), diffIds.get(i)));
        }
        return new Image(descriptor, manifest, config, List.copyOf(layers));
    }

    /** {@return the descriptor of the manifest} */
    public Descriptor descriptor() {
        return descriptor;
    }

    /** {@return the digest of the manifest} */
    public Digest digest() {
        return descriptor.digest();
    }

    /** {@return the image ID: the digest of the configuration} */
    public Digest id() {
        return manifest.config().digest();
    }

    /** {@return the manifest} */
    public Manifest manifest() {
        return manifest;
    }

    /** {@return the configuration} */
    public ImageConfig config() {
        return config;
    }

    /** {@return what the image runs on} */
    public Platform platform() {
        return config.platform();
    }

    /** {@return the layers, lowest first} */
    public List<Layer> layers() {
        return layers;
    }

    /** {@return everything the image consists of, by descriptor: for copying it} */
    public ContentSource content() {
        return this::part;
    }

    private Blob part(Descriptor wanted) {
        if (wanted.digest().equals(descriptor.digest())) {
            return new ByteBlob(descriptor, manifest.toBytes());
        }
        if (wanted.digest().equals(manifest.config().digest())) {
            return new ByteBlob(manifest.config(), config.toBytes());
        }
        for (Layer layer : layers) {
            if (layer.descriptor().digest().equals(wanted.digest())) {
                return layer.blob();
            }
        }
        throw new NotFoundException(wanted + " is no part of image " + descriptor.digest());
    }

    /** {@return platform and digest in one line} */
    @Override
    public String toString() {
        return "image " + descriptor.digest() + " for " + platform();
    }
}
