package dev.davit.examples.cli;

import dev.davit.cri.CriClient;
import dev.davit.oci.Platform;
import dev.davit.oci.content.Copier;
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
        name = "import",
        description = "Gives containerd an image, or an index with all its images, without a registry.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class CriImportCommand implements Callable<Integer> {
    @ParentCommand
    private CriCommand cri;

    @Parameters(index = "0", paramLabel = "PLACE", description = "Where the image is.")
    private Place from;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "NAME",
            description = "Its name on the node, a reference; without it, the one that it has at the place.")
    private @Nullable String name;

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
        String called = name == null ? nameAt(from) : name;
        try (Places places = new Places(registries.plainHttp, from);
                Progress progress = Progress.on(spec.commandLine().getErr());
                CriClient client = cri.connect()) {
            Copier copier =
                    Copier.builder().platform(platform).listener(progress).build();
            Places.Content<?> content = places.open(from);
            String id = client.containerd()
                    .load(content.source(), content.descriptor(), called, copier)
                    .id();
            spec.commandLine().getOut().println(id);
            return 0;
        }
    }

    private static String nameAt(Place place) {
        if (place.transport() == Place.Transport.DOCKER) {
            return place.location();
        }
        return place.name()
                .filter(known -> known.contains("/"))
                .orElseThrow(() -> new IllegalArgumentException(place + ": expected a NAME for the node, too"));
    }
}
