package dev.davit.image.internal.convert;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.content.Blob;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.image.Image;
import dev.davit.oci.internal.ByteBlob;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Converts one image. */
public final class ConvertedImage {
    private ConvertedImage() {}

    /** {@return the image as it is wanted; the same one if it is so already} */
    public static Image of(Image image, Target target, LocalStore store) {
        return of(image, target, store, new LayerConversion(target, store));
    }

    static Image of(Image image, Target target, LocalStore store, LayerConversion layers) {
        List<Blob> blobs = new ArrayList<>();
        Manifest before = image.manifest();
        for (int i = 0; i < image.layers().size(); i++) {
            blobs.add(layers.convert(image.layers().get(i), before.layers().get(i)));
        }
        Descriptor config = before.config();
        MediaType configType = target.type(config.mediaType());
        if (!configType.equals(config.mediaType())) {
            config = config.toBuilder().mediaType(configType).build();
        }
        Manifest.Builder after = before.toBuilder();
        MediaType type = target.type(before.mediaType());
        if (!type.equals(before.mediaType())) {
            after.mediaType(type);
            if (type.isDocker()) {
                after.annotations(Map.of()).artifactType(null).subject(null);
            }
        }
        if (!config.equals(before.config())) {
            after.config(config);
        }
        List<Descriptor> descriptors = blobs.stream().map(Blob::descriptor).toList();
        if (!descriptors.equals(before.layers())) {
            after.layers(descriptors);
        }
        Manifest manifest = after.build();
        if (manifest.digest().equals(before.digest())) {
            return image;
        }
        store.put(new ByteBlob(config, image.config().toBytes()));
        store.put(new ByteBlob(manifest.descriptor(), manifest.toBytes()));
        return Image.of(manifest, image.config(), blobs);
    }
}
