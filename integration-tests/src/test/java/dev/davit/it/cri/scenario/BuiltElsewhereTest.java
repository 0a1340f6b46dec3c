package dev.davit.it.cri.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.cri.ContainerSpec;
import dev.davit.cri.NodeImage;
import dev.davit.image.ImageBuilder;
import dev.davit.image.LayerSpec;
import dev.davit.it.Command;
import dev.davit.it.Dockerd;
import dev.davit.it.Parts;
import dev.davit.it.registry.DockerRegistry;
import dev.davit.oci.Platform;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.TemporaryStore;
import dev.davit.oci.image.Image;
import dev.davit.registry.RegistryClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The way that people know: an image is built, pushed to a registry, pulled by the node and run, and stays what it was. */
@OnEachVersion
@Timeout(240)
class BuiltElsewhereTest extends Scenario {
    private static final String DOCKERFILE = """
            FROM scratch
            COPY busybox /bin/busybox
            RUN ["/bin/busybox", "sh", "-c", "mkdir -p /srv && echo written while it was built > /srv/file"]
            ENV GREETING="as it was told"
            WORKDIR /srv
            USER 1000:2000
            ENTRYPOINT ["/bin/busybox", "sh", "-c"]
            CMD ["cat file; echo $GREETING; pwd; id -u; id -g"]
            """;

    private static final String OUTPUT = "written while it was built\nas it was told\n/srv\n1000\n2000";

    @TempDir
    private static Path folder;

    private static DockerRegistry registry;

    /** The digests of the images by what built them, for all versions that run them. */
    private static Map<String, String> built;

    @AfterAll
    static void stop() {
        if (registry != null) {
            registry.close();
        }
        registry = null;
        built = null;
    }

    /** {@return the digests that whoever pushed the images has said} */
    private static synchronized Map<String, String> built() throws IOException {
        if (built == null) {
            Path context = Files.createDirectories(folder.resolve("context"));
            Files.copy(Parts.program("busybox"), context.resolve("busybox"));
            Files.writeString(context.resolve("Dockerfile"), DOCKERFILE);
            registry = DockerRegistry.start(folder);
            built = new TreeMap<>(Map.of(
                    "docker", docker(),
                    "buildah", buildah(),
                    "podman", podman()));
        }
        return built;
    }

    private static String name(String builder) {
        return registry.address() + "/test/" + builder + ":1";
    }

    private static String docker() {
        return Dockerd.run(folder, """
                        docker build --network none --tag NAME context > build.log
                        docker push --quiet NAME > push.log
                        docker image inspect --format '{{index .RepoDigests 0}}' NAME
                        """.replace("NAME", name("docker"))).strip().replaceFirst(".*@", "");
    }

    private static String buildah() {
        return withStorage("buildah", """
                tool build --isolation chroot --tag NAME context > build.log 2>&1
                tool push --tls-verify=false --quiet --digestfile buildah.digest NAME
                """);
    }

    private static String podman() {
        return withStorage("podman", """
                tool build --isolation chroot --tag NAME context > build.log 2>&1
                tool push --tls-verify=false --quiet --digestfile podman.digest NAME
                """);
    }

    private static String withStorage(String program, String script) {
        Parts.require(program);
        String around = """
                cd "$0"; mkdir TOOL
                tool() { command TOOL --root $PWD/TOOL/storage --runroot $PWD/TOOL/run --storage-driver vfs "$@"; }
                trap 'tool rmi --all --force > rmi.log 2>&1' EXIT
                """;
        Command.of(
                        "sh",
                        "-euc",
                        (around + script).replace("TOOL", program).replace("NAME", name(program)),
                        folder.toString())
                .run();
        try {
            return Files.readString(folder.resolve(program + ".digest")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void by_docker() throws IOException {
        assertThatItRuns("docker", OUTPUT);
    }

    @Test
    void by_buildah() throws IOException {
        assertThatItRuns("buildah", OUTPUT);
    }

    @Test
    void by_podman() throws IOException {
        assertThatItRuns("podman", OUTPUT);
    }

    private void assertThatItRuns(String builder, String output) throws IOException {
        String digest = built().get(builder);
        NodeImage pulled = cri.images().pull(name(builder));
        assertThat(pulled.digests()).containsExactly(registry.address() + "/test/" + builder + "@" + digest);
        try (RegistryClient client = RegistryClient.create()) {
            assertThat(client.resolve(name(builder)).digest()).hasToString(digest);
        }
        assertThat(output(ContainerSpec.of("box", name(builder)))).isEqualTo(output);
        assertThat(output(ContainerSpec.of("box", name(builder)).args("echo other")))
                .isEqualTo("other");
    }

    @Test
    void by_davit() throws IOException {
        built();
        try (TemporaryStore store = LocalStore.temporary();
                RegistryClient client = RegistryClient.create()) {
            Image image = ImageBuilder.scratch(Platform.host())
                    .layer(LayerSpec.named("busybox").file("/bin/busybox", Parts.program("busybox"), 0755))
                    .layer(SharedNode.layer("/srv/file", "written while it was built\n"))
                    .config(config -> config.env("GREETING", "as it was told")
                            .workingDir("/srv")
                            .user("1000:2000")
                            .entrypoint("/bin/busybox", "sh", "-c")
                            .cmd("cat file; echo $GREETING; pwd; id -u; id -g"))
                    .build(store);
            client.push(image, name("davit"));
            built.put("davit", image.digest().toString());
        }
        assertThatItRuns("davit", OUTPUT);
    }
}
