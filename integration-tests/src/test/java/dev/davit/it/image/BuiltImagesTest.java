package dev.davit.it.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.image.ArchiveSpec;
import dev.davit.image.ImageArchive;
import dev.davit.image.ImageBuilder;
import dev.davit.image.ImageValidator;
import dev.davit.image.LayerSpec;
import dev.davit.image.OciLayout;
import dev.davit.image.UnpackReport;
import dev.davit.image.Unpacker;
import dev.davit.it.Command;
import dev.davit.it.Dockerd;
import dev.davit.it.Parts;
import dev.davit.oci.MediaType;
import dev.davit.oci.Platform;
import dev.davit.oci.content.Copier;
import dev.davit.oci.image.Image;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that other tools build from a Dockerfile with many steps: valid, and unpacked as umoci and containerd do it. */
@Tag("jdk25")
class BuiltImagesTest {
    private static final String DOCKERFILE = """
            FROM scratch
            COPY busybox /bin/busybox
            SHELL ["/bin/busybox", "sh", "-c"]
            RUN /bin/busybox mkdir -p /etc/conf.d /tmp /var/lib/x/y && /bin/busybox --install /bin \\
                && echo one > /etc/one && echo a > /etc/conf.d/a && echo x > /var/lib/x/y/z && chmod 1777 /tmp
            COPY --chown=65532:100 source /srv
            RUN rm /bin/ash /bin/vi && rm -r /srv/a /etc/conf.d && mkdir -p /srv/a && echo again > /srv/a/again \\
                && ln /etc/one /etc/two && mkfifo /etc/pipe && ln -s ../etc /srv/etc && chmod 4755 /bin/busybox
            RUN rm /etc/one && mkdir /etc/one && touch -d 2001-02-03 /etc/two && rm -r /var/lib/x && echo x > /var/lib/x
            RUN rm -r /var/lib && mkdir -p /var/lib && chown 12:34 /var/lib && chmod 2770 /var/lib
            COPY source/a /etc/one
            USER 65532
            """;

    @TempDir
    Path folder;

    private OciLayout layout;
    private Path context;

    @BeforeEach
    void context() throws IOException {
        Parts.requireRoot();
        Parts.require("umoci", "getfattr");
        layout = OciLayout.at(folder.resolve("layout"));
        context = Files.createDirectories(folder.resolve("context"));
        Files.createDirectories(context.resolve("source/a/b"));
        Files.writeString(context.resolve("source/a/b/file"), "content");
        Files.writeString(context.resolve("source/größe"), "content");
        Files.createSymbolicLink(context.resolve("source/link"), Path.of("a/b"));
        Files.writeString(context.resolve("Dockerfile"), DOCKERFILE);
        Files.copy(Parts.program("busybox"), context.resolve("busybox"));
    }

    @Test
    void buildah_with_every_compression() throws IOException {
        buildah("build", "--isolation", "chroot", "--layers", "--format", "docker", "--tag", "built")
                .with(context.toString())
                .run();
        for (String compression : new String[] {"gzip", "zstd", "zstd:chunked"}) {
            String target = "oci:" + layout.folder() + ":" + compression.replace(':', '-');
            buildah("push", "--quiet", "--compression-format", compression, "built", target)
                    .run();
        }
        Path archive = folder.resolve("archive.tar");
        buildah("push", "--quiet", "built", "docker-archive:" + archive + ":test.local/built:1")
                .run();
        buildah("rmi", "--all", "--force").run();
        try (ImageArchive docker = ImageArchive.open(archive)) {
            Copier.create().copy(docker, docker.resolveOnly(), layout);
            layout.tag(docker.resolveOnly(), "docker");
        }

        Image gzip = load("gzip");
        UnpackReport expected = assertThatAllAgree(gzip);
        assertThatDockerfileWasFollowed(expected.root());
        for (String other : new String[] {"zstd", "zstd-chunked", "docker"}) {
            assertThat(ImageValidator.validate(layout, other).errors()).isEmpty();
            assertThat(load(other).config().diffIds()).isEqualTo(gzip.config().diffIds());
            Path root = Unpacker.into(folder.resolve(other)).unpack(load(other)).root();
            assertThat(Trees.differences(expected.root(), root)).as(other).isEmpty();
        }
        assertThat(load("zstd").layers())
                .allMatch(layer -> layer.descriptor().mediaType().equals(MediaType.OCI_LAYER_ZSTD));
        assertThat(load("zstd-chunked").layers())
                .allMatch(layer -> layer.descriptor().annotations().keySet().stream()
                        .anyMatch(key -> key.contains("zstd-chunked")));
    }

