package dev.davit.examples.cli;

import dev.davit.image.Finding;
import dev.davit.image.ImageValidator;
import dev.davit.image.ValidationReport;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Platform;
import dev.davit.oci.image.ImageIndex;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "validate", description = "Recomputes everything that an image claims, and says all that is wrong.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class ValidateCommand implements Callable<Integer> {
    @Parameters(paramLabel = "PLACE", description = "The place of the image.")
    private Place place;

    @Option(
            names = "--platform",
            paramLabel = "OS/ARCH[/VARIANT]",
            description = "Validates only the image of this platform in an index.")
    private @Nullable Platform platform;

    @Mixin
    private RegistryOptions registries;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        try (Places places = new Places(registries.plainHttp, place)) {
            var content = places.open(place);
            Descriptor root = platform == null
                    ? content.descriptor()
                    : ImageIndex.select(content.source(), content.descriptor(), platform);
            ValidationReport report = ImageValidator.validate(content.source(), root);
            PrintWriter out = spec.commandLine().getOut();
            for (Finding finding : report.findings()) {
                out.println(finding);
            }
            String read = Sizes.counted(report.documents(), "document") + " and "
                    + Sizes.counted(report.blobs(), "other blob") + ", " + Sizes.of(report.bytes());
            if (report.isValid()) {
                out.println(root.digest() + " is valid: " + read);
                return 0;
            }
            throw new IllegalArgumentException(root.digest() + " is not valid: "
                    + Sizes.counted(report.errors().size(), "error") + " in " + read);
        }
    }
}
