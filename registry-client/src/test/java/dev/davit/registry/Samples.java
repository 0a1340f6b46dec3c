package dev.davit.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.ImageConfig;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.Platform;
import dev.davit.oci.content.Blob;
import dev.davit.oci.internal.ByteBlob;
import dev.davit.registry.FakeServer.Answer;
import java.time.Duration;
import java.util.List;

/** A small image, and a client that is as impatient as a test. */
final class Samples {
    static final byte[] LAYER = "this stands for a layer of an image".getBytes(UTF_8);
    static final Descriptor LAYER_DESCRIPTOR = Descriptor.of(MediaType.OCI_LAYER, LAYER);
    static final ImageConfig CONFIG = ImageConfig.builder(Platform.LINUX_AMD64)
            .diffIds(List.of(Digest.sha256(LAYER)))
            .build();
    static final Manifest MANIFEST =
            Manifest.builder(CONFIG.descriptor()).addLayer(LAYER_DESCRIPTOR).build();

    private Samples() {}

    static RegistryClient.Builder client() {
        return RegistryClient.builder().retries(3, Duration.ofMillis(4), Duration.ofMillis(200));
    }

    static Blob layer() {
        return new ByteBlob(LAYER_DESCRIPTOR, LAYER);
    }

    /** The manifest as a good registry serves it. */
    static Answer manifest() {
        return Answer.of(200)
                .header("Content-Type", MediaType.OCI_MANIFEST.value())
                .header("Docker-Content-Digest", MANIFEST.digest().toString())
                .body(MANIFEST.toBytes());
    }

    static Answer error(int status, String code, String message) {
        return Answer.json(status, "{\"errors\":[{\"code\":\"" + code + "\",\"message\":\"" + message + "\"}]}");
    }
}
