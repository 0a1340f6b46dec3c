package dev.davit.examples.cli;

import dev.davit.image.ImageConverter;
import dev.davit.image.ImageConverter.Conversion;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Platform;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.TemporaryStore;
import dev.davit.oci.image.ImageIndex;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "convert",
        description = "Copies an image, or an index with all its images, and stores it in another way on the way.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class ConvertCommand implements Callable<Integer> {
    @Parameters(paramLabel = "SRC", description = "The place to copy from.")
    private Place from;

    @Parameters(paramLabel = "DST", description = "The place to copy to.")
    private Place to;

    @Option(
            names = "--compression",
            paramLabel = "KIND[:LEVEL]",
            description = "Compresses layers like this that are not yet: none, gzip, zstd; as in zstd:19.")
    private @Nullable String compression;

    @Option(names = "--format", paramLabel = "KIND", description = "Makes its documents those of oci or docker.")
    private @Nullable String format;

    @Option(
            names = "--platform",
            paramLabel = "OS/ARCH[/VARIANT]",
            description = "Takes of an index only the image of this platform.")
    private @Nullable Platform platform;

    @Mixin
    private RegistryOptions registries;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        ImageConverter converter = converter();
        try (Places places = new Places(registries.plainHttp, from, to);
                TemporaryStore staging = LocalStore.temporary();
                Progress progress = Progress.on(spec.commandLine().getErr())) {
            var content = places.open(from);
            Descriptor root = platform == null
                    ? content.descriptor()
                    : ImageIndex.select(content.source(), content.descriptor(), platform);
            Conversion conversion = converter.convert(content.source(), root, staging);
            for (Descriptor left : conversion.leftOut()) {
                spec.commandLine()
                        .getErr()
                        .println("davit: left out " + left + ", which is about an image that is another now");
            }
            Descriptor copied =
                    places.copy(new Places.Content<>(conversion.content(), conversion.root()), to, platform, progress);
            to.result(spec.commandLine()).println(copied.digest());
            return 0;
        }
    }

    private ImageConverter converter() {
        if (compression == null && format == null) {
            throw new IllegalArgumentException("convert: expected --compression or --format, got neither");
        }
        ImageConverter converter = ImageConverter.create();
        if (format != null) {
            converter = switch (format) {
                case "docker" -> converter.toDocker();
                case "oci" -> converter.toOci();
                default ->
                    throw new IllegalArgumentException("--format: expected oci or docker, got \"" + format + '"');
            };
        }
        if (compression != null) {
            CompressionLevel how = CompressionLevel.parse(compression);
            converter = converter.compression(how.kind(), how.level());
        }
        return converter;
    }
}
