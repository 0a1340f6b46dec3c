package dev.davit.image.internal;

import dev.davit.image.Compression;
import dev.davit.oci.MediaType;

/** The media types of layers, in both families. */
public final class LayerTypes {
    private static final MediaType DOCKER_LAYER = new MediaType("application/vnd.docker.image.rootfs.diff.tar");
    private static final MediaType DOCKER_LAYER_ZSTD =
            new MediaType("application/vnd.docker.image.rootfs.diff.tar.zstd");

    private LayerTypes() {}

    /** {@return the media type of a layer, as Docker or as OCI names it} */
    public static MediaType of(Compression compression, boolean docker) {
        return switch (compression) {
            case NONE -> docker ? DOCKER_LAYER : MediaType.OCI_LAYER;
            case GZIP -> docker ? MediaType.DOCKER_LAYER_GZIP : MediaType.OCI_LAYER_GZIP;
            case ZSTD -> docker ? DOCKER_LAYER_ZSTD : MediaType.OCI_LAYER_ZSTD;
        };
    }
}
