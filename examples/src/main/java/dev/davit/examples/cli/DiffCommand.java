package dev.davit.examples.cli;

import dev.davit.image.ImageDiff;
import dev.davit.oci.Platform;
import dev.davit.oci.image.Layer;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "diff",
        description = {
            "Says what is different in two images. Lines begin with = for a layer that both have, with - for what only the first",
            "has, with + for what only the second has, with ! for a file that differs and in what."
        })
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class DiffCommand implements Callable<Integer> {
    @Parameters(paramLabel = "PLACE1", description = "The place of one image.")
    private Place before;

    @Parameters(paramLabel = "PLACE2", description = "The place of the other.")
    private Place after;

    @Option(
            names = "--platform",
            paramLabel = "OS/ARCH[/VARIANT]",
            description = "Takes the images of this platform out of indexes.")
    private @Nullable Platform platform;

    @Mixin
    private RegistryOptions registries;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        try (Places places = new Places(registries.plainHttp, before, after)) {
            Platform wanted = platform == null ? Platform.host() : platform;
            ImageDiff diff = ImageDiff.between(
                    places.open(before).image(wanted), places.open(after).image(wanted));
            print("=", diff.sharedLayers());
            print("-", diff.removedLayers());
            print("+", diff.addedLayers());
            diff.changes().forEach(spec.commandLine().getOut()::println);
            return 0;
        }
    }

    private void print(String sign, List<Layer> layers) {
        PrintWriter out = spec.commandLine().getOut();
        for (Layer layer : layers) {
            out.println(sign + " layer " + layer.diffId() + ", "
                    + Sizes.of(layer.descriptor().size()) + " as "
                    + layer.descriptor().mediaType());
        }
    }
}
