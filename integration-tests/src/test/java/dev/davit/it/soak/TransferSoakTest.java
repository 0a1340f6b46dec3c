package dev.davit.it.soak;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.image.OciLayout;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.ImageConfig;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.Platform;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.TemporaryStore;
import dev.davit.oci.image.Image;
import dev.davit.registry.RegistryClient;
import dev.davit.testkit.EmbeddedRegistry;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("soak")
class TransferSoakTest {
    private static final long TEN_GIGABYTES = 10_000_000_000L;

    @TempDir
    private Path work;

    @Test
    void a_layer_of_ten_gigabytes_travels_through_a_registry() {
        try (EmbeddedRegistry server = EmbeddedRegistry.start();
                RegistryClient registry = RegistryClient.create()) {
            String reference = server.address() + "/soak/large:1";
            Digest pushed;
            try (TemporaryStore store = LocalStore.temporary()) {
                Image image = image(store, new Numbers(TEN_GIGABYTES));
                registry.push(image, reference);
                pushed = image.digest();
            }

            Image pulled = registry.pull(reference, Platform.LINUX_AMD64, OciLayout.at(work.resolve("layout")));

            assertThat(pulled.digest()).isEqualTo(pushed);
            assertThat(pulled.layers().get(0).descriptor().size()).isEqualTo(TEN_GIGABYTES);
        }
    }

    @Test
    void a_thousand_images_leave_no_thread_behind() throws InterruptedException {
        int before = Thread.activeCount();
        try (EmbeddedRegistry server = EmbeddedRegistry.start();
                TemporaryStore store = LocalStore.temporary()) {
            OciLayout layout = OciLayout.at(work.resolve("layout"));
            for (int i = 0; i < 1000; i++) {
                String reference = server.address() + "/soak/small:" + i;
                try (RegistryClient registry = RegistryClient.create()) {
                    Image image = image(store, new ByteArrayInputStream(("layer " + i).getBytes(UTF_8)));
                    registry.push(image, reference);
                    assertThat(registry.pull(reference, Platform.LINUX_AMD64, layout)
                                    .digest())
                            .isEqualTo(image.digest());
                }
            }
            assertThat(layout.tags()).hasSize(1000);
        }
        for (int i = 0; i < 100 && Thread.activeCount() > before + 5; i++) {
            Thread.sleep(1000); // threads of a pool end a while after their last work
        }
        assertThat(Thread.activeCount()).isLessThanOrEqualTo(before + 5);
    }

    private static Image image(LocalStore store, InputStream content) {
        Descriptor layer = store.ingest(MediaType.OCI_LAYER, content);
        ImageConfig config = ImageConfig.builder(Platform.LINUX_AMD64)
                .diffIds(List.of(layer.digest()))
                .build();
        Manifest manifest =
                Manifest.builder(config.descriptor()).addLayer(layer).build();
        return Image.of(manifest, config, List.of(store.blob(layer)));
    }

    /** Bytes that do not repeat soon. */
    private static final class Numbers extends InputStream {
        private long left;
        private long state = 1;

        Numbers(long length) {
            this.left = length;
        }

        @Override
        public int read() {
            if (left == 0) {
                return -1;
            }
            left--;
            state = state * 6364136223846793005L + 1442695040888963407L;
            return (int) (state >>> 56);
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (left == 0 && length > 0) {
                return -1;
            }
            int n = (int) Math.min(length, left);
            for (int i = 0; i < n; i++) {
                target[offset + i] = (byte) read();
            }
            return n;
        }
    }
}
