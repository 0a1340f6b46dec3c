package dev.davit.examples.cli;

import dev.davit.cri.ContainerSpec;
import dev.davit.cri.CriClient;
import dev.davit.cri.PodManifest;
import dev.davit.cri.RunningContainer;
import dev.davit.cri.RunningPod;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
        name = "apply",
        description = {
            "Runs a pod of Kubernetes from its YAML: pulls the images that the node lacks, runs the init containers to",
            "their end, starts the others, and leaves them running. Prints the IDs of pod and containers, and on standard",
            "error what means nothing without Kubernetes and was left out."
        })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class CriApplyCommand implements Callable<Integer> {
    @ParentCommand
    private CriCommand cri;

    @Parameters(index = "0", paramLabel = "FILE", description = "The YAML of one pod.")
    private Path file;

    @Option(
            names = "--volumes",
            paramLabel = "DIR",
            description = "Where emptyDir volumes are. A new folder for temporary files unless given.")
    private @Nullable Path volumes;

    @Mixin
    private PullOptions by;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        byte[] yaml = Files.readAllBytes(file);
        Path folder = volumes == null
                ? Path.of(System.getProperty("java.io.tmpdir"), "davit-volumes-" + UUID.randomUUID())
                : volumes;
        PodManifest manifest = PodManifest.parse(file.toString(), yaml, folder);
        PrintWriter out = spec.commandLine().getOut();
        manifest.leftOut().forEach(path -> spec.commandLine().getErr().println("left out: " + path));
        try (CriClient client = cri.connect()) {
            Stream.concat(manifest.initContainers().stream(), manifest.containers().stream())
                    .map(ContainerSpec::image)
                    .distinct()
                    .forEach(image -> by.pullMissing(client, image));
            RunningPod pod = manifest.run(client);
            out.println(pod.id() + " " + pod.name());
            for (RunningContainer container : pod.containers()) {
                out.println(container.id() + " " + container.name());
            }
            return 0;
        }
    }
}
