package dev.davit.it.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.image.OciLayout;
import dev.davit.it.Parts;
import dev.davit.oci.Descriptor;
import dev.davit.oci.ImageConfig;
import dev.davit.oci.Manifest;
import dev.davit.oci.Platform;
import dev.davit.oci.content.ContentStore;
import dev.davit.oci.content.Copier;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.MemoryStore;
import dev.davit.oci.content.Source;
import dev.davit.oci.image.Image;
import dev.davit.registry.RegistryClient;
import dev.davit.registry.RemoteRepository;
import dev.davit.testkit.EmbeddedRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
                            attach(
                                    client.repository(name),
                                    IMAGE.descriptor(),
                                    "application/vnd.example.n" + own + "-" + j);
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

    @Test
    void signatures_travel_between_layouts_and_registries_of_all_kinds(@TempDir Path folder) throws IOException {
        Parts.require("docker-registry");
        OciLayout first = OciLayout.at(folder.resolve("first"));
        Descriptor root = Copier.create().copy(IMAGE, first, "1.0");
        attach(first, root, "application/vnd.example.signature");
        Descriptor signature = first.referrers(root.digest()).get(0);
        attach(first, signature, "application/vnd.example.stamp");
        Copier.create().copy(IMAGE, first, "sha256-" + root.digest().encoded() + ".sig");
        OciLayout last = OciLayout.at(folder.resolve("last"));
        Copier copier = Copier.builder().includeReferrers(true).build();
        try (EmbeddedRegistry lists = EmbeddedRegistry.start();
                EmbeddedRegistry lists10 =
                        EmbeddedRegistry.builder().withoutReferrers().start();
                DockerRegistry docker = DockerRegistry.start(Files.createDirectory(folder.resolve("docker")));
                RegistryClient client = RegistryClient.create()) {
            Source from = first;
            for (String address : List.of(lists.address(), docker.address(), lists10.address())) {
                RemoteRepository to = client.repository(address + "/acme/server");
                copier.copy(from, "1.0", to, "1.0");
                from = to;
            }
            copier.copy(from, "1.0", last, "1.0");
            // a tag of cosign has to come along, and the tags under which lists are kept must not
            assertThat(last.tags()).isEqualTo(first.tags());
        }

        assertThat(last.referrers(root.digest())).isEqualTo(first.referrers(root.digest()));
        assertThat(last.referrers(signature.digest()))
                .isEqualTo(first.referrers(signature.digest()))
                .hasSize(1);
        assertThat(last.verify().isValid()).isTrue();
    }

    private static void attach(ContentStore repository, Descriptor subject, String type) {
        MemoryStore store = LocalStore.inMemory(10_000);
        Manifest manifest = Manifest.builder(Descriptor.EMPTY)
                .artifactType(type)
                .subject(subject)
                .build();
        store.ingest(Descriptor.EMPTY.mediaType(), new ByteArrayInputStream(new byte[] {'{', '}'}));
        Descriptor root = store.ingest(manifest.mediaType(), new ByteArrayInputStream(manifest.toBytes()));
        Copier.create().copy(store, root, repository);
    }
}
