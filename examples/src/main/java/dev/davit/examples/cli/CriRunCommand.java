package dev.davit.examples.cli;

import dev.davit.cri.ContainerSpec;
import dev.davit.cri.CriClient;
import dev.davit.cri.LogLine;
import dev.davit.cri.LogOptions;
import dev.davit.cri.PodSpec;
import dev.davit.cri.RunningContainer;
import dev.davit.cri.RunningPod;
import dev.davit.oci.Platform;
import dev.davit.oci.Reference;
import dev.davit.testkit.EmbeddedRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
        name = "run",
        description = {
            "Runs an image in a pod of its own. Attached, it prints what the container writes, ends with its exit code",
            "and removes the pod; with -d it prints the IDs of pod and container and leaves them running.",
            "With the files of crictl, as in run container.json pod.yaml, it prints the ID of the container and leaves it",
            "running."
        })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class CriRunCommand implements Callable<Integer> {
    /** The log has ended, so the container has. */
    private static final Duration SOON = Duration.ofSeconds(10);

    @ParentCommand
    private CriCommand cri;

    @Option(names = "--name", paramLabel = "N", description = "The name of pod and container.")
    private @Nullable String name;

    @Option(
            names = {"-r", "--runtime"},
            paramLabel = "HANDLER",
            description = "The runtime handler, such as kata.")
    private @Nullable String handler;

    @Option(names = "--no-pull", description = "Takes the image that the node has.")
    private boolean noPull;

    @Mixin
    private PullOptions by;

    @Mixin
    private CancelOption cancel;

    @Option(names = "-d", description = "Leaves it running.")
    private boolean detached;

    @Parameters(
            index = "0",
            paramLabel = "IMAGE|PLACE|CONTAINER-FILE",
            description = "A reference that the node can pull, or a place, or a ContainerConfig as JSON or YAML.")
    private String image;

    @Parameters(
            index = "1..*",
            paramLabel = "CMD|POD-FILE",
            description = "Arguments in place of the default ones, behind --; or a PodSandboxConfig.")
    private List<String> command = List.of();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        CriClient.Builder builder = cri.client();
        cancel.prepare(builder);
        try (CriClient client = builder.connect()) {
            if (SpecFile.looksLikeOne(image)) {
                return runFiles(client);
            }
            String reference = onNode(client);
            String called = name == null ? nameOf(reference) : name;
            ContainerSpec container = ContainerSpec.of(called, reference).args(command.toArray(String[]::new));
            PodSpec inPod = PodSpec.named(called);
            RunningPod pod = client.pods().run(handler == null ? inPod : inPod.runtimeHandler(handler));
            boolean keep = false;
            try {
                RunningContainer running = pod.start(container);
                if (detached) {
                    keep = true;
                    spec.commandLine().getOut().println(pod.id() + " " + running.id());
                    return 0;
                }
                return follow(running);
            } finally {
                if (!keep) {
                    pod.close();
                }
            }
        }
    }

    private int runFiles(CriClient client) throws IOException {
        if (command.size() != 1) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "Expected two files: that of the container, and that of the pod");
        }
        RunningContainer running = CriFileCommands.run(client, image, command.get(0), handler, noPull ? null : by);
        spec.commandLine().getOut().println(running.id());
        return 0;
    }

    /** A node pulls from registries only; what lies elsewhere is offered to it by one of our own, for as long as it pulls. */
    private String onNode(CriClient client) {
        if (!Place.looksLikeOne(image)) {
            return pulled(client, image);
        }
        Place place = Place.parse(image);
        if (place.transport() == Place.Transport.DOCKER) {
            return pulled(client, place.location());
        }
        try (EmbeddedRegistry registry = EmbeddedRegistry.start();
                Places places = new Places(true, place);
                Progress progress = Progress.on(spec.commandLine().getErr())) {
            String reference = registry.address() + "/davit/run:latest";
            places.copy(places.open(place), Place.parse("docker://" + reference), Platform.host(), progress);
            return client.images().pull(reference).id();
        }
    }

    private String pulled(CriClient client, String reference) {
        if (!noPull) {
            by.pull(client, reference);
        }
        return reference;
    }

    private static String nameOf(String reference) {
        if (!reference.contains("/") && reference.length() >= 64) {
            return "davit";
        }
        String repository = Reference.parse(reference).repository();
        return repository.substring(repository.lastIndexOf('/') + 1).replaceAll("[^a-z0-9-]", "-");
    }

    private static int follow(RunningContainer container) {
        try (Stream<LogLine> lines = container.logs(LogOptions.all().follow())) {
            lines.forEach(line -> CriContainerCommands.Logs.print(line, ""));
        }
        return container.waitForExit(SOON);
    }
}
