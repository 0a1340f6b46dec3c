package dev.davit.it.registry;

import dev.davit.image.ImageArchive;
import dev.davit.image.OciLayout;
import dev.davit.it.Parts;
import dev.davit.oci.content.ContentCache;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.MemoryStore;
import dev.davit.oci.content.Repository;
import dev.davit.oci.content.Source;
import dev.davit.oci.content.TemporaryStore;
import dev.davit.oci.image.Image;
import dev.davit.registry.RegistryClient;
import dev.davit.testkit.ContentStoreContract;
import dev.davit.testkit.EmbeddedRegistry;
import dev.davit.testkit.LocalStoreContract;
import dev.davit.testkit.RepositoryContract;
import dev.davit.testkit.SourceContract;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** Every store and every repository of Davit keeps the same promises. */
class StoreContractTest {
    @Nested
    class Temporary implements LocalStoreContract {
        private final TemporaryStore store = LocalStore.temporary();

        @Override
        public LocalStore emptyStore() {
            return store;
        }

        @AfterEach
        void close() {
            store.close();
        }
    }

    @Nested
    class Memory implements LocalStoreContract, RepositoryContract {
        @Override
        public MemoryStore emptyStore() {
            return LocalStore.inMemory(4_000_000);
        }
    }

    @Nested
    class Cache implements ContentStoreContract {
        @TempDir
        private Path folder;

        @Override
        public ContentCache emptyStore() {
            return ContentCache.at(folder.resolve("cache"), 4_000_000);
        }
    }

    @Nested
    class Layout implements LocalStoreContract, RepositoryContract {
        @TempDir
        private Path folder;

        @Override
        public OciLayout emptyStore() {
            return OciLayout.at(folder.resolve("layout"));
        }
    }

    @Nested
    class SharedLayout implements LocalStoreContract, RepositoryContract {
        @TempDir
        private Path folder;

        @Override
        public OciLayout emptyStore() {
            return OciLayout.at(folder.resolve("layout"), folder.resolve("blobs"));
        }
    }

    @Nested
    class Archive implements SourceContract {
        @TempDir
        private Path folder;

        private ImageArchive archive;

        @Override
        public Source sourceOf(Image image, String name) {
            Path file = folder.resolve("archive.tar");
            ImageArchive.writeOci(image, file, name);
            archive = ImageArchive.open(file);
            return archive;
        }

        @AfterEach
        void close() {
            archive.close();
        }
    }

    @Nested
    @TestInstance(Lifecycle.PER_CLASS)
    class InEmbeddedRegistry extends InRegistry {
        private final EmbeddedRegistry registry = EmbeddedRegistry.start();

        @Override
        String address() {
            return registry.address();
        }

        @AfterAll
        void stop() {
            registry.close();
        }
    }

    @Nested
    @TestInstance(Lifecycle.PER_CLASS)
    class InEmbeddedRegistryWithoutReferrers extends InRegistry {
        private final EmbeddedRegistry registry =
                EmbeddedRegistry.builder().withoutReferrers().start();

        @Override
        String address() {
            return registry.address();
        }

        @AfterAll
        void stop() {
            registry.close();
        }
    }

    /** Debian's registry has no list of referrers, and ignores conditions. */
    @Nested
    @TestInstance(Lifecycle.PER_CLASS)
    class InDockerRegistry extends InRegistry {
        private DockerRegistry registry;

        @BeforeAll
        void start(@TempDir Path folder) {
            Parts.require("docker-registry");
            registry = DockerRegistry.start(folder);
        }

        @Override
        String address() {
            return registry.address();
        }

        @AfterAll
        void stop() {
            if (registry != null) {
                registry.close();
            }
        }
    }

    abstract static class InRegistry implements RepositoryContract {
        private final RegistryClient client = RegistryClient.create();
        private final AtomicInteger repositories = new AtomicInteger();

        abstract String address();

        @Override
        public Repository emptyStore() {
            return client.repository(address() + "/acme/store" + repositories.incrementAndGet());
        }

        @AfterAll
        void closeClient() {
            client.close();
        }
    }
}
