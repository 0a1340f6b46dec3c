package dev.davit.oci.content;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.davit.oci.Descriptor;
import dev.davit.oci.ImageConfig;
import dev.davit.oci.Index;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.Platform;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Map;

/** Puts small images into a store. */
final class Images {
    private Images() {}

    static Descriptor image(LocalStore store, Platform platform, String... layers) {
        ImageConfig config = ImageConfig.builder(platform).build();
        add(store, config.mediaType(), config.toBytes());
        Manifest.Builder manifest = Manifest.builder(config.descriptor());
        for (String layer : layers) {
            manifest.addLayer(add(store, MediaType.OCI_LAYER, layer.getBytes(UTF_8)));
        }
        return add(store, MediaType.OCI_MANIFEST, manifest.build().toBytes()).toBuilder()
                .platform(platform)
                .build();
    }

    static Descriptor index(LocalStore store, Descriptor... images) {
        return add(
                store,
                MediaType.OCI_INDEX,
                Index.builder().manifests(List.of(images)).build().toBytes());
    }

    static Descriptor referrer(LocalStore store, Descriptor subject, String what) {
        add(store, MediaType.OCI_EMPTY, new byte[] {'{', '}'});
        Manifest manifest = Manifest.builder(Descriptor.EMPTY)
                .artifactType("application/vnd.example." + what)
                .layers(List.of(add(store, MediaType.OCTET_STREAM, what.getBytes(UTF_8))))
                .subject(subject)
                .annotations(Map.of("what", what))
                .build();
        return add(store, MediaType.OCI_MANIFEST, manifest.toBytes());
    }

    private static Descriptor add(LocalStore store, MediaType type, byte[] bytes) {
        return store.ingest(type, new ByteArrayInputStream(bytes));
    }
}
