package dev.davit.examples.snippets;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.davit.cri.ContainerSpec;
import dev.davit.cri.CriClient;
import dev.davit.cri.CriEvent;
import dev.davit.cri.ExecResult;
import dev.davit.cri.ExecSpec;
import dev.davit.cri.LogLine;
import dev.davit.cri.PodSpec;
import dev.davit.cri.PortForward;
import dev.davit.cri.RunningContainer;
import dev.davit.cri.RunningPod;
import dev.davit.image.Attribute;
import dev.davit.image.FileSelection;
import dev.davit.image.ImageBuilder;
import dev.davit.image.ImageFileSystem;
import dev.davit.image.ImageValidator;
import dev.davit.image.LayerDiff;
import dev.davit.image.LayerSpec;
import dev.davit.image.OciLayout;
import dev.davit.image.UnpackReport;
import dev.davit.image.Unpacker;
import dev.davit.image.ValidationReport;
import dev.davit.oci.Annotations;
import dev.davit.oci.Manifest;
import dev.davit.oci.Platform;
import dev.davit.oci.auth.CredentialSource;
import dev.davit.oci.auth.Credentials;
import dev.davit.oci.content.ContentCache;
import dev.davit.oci.content.Copier;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.image.Image;
import dev.davit.registry.RegistryClient;
import dev.davit.testkit.ContainerdExtension;
import dev.davit.testkit.ContainerdInstance;
import dev.davit.testkit.EmbeddedRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows. Each method is one snippet, from its first line to its last. */
public final class Snippets {
    private Snippets() {}

    /** Builds an image from a file, without Docker and without a base image. */
    public static Image build(Path program, Path folder) {
        OciLayout layout = OciLayout.at(folder);
        Image hello = ImageBuilder.scratch(Platform.LINUX_AMD64)
                .layer(LayerSpec.named("hello").file("/bin/hello", program, 0755))
                .config(c -> c.entrypoint("/bin/hello").user("65532"))
                .build(layout);
        layout.tag(hello.descriptor(), "1.0");
        return hello;
    }

    /** Puts an application on a base image and pushes it; layers the registry has are not sent again. */
    public static void buildOnBaseAndPush(String base, Path classes, String reference, Credentials credentials) {
        String host = reference.substring(0, reference.indexOf('/'));
        try (RegistryClient registry = RegistryClient.builder()
                        .credentials(CredentialSource.of(host, credentials))
                        .build();
                var staging = LocalStore.temporary()) {
            Image orders = ImageBuilder.from(registry.image(base, Platform.LINUX_AMD64))
                    .layer(LayerSpec.named("classes").directory("/app/classes", classes))
                    .config(c -> c.entrypoint("java", "-cp", "/app/classes", "com.acme.orders.Main"))
                    .build(staging);
            registry.push(orders, reference);
        }
    }

    /** Pulls an image, every byte verified, and unpacks its root filesystem. */
    public static UnpackReport pullAndUnpack(String reference, Path cache, Path folder) {
        try (RegistryClient registry = RegistryClient.create()) {
            Image image = registry.pull(reference, Platform.host(), OciLayout.at(cache));
            return Unpacker.into(folder).maxBytes(4L << 30).unpack(image);
        }
    }

    /** Reads a file of an image in a registry, and the names of others, without unpacking it. */
    public static List<String> look(String reference, Path cache) throws IOException {
        try (RegistryClient registry = RegistryClient.create();
                FileSystem files = ImageFileSystem.open(
                        registry.image(reference, Platform.host()), ContentCache.at(cache, 10L << 30))) {
            System.out.println(Files.readString(files.getPath("/etc/os-release")));
            try (Stream<Path> jars = Files.find(
                    files.getPath("/"),
                    100,
                    (path, attributes) -> path.toString().endsWith(".jar"))) {
                return jars.map(Path::toString).toList();
            }
        }
    }

    /** Describes a layer: some files of a folder, links, owners, and what is in an archive. */
    public static LayerSpec describe(Path project, Path runtime) {
        return LayerSpec.named("application")
                .directory("/app", project, FileSelection.all().dockerignore(project.resolve(".dockerignore")))
                .tar("/opt", runtime)
                .hardLink("/bin/app", "/app/run")
                .xattr("/app/run", "user.build", new byte[] {7})
                .owner("/app", 65532, 65532)
                .preserve(Attribute.MODES, Attribute.TIMES);
    }

