package dev.davit.examples.cli;

import dev.davit.cri.CriClient;
import dev.davit.registry.CredentialFile;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Talks to a container runtime through CRI. */
@Command(
        name = "cri",
        description = "Talks to a container runtime through the Kubernetes Container Runtime Interface.",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            CriNodeCommands.Version.class,
            CriNodeCommands.Info.class,
            CriNodeCommands.Config.class,
            CriNodeCommands.UpdateConfig.class,
            CriNodeCommands.Metrics.class,
            CriApplyCommand.class,
            CriConfigCommand.class,
            CompletionCommand.class,
            CriRunCommand.class,
            CriFileCommands.RunPod.class,
            CriFileCommands.Create.class,
            CriPodCommands.Pods.class,
            CriPodCommands.Inspect.class,
            CriPodCommands.Stop.class,
            CriPodCommands.Remove.class,
            CriPodCommands.Stats.class,
            CriPodCommands.Metrics.class,
            CriContainerCommands.Ps.class,
            CriContainerCommands.Inspect.class,
            CriContainerCommands.Start.class,
            CriContainerCommands.Stop.class,
            CriContainerCommands.Remove.class,
            CriContainerCommands.Update.class,
            CriContainerCommands.Logs.class,
            CriContainerCommands.Stats.class,
            CriContainerCommands.Checkpoint.class,
            CriStreamCommands.Exec.class,
            CriStreamCommands.Attach.class,
            CriStreamCommands.Forward.class,
            CriStreamCommands.Events.class,
            CriImageCommands.Images.class,
            CriImageCommands.Inspect.class,
            CriImageCommands.Pull.class,
            CriImageCommands.Remove.class,
            CriImageCommands.FileSystems.class,
            CriImageCommands.Tag.class,
            CriImageCommands.Untag.class,
            CriImportCommand.class,
            CriExportCommand.class,
        })
final class CriCommand {
    @Option(
            names = {"--endpoint", "-e"},
            paramLabel = "URI",
            scope = ScopeType.INHERIT,
            description = {
                "The socket of the runtime: unix:///PATH or tcp://HOST:PORT. Without it, as crictl finds it: the variable",
                "CONTAINER_RUNTIME_ENDPOINT, crictl.yaml, or where runtimes usually listen."
            })
    private @Nullable String endpoint;

    @Option(
            names = "--call-timeout",
            paramLabel = "SECONDS",
            scope = ScopeType.INHERIT,
            description = "How long a call may take; 120 unless given. Pulls may take as long as they want.")
    private @Nullable Integer seconds;

    CriClient connect() {
        return client().connect();
    }

    /** {@return a client as the options say, for a command to set more} */
    CriClient.Builder client() {
        CriClient.Builder client = CriClient.builder().credentials(CredentialFile.conventional());
        if (endpoint == null) {
            client.discover();
        } else {
            client.endpoint(endpoint);
        }
        if (seconds != null) {
            client.timeout(Duration.ofSeconds(seconds));
        }
        return client;
    }
}
