package dev.davit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.ImageConfig;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.Platform;
import dev.davit.oci.content.Blob;
import dev.davit.oci.image.Image;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Content for the contract suites. */
final class Samples {
    private static final byte[] LAYER = bytes(200_000, 1);

    private Samples() {}

    static byte[] bytes(int length, int seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static Blob blob(byte[] content) {
        return blob(Descriptor.of(MediaType.OCTET_STREAM, content), () -> new ByteArrayInputStream(content));
    }

    /** A blob that delivers something, whatever it is said to be, and verifies nothing itself. */
    static Blob blob(Descriptor descriptor, Supplier<InputStream> content) {
        return new Blob() {
            @Override
            public Descriptor descriptor() {
                return descriptor;
            }

            @Override
            public InputStream open() {
                return content.get();
            }

            @Override
            public InputStream openRange(long from, long length) {
                throw new UnsupportedOperationException("nobody needs ranges of what is put");
            }
        };
    }

    /** An image of one layer, which nothing can unpack. */
    static Image image() {
        ImageConfig config = ImageConfig.builder(Platform.LINUX_AMD64)
                .diffIds(List.of(Digest.sha256(LAYER)))
                .build();
        Blob layer = blob(Descriptor.of(MediaType.OCI_LAYER, LAYER), () -> new ByteArrayInputStream(LAYER));
        Manifest manifest = Manifest.builder(config.descriptor())
                .addLayer(layer.descriptor())
                .build();
        return Image.of(manifest, config, List.of(layer));
    }

    /** An artifact of no layers that refers to something. */
    static Manifest referrer(Descriptor subject, String type) {
        return Manifest.builder(Descriptor.EMPTY)
                .artifactType(type)
                .layers(List.of(Descriptor.EMPTY))
                .subject(subject)
                .annotations(java.util.Map.of("org.example.kind", type))
                .build();
    }

    static Blob blob(Manifest manifest) {
        return blob(manifest.descriptor(), () -> new ByteArrayInputStream(manifest.toBytes()));
    }

    static void assertHolds(Blob blob, byte[] content) throws IOException {
        try (InputStream in = blob.open()) {
            assertThat(in.readAllBytes()).isEqualTo(content);
        }
    }
}
