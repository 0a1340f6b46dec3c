package dev.davit.it.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.oci.Descriptor;
import dev.davit.oci.ImageConfig;
import dev.davit.oci.Manifest;
import dev.davit.oci.Platform;
import dev.davit.oci.content.Copier;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.MemoryStore;
import dev.davit.oci.image.Image;
import dev.davit.registry.RegistryClient;
import dev.davit.registry.RemoteRepository;
import dev.davit.testkit.EmbeddedRegistry;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What refers to an image, where the registry does not keep the list of it. */
class ReferrersTest {
    private static final Image IMAGE = image();

    private static Image image() {
        ImageConfig config = ImageConfig.builder(Platform.LINUX_AMD64).build();
        return Image.of(Manifest.builder(config.descriptor()).build(), config, List.of());
    }

    @Test
    void of_clients_that_attach_something_at_the_same_time_none_loses_it() throws Exception {
        int clients = 3;
        int each = 4;
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        try (EmbeddedRegistry registry =
                EmbeddedRegistry.builder().withoutReferrers().start()) {
            String name = registry.address() + "/acme/server";
            List<Future<?>> attaching = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                int own = i;
                attaching.add(threads.submit(() -> {
                    try (RegistryClient client = RegistryClient.create()) {
                        for (int j = 0; j < each; j++) {
                            attach(client.repository(name), "application/vnd.example.n" + own + "-" + j);
                        }
                    }
                }));
            }
            for (Future<?> done : attaching) {
                done.get();
            }

            try (RegistryClient client = RegistryClient.create()) {
                assertThat(client.repository(name).referrers(IMAGE.digest()))
                        .hasSize(clients * each)
                        .extracting(Descriptor::digest)
                        .doesNotHaveDuplicates();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void attach(RemoteRepository repository, String type) {
        MemoryStore store = LocalStore.inMemory(10_000);
        Manifest manifest = Manifest.builder(Descriptor.EMPTY)
                .artifactType(type)
                .subject(IMAGE.descriptor())
                .build();
        store.ingest(Descriptor.EMPTY.mediaType(), new ByteArrayInputStream(new byte[] {'{', '}'}));
        Descriptor root = store.ingest(manifest.mediaType(), new ByteArrayInputStream(manifest.toBytes()));
        Copier.create().copy(store, root, repository);
    }
}