    /** Puts what was changed in an unpacked image on top of it, as a layer. */
    public static Image commit(Image image, Path folder, LocalStore store) {
        LayerDiff diff = LayerDiff.since(image, folder);
        return diff.isEmpty()
                ? image
                : ImageBuilder.from(image).layer(diff.layer("changes")).build(store);
    }

    /** Recomputes what an image claims. */
    public static boolean validate(Path layout, String name) {
        ValidationReport report = ImageValidator.validate(OciLayout.open(layout), name);
        report.findings().forEach(System.out::println);
        return report.isValid();
    }

    /** Edits a document without losing anything of it that Davit does not know. */
    public static byte[] label(byte[] document) {
        Manifest manifest = Manifest.parse(document);
        return manifest.toBuilder()
                .annotations(Map.of(Annotations.TITLE, "greeter"))
                .build()
                .toBytes();
    }

    /** Copies an image with all its platforms from one registry to another. */
    public static void mirror(String from, String to, String tag) {
        try (RegistryClient registry = RegistryClient.create()) {
            Copier.builder().concurrency(8).build().copy(registry.repository(from), tag, registry.repository(to), tag);
        }
    }

    /** Runs an image as a pod under containerd, and reads what it says. */
    public static List<LogLine> run(String reference) {
        try (CriClient cri = CriClient.connect("unix:///run/containerd/containerd.sock")) {
            cri.images().pull(reference);
            try (RunningPod pod = cri.pods().run(PodSpec.named("greeter"))) {
                RunningContainer hello = pod.start(ContainerSpec.of("hello", reference));
                int exitCode = hello.waitForExit(Duration.ofMinutes(1));
                if (exitCode != 0) {
                    throw new IllegalStateException("hello ended with exit code " + exitCode);
                }
                return hello.logs();
            }
        }
    }

    /** Tests against real parts that need no internet, no Docker, and leave nothing behind. */
    public static List<LogLine> test(Image image) {
        try (EmbeddedRegistry server = EmbeddedRegistry.start();
                RegistryClient registry = RegistryClient.create();
                ContainerdInstance containerd = ContainerdInstance.start()) {
            String reference = server.address() + "/test/hello:1.0";
            registry.push(image, reference);
            containerd.client().images().pull(reference);
            try (RunningPod pod = containerd.client().pods().run(PodSpec.named("hello"))) {
                RunningContainer hello = pod.start(ContainerSpec.of("hello", reference));
                hello.waitForExit(Duration.ofMinutes(1));
                return hello.logs();
            }
        }
    }

    /** Tests with pods, which are removed after each. */
    static final class GreeterTest {
        @RegisterExtension
        static final ContainerdExtension cri = ContainerdExtension.create();

        @Test
        void greets(@TempDir Path folder) {
            Image image = build(Path.of("build/hello"), folder);
            RunningPod pod = cri.run(PodSpec.named("greeter"));
            RunningContainer hello = pod.start(ContainerSpec.of("hello", image));
            assertEquals(0, hello.waitForExit(Duration.ofMinutes(1)));
            assertEquals("hello, world", hello.logs().get(0).text());
        }
    }

    /** Runs a command with input in a container, and connects to a port of its pod. */
    public static String streams(RunningPod pod, RunningContainer box) throws IOException {
        ExecResult sorted = box.exec(ExecSpec.of("sort").stdin("b\na\n"));
        if (sorted.exitCode() != 0) {
            throw new IllegalStateException(sorted.stderr());
        }
        try (PortForward forward = pod.forward(0, 8080);
                InputStream page = URI.create("http://localhost:" + forward.localPort() + "/")
                        .toURL()
                        .openStream()) {
            return sorted.stdout() + new String(page.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Watches what happens on a node, from the first container that has failed on. */
    public static Optional<CriEvent> failure(CriClient cri) {
        try (Stream<CriEvent> events = cri.events()) {
            return events.filter(event -> event.exitCode().orElse(0) != 0).findFirst();
        }
    }
}
