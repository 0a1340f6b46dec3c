package dev.davit.examples.cli;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Index;
import dev.davit.oci.Platform;
import dev.davit.oci.image.Image;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "platforms", description = "Lists the platforms that an image is for, with the image of each.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class PlatformsCommand implements Callable<Integer> {
    @Parameters(paramLabel = "PLACE", description = "The place of the image.")
    private Place place;

    @Mixin
    private RegistryOptions registries;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        try (Places places = new Places(registries.plainHttp, place)) {
            var content = places.open(place);
            Descriptor root = content.descriptor();
            if (root.mediaType().isIndex()) {
                Index.parse(root.mediaType(), content.source().fetch(root))
                        .manifests()
                        .forEach(this::print);
            } else {
                Platform platform = Image.load(content.source(), root).platform();
                print(root.toBuilder().platform(platform).build());
            }
            return 0;
        }
    }

    private void print(Descriptor manifest) {
        String platform = manifest.platform().map(Platform::toString).orElse("-");
        spec.commandLine().getOut().printf("%-20s %s  %s%n", platform, manifest.digest(), Sizes.of(manifest.size()));
    }
}
