package dev.davit.examples.cli;

import dev.davit.cri.ContainerdStore;
import dev.davit.cri.CriClient;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Platform;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(
        name = "export",
        description = {
            "Copies an image from containerd to a place. What the node has pulled is mostly the part of an image for its",
            "own platform: then --platform says which."
        })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class CriExportCommand implements Callable<Integer> {
    @ParentCommand
    private CriCommand cri;

    @Parameters(index = "0", paramLabel = "NAME", description = "The name of the image on the node.")
    private String name;

    @Parameters(index = "1", paramLabel = "PLACE", description = "Where it goes.")
    private Place to;

    @Option(
            names = "--platform",
            paramLabel = "OS/ARCH[/VARIANT]",
            description = "Of an index only the image of this platform.")
    private @Nullable Platform platform;

    @Mixin
    private RegistryOptions registries;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        try (Places places = new Places(registries.plainHttp, to);
                Progress progress = Progress.on(spec.commandLine().getErr());
                CriClient client = cri.connect();
                ContainerdStore node = client.containerd().open()) {
            Descriptor copied = places.copy(new Places.Content<>(node, node.resolve(name)), to, platform, progress);
            to.result(spec.commandLine()).println(copied.digest());
            return 0;
        }
    }
}
