package dev.davit.examples.cli;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Platform;
import dev.davit.oci.content.Copier;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "copy", description = "Copies an image, or an index with all its images, from one place to another.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class CopyCommand implements Callable<Integer> {
    @Parameters(paramLabel = "SRC", description = "The place to copy from.")
    private Place from;

    @Parameters(paramLabel = "DST", description = "The place to copy to.")
    private Place to;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            description = "Another name for the copy: a tag, or in an archive any name. May be repeated.")
    private List<String> names = List.of();

    @Option(
            names = "--platform",
            paramLabel = "OS/ARCH[/VARIANT]",
            description = "Copies of an index only the image of this platform.")
    private @Nullable Platform platform;

    @Option(
            names = "--referrers",
            description = "Copies also what refers to the image, such as signatures: not to an archive.")
    private boolean referrers;

    @Mixin
    private Jobs jobs;

    @Mixin
    private RegistryOptions registries;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (referrers && to.isArchive()) {
            throw new IllegalArgumentException(
                    to + ": an archive holds an image without its referrers; copy to a layout or a registry");
        }
        try (Places places = new Places(registries.plainHttp, from, to);
                Progress progress = Progress.on(spec.commandLine().getErr())) {
            Copier copier = Copier.builder()
                    .concurrency(jobs.count())
                    .includeReferrers(referrers)
                    .listener(progress)
                    .build();
            Descriptor copied = places.copy(places.open(from), to, names, platform, copier);
            to.result(spec.commandLine()).println(copied.digest());
            return 0;
        }
    }
}
