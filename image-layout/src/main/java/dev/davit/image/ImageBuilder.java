package dev.davit.image;

import dev.davit.image.internal.SourceDate;
import dev.davit.oci.ExecutionConfig;
import dev.davit.oci.History;
import dev.davit.oci.ImageConfig;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.Platform;
import dev.davit.oci.content.Blob;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.image.Image;
import dev.davit.oci.image.Layer;
import dev.davit.oci.internal.ByteBlob;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Builds an image, from scratch or on top of another one. The same layers and settings give the same image, byte for
 * byte, wherever and whenever it is built: it is dated by the environment variable {@code SOURCE_DATE_EPOCH}, else
 * 1970-01-01, unless {@link #created} says otherwise.
 *
 * <p>An image on a base of Docker's media types keeps to those. For one thread; may be used to build several times.
 */
public final class ImageBuilder {
    private final @Nullable Image base;
    private final ImageConfig.Builder config;
    private final List<LayerSpec> layers = new ArrayList<>();
    private Compression compression = Compression.GZIP;
    private int level = compression.defaultLevel();
    private @Nullable Instant created;

    private ImageBuilder(@Nullable Image base, ImageConfig.Builder config) {
        this.base = base;
        this.config = config;
    }

    /**
     * Starts an image without layers.
     *
     * @param platform what it runs on
     * @return a builder
     */
    public static ImageBuilder scratch(Platform platform) {
        return new ImageBuilder(null, ImageConfig.builder(platform));
    }

    /**
     * Starts with everything another image has: layers, configuration, history. Its layers are not read, and stay where
     * they are.
     *
     * @param base the image below
     * @return a builder
     */
    public static ImageBuilder from(Image base) {
        return new ImageBuilder(base, base.config().toBuilder());
    }

    /**
     * Adds a layer on top.
     *
     * @param layer what goes into it
     * @return this builder
     */
    public ImageBuilder layer(LayerSpec layer) {
        layers.add(layer);
        return this;
    }

    /**
     * Edits how to run a container of the image.
     *
     * @param edit gets the settings so far: at first those of the base
     * @return this builder
     */
    public ImageBuilder config(Consumer<ExecutionConfig.Builder> edit) {
        config.execution(edit);
        return this;
    }

    /**
     * Sets who made the image.
     *
     * @param author name and address, or null for nobody
     * @return this builder
     */
    public ImageBuilder author(@Nullable String author) {
        config.author(author);
        return this;
    }

    /**
     * Sets how the added layers are compressed: with gzip unless this is called.
     *
     * @param kind how
     * @return this builder
     */
    public ImageBuilder compression(Compression kind) {
        return compression(kind, kind.defaultLevel());
    }

    /**
     * Sets how the added layers are compressed, and how hard.
     *
     * @param kind how
     * @param level how hard, see {@link Compression#maxLevel}
     * @return this builder
     * @throws IllegalArgumentException if the compression has no such level
     */
    public ImageBuilder compression(Compression kind, int level) {
        kind.requireLevel(level);
        this.compression = kind;
        this.level = level;
        return this;
    }

    /**
     * Dates the image. Entries of layers are not dated by this.
     *
     * @param time when the image was made
     * @return this builder
     */
    public ImageBuilder created(Instant time) {
        this.created = time;
        return this;
    }

    /**
     * Builds the image: writes the added layers, the configuration and the manifest into a store, which then has
     * everything but the layers of the base.
     *
     * @param store where it goes
     * @return the image, of all layers; readable while the store and the source of the base are
     * @throws IllegalArgumentException if two entries of a layer have the same path
     * @throws dev.davit.oci.StorageException if a file cannot be read, or the store cannot be written
     */
    public Image build(LocalStore store) {
        boolean docker = base != null && base.manifest().mediaType().equals(MediaType.DOCKER_MANIFEST);
        Instant time = created != null ? created : SourceDate.get();
        List<Layer> all = new ArrayList<>(base == null ? List.of() : base.layers());
        List<History> history =
                new ArrayList<>(base == null ? List.of() : base.config().history());
        for (LayerSpec layer : layers) {
            all.add(layer.writeTo(store, compression, level, docker));
            history.add(History.of(time, "davit layer " + layer.name()));
        }
        ImageConfig finished = config.created(time)
                .diffIds(all.stream().map(Layer::diffId).toList())
                .history(history)
                .build();
        Manifest manifest = Manifest.builder(finished.descriptor())
                .mediaType(docker ? MediaType.DOCKER_MANIFEST : MediaType.OCI_MANIFEST)
                .layers(all.stream().map(Layer::descriptor).toList())
                .build();
        store.put(new ByteBlob(finished.descriptor(), finished.toBytes()));
        store.put(new ByteBlob(manifest.descriptor(), manifest.toBytes()));
        List<Blob> blobs = all.stream().map(Layer::blob).toList();
        return Image.of(manifest, finished, blobs);
    }
}
