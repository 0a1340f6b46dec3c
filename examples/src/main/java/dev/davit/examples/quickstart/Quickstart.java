package dev.davit.examples.quickstart;

import dev.davit.cri.ContainerSpec;
import dev.davit.cri.CriClient;
import dev.davit.cri.LogLine;
import dev.davit.cri.PodSpec;
import dev.davit.cri.RunningContainer;
import dev.davit.cri.RunningPod;
import dev.davit.examples.cli.Sizes;
import dev.davit.examples.hello.HelloServer;
import dev.davit.image.OciLayout;
import dev.davit.image.UnpackReport;
import dev.davit.image.Unpacker;
import dev.davit.oci.Platform;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.TemporaryStore;
import dev.davit.oci.image.Image;
import dev.davit.oci.image.Layer;
import dev.davit.registry.RegistryClient;
import dev.davit.testkit.ContainerdInstance;
import dev.davit.testkit.EmbeddedRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The main job from end to end: builds an image of {@link HelloServer}, pushes it to a registry, pulls it back, unpacks
 * it, and runs it as a pod that answers a request. Leaves nothing behind.
 */
public final class Quickstart {
    private final Steps steps = new Steps();
    private final Path work;

    private Quickstart(Path work) {
        this.work = work;
    }

    /** Runs it all; ends with exit code 0 if every step that could be run went well. */
    public static void main(String[] args) throws Exception {
        Path work = Files.createTempDirectory("davit-quickstart-");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(work))); // whatever ends it
        new Quickstart(work).run();
        delete(work);
    }

    private void run() throws Exception {
        try (EmbeddedRegistry server = EmbeddedRegistry.start();
                RegistryClient registry = RegistryClient.create();
                TemporaryStore staging = LocalStore.temporary()) {
            String reference = server.address() + "/examples/hello:1.0";
            Image built = steps.run(
                    "build an image of a Java program", () -> ProgramImage.build(work, staging), Quickstart::describe);
            steps.run(
                    "push it to " + reference,
                    () -> registry.push(built, reference),
                    descriptor -> descriptor.digest().toString());
            OciLayout layout = OciLayout.at(work.resolve("layout"));
            Image pulled = steps.run(
                    "pull it back into an OCI layout",
                    () -> registry.pull(reference, Platform.host(), layout),
                    image -> image.digest() + ", every byte verified");
            steps.run("unpack it", () -> Unpacker.into(work.resolve("rootfs")).unpack(pulled), UnpackReport::toString);
            List<String> missing = ContainerdInstance.missingParts();
            if (missing.isEmpty()) {
                runPod(reference);
            } else {
                steps.skip("run it as a pod", String.join("; ", missing));
            }
        }
        steps.summary();
    }

    private void runPod(String reference) throws Exception {
        ContainerdInstance containerd = steps.run(
                "start a private containerd",
                ContainerdInstance::start,
                instance -> instance.client().runtime().version().toString());
        try {
            CriClient cri = containerd.client();
            steps.run("pull the image into containerd", () -> cri.images().pull(reference), String::valueOf);
            RunningPod pod = steps.run(
                    "run a pod", () -> cri.pods().run(PodSpec.named("hello")), running -> "pod at " + running.ip());
            RunningContainer hello = steps.run(
                    "start the program in it",
                    () -> pod.start(ContainerSpec.of("hello", reference)),
                    container -> "container " + container.id());
            URI uri = URI.create("http://" + pod.ip() + ":" + ProgramImage.PORT);
            steps.run("ask it at " + uri, () -> request("GET", uri.resolve("/")), answer -> answer);
            request("POST", uri.resolve("/stop"));
            steps.run(
                    "wait for its end",
                    () -> hello.waitForExit(Duration.ofSeconds(30)),
                    exitCode -> "exit code " + exitCode);
            steps.run(
                    "read its logs",
                    hello::logs,
                    lines -> lines.stream().map(LogLine::text).collect(Collectors.joining("\n")));
        } finally {
            steps.run(
                    "remove pod and containerd",
                    () -> {
                        containerd.close();
                        return containerd;
                    },
                    closed -> "nothing is left");
        }
    }

    /** The program may still be starting, so a refused connection is tried again for a while. */
    private static String request(String method, URI uri) throws IOException, InterruptedException {
        HttpClient http =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
        HttpRequest request = HttpRequest.newBuilder(uri)
                .timeout(Duration.ofSeconds(5))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (true) {
            try {
                return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
            } catch (IOException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                Thread.sleep(100);
            }
        }
    }

    private static String describe(Image image) {
        StringBuilder text = new StringBuilder(image.digest().toString());
        long size = 0;
        for (int i = 0; i < image.layers().size(); i++) {
            Layer layer = image.layers().get(i);
            size += layer.descriptor().size();
            text.append('\n')
                    .append(layer.descriptor().digest())
                    .append("  ")
                    .append(Sizes.of(layer.descriptor().size()))
                    .append("  ")
                    .append(image.config().history().get(i).createdBy().orElse(""));
        }
        return text.insert(text.indexOf("\n"), ", " + Sizes.of(size)).toString();
    }

    private static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(path -> {
                if (!path.toFile().delete()) {
                    System.err.println("left behind: " + path);
                }
            });
        } catch (IOException e) {
            System.err.println("left behind: " + folder + ": " + e.getMessage());
        }
    }
}
