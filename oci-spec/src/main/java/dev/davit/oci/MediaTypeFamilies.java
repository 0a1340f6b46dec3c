package dev.davit.oci;

import java.util.Map;
import java.util.stream.Collectors;

/** Which types of OCI and of Docker name the same content. */
final class MediaTypeFamilies {
    static final Map<MediaType, MediaType> DOCKER_OF_OCI = Map.of(
            MediaType.OCI_MANIFEST, MediaType.DOCKER_MANIFEST,
            MediaType.OCI_INDEX, MediaType.DOCKER_MANIFEST_LIST,
            MediaType.OCI_CONFIG, MediaType.DOCKER_CONFIG,
            MediaType.OCI_LAYER, MediaType.DOCKER_LAYER,
            MediaType.OCI_LAYER_GZIP, MediaType.DOCKER_LAYER_GZIP,
            MediaType.OCI_LAYER_ZSTD, MediaType.DOCKER_LAYER_ZSTD,
            MediaType.OCI_FOREIGN_LAYER, MediaType.DOCKER_FOREIGN_LAYER,
            MediaType.OCI_FOREIGN_LAYER_GZIP, MediaType.DOCKER_FOREIGN_LAYER_GZIP);

    static final Map<MediaType, MediaType> OCI_OF_DOCKER = DOCKER_OF_OCI.entrySet().stream()
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getValue, Map.Entry::getKey));

    private MediaTypeFamilies() {}
}