    @Test
    void docker_with_its_own_builder() throws IOException {
        Parts.require("docker", "dockerd", "runc", "skopeo");
        Image ours = ImageBuilder.scratch(Platform.host())
                .layer(LayerSpec.named("one").file("/one", "one".getBytes(StandardCharsets.UTF_8), 0644))
                .layer(LayerSpec.named("two").file("/two", "two".getBytes(StandardCharsets.UTF_8), 0644))
                .build(layout);
        Image other = ImageBuilder.from(ours).author("somebody").build(layout);
        ArchiveSpec.empty()
                .add(ours, "test.local/ours:1", "test.local/ours:latest")
                .add(other, "test.local/other:1")
                .writeDocker(folder.resolve("ours.tar"));
        String script = """
                docker build --network none --tag test.local/built:1 context > build.log
                docker save --output archive.tar test.local/built:1
                docker load < ours.tar > load.log
                docker save test.local/ours:1 test.local/ours:latest test.local/other:1 > theirs.tar
                mkdir legacy; tar -xf theirs.tar -C legacy; rm legacy/manifest.json
                cd legacy; tar -cf ../legacy.tar *; cd ..  # tar --delete would damage other entries now and then
                docker image inspect --format '{{.Id}}' test.local/ours:latest test.local/other:1 > ids
                skopeo copy --quiet docker-archive:archive.tar oci:LAYOUT:skopeo
                """.replace("LAYOUT", layout.folder().toString());
        Dockerd.run(folder, script);

        assertThat(folder.resolve("ids")).hasContent(ours.id() + "\n" + other.id());
        try (InputStream pipe = Files.newInputStream(folder.resolve("theirs.tar"));
                ImageArchive theirs = ImageArchive.read(pipe)) {
            assertThat(theirs.tags())
                    .containsExactly("test.local/other:1", "test.local/ours:1", "test.local/ours:latest");
            for (Image image : List.of(ours, other)) {
                String name = "test.local/" + (image == ours ? "ours:latest" : "other:1");
                Image back = Image.load(theirs, name, Platform.host());
                assertThat(back.id()).isEqualTo(image.id());
                assertThat(ImageValidator.validate(theirs, name).errors()).isEmpty();
            }
        }
        try (ImageArchive legacy = ImageArchive.open(folder.resolve("legacy.tar"))) {
            Image back = Image.load(legacy, "test.local/other:1", Platform.host());
            assertThat(back.config().diffIds()).isEqualTo(other.config().diffIds());
            assertThat(back.config().author()).contains("somebody");
        }
        UnpackReport expected = assertThatAllAgree(load("skopeo"));

        assertThatDockerfileWasFollowed(expected.root());
        try (ImageArchive docker = ImageArchive.open(folder.resolve("archive.tar"))) {
            String name = "test.local/built:1";
            assertThat(ImageValidator.validate(docker, name).errors()).isEmpty();
            Image saved = Image.load(docker, name, Platform.host());
            assertThat(saved.config().diffIds())
                    .isEqualTo(load("skopeo").config().diffIds());
            Path root = Unpacker.into(folder.resolve("saved")).unpack(saved).root();
            assertThat(Trees.differences(expected.root(), root)).allMatch(line -> line.startsWith("/: time"));
        }
    }

    private Image load(String name) {
        return Image.load(layout, name, Platform.host());
    }

    private UnpackReport assertThatAllAgree(Image image) throws IOException {
        // overlay counts the names of a file in lower layers also if upper ones hide them; who shares a file, it shows
        return OtherTools.assertThatAllAgree(
                layout, image, folder, "/: time"::equals, line -> line.endsWith(": names"));
    }

    private static void assertThatDockerfileWasFollowed(Path root) {
        assertThat(root.resolve("bin/ls")).exists();
        assertThat(root.resolve("bin/ash")).doesNotExist();
        assertThat(root.resolve("srv/a")).isDirectoryNotContaining("glob:**/b");
        assertThat(root.resolve("srv/größe")).hasContent("content");
        assertThat(root.resolve("etc/two")).hasContent("one\n");
        assertThat(root.resolve("etc/one/b/file")).hasContent("content");
        assertThat(root.resolve("var/lib")).isEmptyDirectory();
    }

    private Command buildah(String command, String... arguments) {
        return Command.of("buildah", "--root", folder.resolve("storage").toString())
                .with("--runroot", folder.resolve("run").toString(), "--storage-driver", "vfs", command)
                .with(arguments);
    }
}
