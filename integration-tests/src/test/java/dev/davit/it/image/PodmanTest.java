package dev.davit.it.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.image.ArchiveSpec;
import dev.davit.image.Compression;
import dev.davit.image.ImageArchive;
import dev.davit.image.ImageBuilder;
import dev.davit.image.ImageConverter;
import dev.davit.image.ImageValidator;
import dev.davit.image.LayerSpec;
import dev.davit.image.OciLayout;
import dev.davit.it.Command;
import dev.davit.it.Parts;
import dev.davit.oci.Platform;
import dev.davit.oci.content.Source;
import dev.davit.oci.image.Image;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** podman loads what Davit writes, and Davit reads what podman saves: all forms, several images, through pipes. */
class PodmanTest {
    @TempDir
    Path folder;

    private OciLayout layout;
    private Image ours;
    private Image other;

    @BeforeEach
    void images() {
        Parts.requireRoot();
        Parts.require("podman");
        layout = OciLayout.at(folder.resolve("layout"));
        ours = ImageBuilder.scratch(Platform.host())
                .layer(LayerSpec.named("one").file("/one", "one".getBytes(StandardCharsets.UTF_8), 0644))
                .layer(LayerSpec.named("two").file("/two", new byte[100_000], 0755))
                .config(config -> config.entrypoint("/two").env("A", "b"))
                .build(layout);
        other = ImageBuilder.from(ours)
                .layer(LayerSpec.named("three").file("/three", "three".getBytes(StandardCharsets.UTF_8), 0600))
                .build(layout);
    }

    @AfterEach
    void storage() {
        podman("podman rmi --all --force > rmi.log");
    }

    @Test
    void podman_loads_what_davit_writes() throws IOException {
        Image zstd = ImageConverter.create().compression(Compression.ZSTD).convert(ours, layout);
        Image docker = ImageConverter.create().toDocker().convert(ours, layout);
        ArchiveSpec.empty()
                .add(ours, "test.local/ours:1", "test.local/ours:latest")
                .add(other, "test.local/other:1")
                .writeDocker(folder.resolve("several.tar"));
        ArchiveSpec.empty().add(other, "test.local/oci:1").writeOci(folder.resolve("oci.tar"));
        ArchiveSpec.empty().add(zstd, "test.local/zstd:1").writeOci(folder.resolve("zstd.tar"));
        ArchiveSpec.empty().add(docker, "test.local/docker:1").writeDocker(folder.resolve("docker.tar"));

        String ids = podman("""
                cat several.tar | podman load --quiet > load.log
                for form in oci zstd docker; do podman load --quiet --input $form.tar >> load.log; done
                podman image inspect --format '{{.Id}}' test.local/ours:1 test.local/ours:latest test.local/other:1 \\
                    test.local/oci:1 test.local/zstd:1 test.local/docker:1
                """);

        assertThat(ids.lines().map(id -> "sha256:" + id))
                .containsExactly(
                        ours.id().toString(),
                        ours.id().toString(),
                        other.id().toString(),
                        other.id().toString(),
                        zstd.id().toString(),
                        docker.id().toString());
    }

    @Test
    void davit_reads_what_podman_saves() throws IOException {
        ArchiveSpec.empty()
                .add(ours, "test.local/ours:1")
                .add(other, "test.local/other:1")
                .writeDocker(folder.resolve("several.tar"));
        podman("""
                podman load --quiet --input several.tar > load.log
                podman save --quiet --format docker-archive --multi-image-archive test.local/ours:1 test.local/other:1 \\
                    | cat > docker.tar
                podman save --quiet --format oci-archive test.local/ours:1 | cat > oci.tar
                podman save --quiet --format oci-dir --output oci test.local/other:1
                """);

        try (InputStream pipe = Files.newInputStream(folder.resolve("docker.tar"));
                ImageArchive docker = ImageArchive.read(pipe);
                ImageArchive oci = ImageArchive.open(folder.resolve("oci.tar"))) {
            assertThat(docker.tags()).containsExactly("test.local/other:1", "test.local/ours:1");
            assertThatItHas(docker, Map.of("test.local/ours:1", ours, "test.local/other:1", other));
            assertThat(oci.tags()).containsExactly("test.local/ours:1");
            assertThatItHas(oci, Map.of("test.local/ours:1", ours));
        }
        OciLayout saved = OciLayout.open(folder.resolve("oci"));
        assertThat(saved.resolveOnly()).isEqualTo(saved.resolve("test.local/other:1"));
        assertThatItHas(saved, Map.of("test.local/other:1", other));
        assertThat(saved.verify().findings()).isEmpty();
    }

    private static void assertThatItHas(Source source, Map<String, Image> images) {
        images.forEach((name, image) -> {
            Image read = Image.load(source, name, Platform.host());
            assertThat(read.config().diffIds()).isEqualTo(image.config().diffIds());
            assertThat(read.config().execution()).isEqualTo(image.config().execution());
            assertThat(ImageValidator.validate(source, name).errors()).isEmpty();
        });
    }

    /** Runs a script in the folder, where podman has a storage of its own. */
    private String podman(String script) {
        String storage = "podman() { command podman --root $PWD/storage --runroot $PWD/run --tmpdir $PWD/podman"
                + " --storage-driver vfs --events-backend none \"$@\"; }\n";
        return Command.of("sh", "-euc", "cd \"$0\"\n" + storage + script, folder.toString())
                .run();
    }
}
