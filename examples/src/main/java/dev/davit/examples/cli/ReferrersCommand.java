package dev.davit.examples.cli;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Platform;
import dev.davit.oci.content.Source;
import dev.davit.oci.image.ImageIndex;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "referrers",
        description = "Lists what refers to an image: signatures, bills of materials and the like.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class ReferrersCommand implements Callable<Integer> {
    @Parameters(paramLabel = "PLACE", description = "The place of the image or index.")
    private Place place;

    @Option(names = "--type", paramLabel = "T", description = "Lists only artifacts of this type.")
    private @Nullable String type;

    @Option(
            names = "--platform",
            paramLabel = "OS/ARCH[/VARIANT]",
            description = "Takes the image of this platform out of an index.")
    private @Nullable Platform platform;

    @Mixin
    private RegistryOptions registries;

    @Mixin
    private Output output;

    @Override
    public Integer call() {
        try (Places places = new Places(registries.plainHttp, place)) {
            Places.Content<Source> content = places.open(place);
            Source source = content.source();
            Descriptor subject =
                    platform == null ? content.descriptor() : ImageIndex.select(source, content.descriptor(), platform);
            List<Descriptor> referrers = source.referrers(subject.digest()).stream()
                    .filter(referrer -> type == null || referrer.artifactType().equals(Optional.of(type)))
                    .toList();
            return output.show(referrers.stream().map(ReferrersCommand::facts).toList(), () -> table(referrers));
        }
    }

    private static Map<String, Object> facts(Descriptor referrer) {
        return Map.of(
                "digest", referrer.digest(),
                "mediaType", referrer.mediaType(),
                "size", referrer.size(),
                "artifactType", referrer.artifactType(),
                "annotations", referrer.annotations());
    }

    private static Table table(List<Descriptor> referrers) {
        Table table = new Table("DIGEST", "TYPE", "SIZE");
        for (Descriptor referrer : referrers) {
            table.row(referrer.digest().toString(), referrer.artifactType().orElse("-"), Sizes.of(referrer.size()));
        }
        return table;
    }
}
