package dev.davit.examples.cli;

import dev.davit.cri.ContainerSpec;
import dev.davit.cri.CriClient;
import dev.davit.cri.RunningContainer;
import dev.davit.cri.RunningPod;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands of {@code davit cri} that take the files of crictl; {@code run} takes them, too. */
final class CriFileCommands {
    private CriFileCommands() {}

    @Command(name = "runp", description = "Runs a pod as a file says, without containers, and prints its ID.")
    @SuppressWarnings("NullAway.Init")
    static final class RunPod extends CriSubcommand {
        @Parameters(paramLabel = "POD-FILE", description = "A PodSandboxConfig as JSON or YAML; - for standard input.")
        private String file;

        @Option(
                names = {"-r", "--runtime"},
                paramLabel = "HANDLER",
                description = "The runtime handler, such as kata.")
        private @Nullable String handler;

        @Mixin
        private CancelOption cancel;

        @Override
        void prepare(CriClient.Builder client) {
            cancel.prepare(client);
        }

        @Override
        int run(CriClient node) throws IOException {
            print(runPod(node, file, handler).id());
            return 0;
        }
    }

    @Command(name = "create", description = "Creates a container in a pod as a file says, and prints its ID.")
    @SuppressWarnings("NullAway.Init")
    static final class Create extends CriSubcommand {
        @Parameters(index = "0", paramLabel = "POD", description = "Its ID, or the start of it.")
        private String pod;

        @Parameters(
                index = "1",
                paramLabel = "CONTAINER-FILE",
                description = "A ContainerConfig as JSON or YAML; - for standard input.")
        private String file;

        @Parameters(
                index = "2",
                arity = "0..1",
                paramLabel = "POD-FILE",
                description = "Not needed: the runtime remembers it. Taken because crictl wants it.")
        private @Nullable String podFile;

        @Option(names = "--with-pull", description = "Pulls the image before, unless the node has it.")
        private boolean pull;

        @Option(
                names = "--no-pull",
                description = "Takes the image that the node has, which is so unless --with-pull is given.")
        private boolean noPull;

        @Mixin
        private PullOptions by;

        @Mixin
        private CancelOption cancel;

        @Override
        void prepare(CriClient.Builder client) {
            cancel.prepare(client);
        }

        @Override
        int run(CriClient node) throws IOException {
            if (podFile != null) {
                SpecFile.pod(podFile);
            }
            ContainerSpec container = SpecFile.container(file);
            RunningPod inPod = node.pods().get(CriPodCommands.pod(node, pod));
            if (pull && !noPull) {
                by.pullMissing(node, container.image());
            }
            print(inPod.create(container).id());
            return 0;
        }
    }

    private static RunningPod runPod(CriClient node, String file, @Nullable String handler) throws IOException {
        return node.pods()
                .run(handler == null ? SpecFile.pod(file) : SpecFile.pod(file).runtimeHandler(handler));
    }

    /**
     * Runs a pod with one container. If one of the two cannot be had, there is none.
     *
     * @param by pulls the image, unless the node has it; null if it has to be there
     */
    static RunningContainer run(
            CriClient node, String containerFile, String podFile, @Nullable String handler, @Nullable PullOptions by)
            throws IOException {
        ContainerSpec container = SpecFile.container(containerFile);
        if (by != null) {
            by.pullMissing(node, container.image());
        }
        RunningPod pod = runPod(node, podFile, handler);
        try {
            return pod.start(container);
        } catch (RuntimeException e) {
            pod.close();
            throw e;
        }
    }
}
