package dev.davit.image.internal;

import dev.davit.image.Compression;
import dev.davit.oci.MediaType;

/** The media types of layers, in both families. */
public final class LayerTypes {
    private LayerTypes() {}

    /** {@return the media type of a layer, as Docker or as OCI names it} */
    public static MediaType of(Compression compression, boolean docker) {
        return switch (compression) {
            case NONE -> docker ? MediaType.DOCKER_LAYER : MediaType.OCI_LAYER;
            case GZIP -> docker ? MediaType.DOCKER_LAYER_GZIP : MediaType.OCI_LAYER_GZIP;
            case ZSTD -> docker ? MediaType.DOCKER_LAYER_ZSTD : MediaType.OCI_LAYER_ZSTD;
        };
    }

    /** {@return whether a layer that is compressed like this may have the media type; unknown types agree with all} */
    public static boolean agrees(String type, Compression compression) {
        return switch (compression) {
            case NONE -> !type.endsWith("gzip") && !type.endsWith("zstd");
            case GZIP -> !type.endsWith(".tar") && !type.endsWith("zstd");
            case ZSTD -> !type.endsWith(".tar") && !type.endsWith("gzip");
        };
    }
}
