package dev.davit.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.ImageConfig;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.Platform;
import dev.davit.oci.content.Blob;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.TemporaryStore;
import dev.davit.oci.image.Image;
import dev.davit.oci.image.Layer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageBuilderTest {
    @TempDir
    Path folder;

    @Test
    void the_same_program_built_in_two_folders_at_two_times_is_the_same_image() throws IOException {
        Image first = build(program("one", Instant.parse("2001-02-03T04:05:06.789Z")), "out1");
        Image second = build(program("two", Instant.parse("2031-02-03T04:05:06Z")), "out2");

        assertThat(second.digest()).isEqualTo(first.digest());
        assertThat(second.manifest()).isEqualTo(first.manifest());
    }

    @Test
    void the_image_has_what_it_was_given() throws IOException {
        Image image = build(program("one", Instant.EPOCH), "out");

        assertThat(image.platform()).isEqualTo(Platform.LINUX_ARM64);
        assertThat(image.config().execution().entrypoint()).containsExactly("/app/run");
        assertThat(image.config().execution().user()).contains("65532");
        assertThat(image.config().created()).contains(Instant.EPOCH);
        assertThat(image.config().history()).singleElement().satisfies(step -> {
            assertThat(step.createdBy()).contains("davit layer app");
            assertThat(step.created()).contains(Instant.EPOCH);
        });
        Layer layer = image.layers().get(0);
        assertThat(layer.descriptor().mediaType()).isEqualTo(MediaType.OCI_LAYER_GZIP);
        try (InputStream in = new GZIPInputStream(layer.blob().open())) {
            assertThat(Digest.sha256(in.readAllBytes())).isEqualTo(layer.diffId());
        }
    }

    @Test
    void a_loaded_image_is_the_built_one() throws IOException {
        Image built = build(program("one", Instant.EPOCH), "out");
        OciLayout layout = OciLayout.open(folder.resolve("out"));
        layout.tag(built.descriptor(), "1.0");

        Image loaded = Image.load(layout, "1.0", Platform.LINUX_ARM64);

        assertThat(loaded.digest()).isEqualTo(built.digest());
        assertThat(loaded.config()).isEqualTo(built.config());
        assertThat(loaded.layers())
                .extracting(Layer::diffId)
                .isEqualTo(built.config().diffIds());
    }

    @Test
    void layers_of_a_base_are_neither_read_nor_moved() {
        try (TemporaryStore baseStore = LocalStore.temporary();
                TemporaryStore store = LocalStore.temporary()) {
            Layer unreadable = unreadable(baseStore);
            ImageConfig config = ImageConfig.builder(Platform.LINUX_AMD64)
                    .execution(c -> c.env("PATH", "/bin"))
                    .diffIds(List.of(unreadable.diffId()))
                    .build();
            Manifest manifest = Manifest.builder(config.descriptor())
                    .addLayer(unreadable.descriptor())
                    .build();
            Image base = Image.of(manifest, config, List.of(unreadable.blob()));

            Image image = ImageBuilder.from(base)
                    .layer(LayerSpec.named("top").emptyDirectory("/tmp", 01777))
                    .config(c -> c.env("HOME", "/root"))
                    .build(store);

            assertThat(image.layers()).hasSize(2);
            assertThat(image.layers().get(0).blob()).isSameAs(unreadable.blob());
            assertThat(image.config().execution().env()).containsExactly("PATH=/bin", "HOME=/root");
            assertThat(image.config().diffIds()).hasSize(2).startsWith(unreadable.diffId());
        }
    }

    @Test
    void an_image_on_a_docker_base_keeps_dockers_media_types() {
        try (TemporaryStore store = LocalStore.temporary()) {
            byte[] configBytes = ("{\"architecture\":\"amd64\",\"os\":\"linux\",\"docker_version\":\"1\","
                            + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}")
                    .getBytes(StandardCharsets.UTF_8);
            ImageConfig config = ImageConfig.parse(MediaType.DOCKER_CONFIG, configBytes);
            Manifest manifest = Manifest.builder(config.descriptor())
                    .mediaType(MediaType.DOCKER_MANIFEST)
                    .build();
            Image base = Image.of(manifest, config, List.of());

            Image image = ImageBuilder.from(base)
                    .layer(LayerSpec.named("a").file("a", new byte[0], 0644))
                    .build(store);

            assertThat(image.descriptor().mediaType()).isEqualTo(MediaType.DOCKER_MANIFEST);
            assertThat(image.manifest().config().mediaType()).isEqualTo(MediaType.DOCKER_CONFIG);
            assertThat(image.manifest().layers().get(0).mediaType()).isEqualTo(MediaType.DOCKER_LAYER_GZIP);
            assertThat(new String(image.config().toBytes(), StandardCharsets.UTF_8))
                    .contains("docker_version");
        }
    }

    @Test
    void compression_is_a_choice() {
        try (TemporaryStore store = LocalStore.temporary()) {
            LayerSpec spec = LayerSpec.named("a").file("a", new byte[10_000], 0644);
            Layer plain = spec.writeTo(store, Compression.NONE);
            Layer gzip = spec.writeTo(store, Compression.GZIP);
            Layer zstd = spec.writeTo(store, Compression.ZSTD);

            assertThat(plain.descriptor().digest()).isEqualTo(plain.diffId());
            assertThat(gzip.diffId()).isEqualTo(plain.diffId());
            assertThat(zstd.diffId()).isEqualTo(plain.diffId());
            assertThat(List.of(plain, gzip, zstd))
                    .extracting(layer -> layer.descriptor().mediaType())
                    .containsExactly(MediaType.OCI_LAYER, MediaType.OCI_LAYER_GZIP, MediaType.OCI_LAYER_ZSTD);
        }
    }

    @Test
    void the_date_is_a_choice() {
        try (TemporaryStore store = LocalStore.temporary()) {
            Instant time = Instant.parse("2026-01-02T03:04:05Z");

            Image image = ImageBuilder.scratch(Platform.LINUX_AMD64)
                    .layer(LayerSpec.named("a").file("a", new byte[0], 0644))
                    .created(time)
                    .build(store);

            assertThat(image.config().created()).contains(time);
            assertThat(image.config().history().get(0).created()).contains(time);
        }
    }

    private static Layer unreadable(TemporaryStore store) {
        Layer real = LayerSpec.named("base").file("base", new byte[1], 0644).writeTo(store, Compression.GZIP);
        Blob blob = new Blob() {
            @Override
            public Descriptor descriptor() {
                return real.descriptor();
            }

            @Override
            public InputStream open() {
                throw new AssertionError("the base is not to be read");
            }

            @Override
            public InputStream openRange(long from, long length) {
                return open();
            }
        };
        return new Layer(blob, real.diffId());
    }

    private Image build(Path program, String out) {
        OciLayout layout = OciLayout.at(folder.resolve(out));
        return ImageBuilder.scratch(Platform.LINUX_ARM64)
                .layer(LayerSpec.named("app").directory("/app", program).symlink("/bin/app", "../app/run"))
                .config(c -> c.entrypoint("/app/run").user("65532"))
                .build(layout);
    }

    private Path program(String name, Instant time) throws IOException {
        Path program = Files.createDirectories(folder.resolve(name));
        Files.createDirectories(program.resolve("lib/ä"));
        // in another order each time, since folders list in the order of their hash or history
        for (String file : name.equals("one") ? List.of("run", "a", "lib/b") : List.of("lib/b", "a", "run")) {
            Path path = Files.writeString(program.resolve(file), "content of " + file);
            Files.setLastModifiedTime(path, FileTime.from(time));
        }
        Files.setPosixFilePermissions(program.resolve("run"), PosixFilePermissions.fromString("rwx------"));
        Files.createSymbolicLink(program.resolve("lib/link"), Path.of("/nowhere/../x"));
        return program;
    }
}
