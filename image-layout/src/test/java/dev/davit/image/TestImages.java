package dev.davit.image;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.ImageConfig;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.Platform;
import dev.davit.oci.content.Blob;
import dev.davit.oci.image.Image;
import dev.davit.oci.internal.ByteBlob;
import java.util.ArrayList;
import java.util.List;

/** Images in memory, from the bytes of their layers. */
public final class TestImages {
    private TestImages() {}

    /** An image whose layers are these tar archives, uncompressed. */
    public static Image of(List<byte[]> archives) {
        return of(archives, archives, MediaType.OCI_LAYER);
    }

    /** An image whose layers are stored in some form. */
    public static Image of(List<byte[]> stored, List<byte[]> archives, MediaType type) {
        List<Blob> blobs = new ArrayList<>();
        for (byte[] layer : stored) {
            blobs.add(new ByteBlob(Descriptor.of(type, layer), layer));
        }
        return of(blobs, archives.stream().map(Digest::sha256).toList());
    }

    public static Image of(List<Blob> blobs, List<Digest> diffIds) {
        ImageConfig config =
                ImageConfig.builder(Platform.LINUX_AMD64).diffIds(diffIds).build();
        Manifest manifest = Manifest.builder(config.descriptor())
                .layers(blobs.stream().map(Blob::descriptor).toList())
                .build();
        return Image.of(manifest, config, blobs);
    }
}
