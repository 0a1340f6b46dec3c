package dev.davit.examples.cli;

import dev.davit.image.Garbage;
import dev.davit.image.OciLayout;
import dev.davit.oci.Digest;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "gc", description = "Deletes from an image layout what nothing in it refers to.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class GcCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "The image layout.")
    private Path folder;

    @Option(
            names = "--age",
            paramLabel = "TIME",
            defaultValue = "1d",
            converter = Age.class,
            description = "Only what is older, as in 30m, 12h or 1d (default: 1d); 0m only if nobody writes to it.")
    private Duration age;

    @Option(names = "--dry-run", description = "Says what would be deleted, and deletes nothing.")
    private boolean dryRun;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        OciLayout layout = OciLayout.open(folder);
        Garbage garbage = dryRun ? layout.garbage(age) : layout.collectGarbage(age);
        PrintWriter out = spec.commandLine().getOut();
        for (Digest digest : garbage.blobs()) {
            out.println(digest);
        }
        out.println((dryRun ? "would delete " : "deleted ")
                + Sizes.counted(garbage.blobs().size(), "blob") + " and "
                + Sizes.counted(garbage.abandoned(), "unfinished file") + ", " + Sizes.of(garbage.bytes()));
        return 0;
    }

    /** Reads times as people write them. */
    static final class Age implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            if (!text.matches("[0-9]{1,6}[mhd]")) {
                throw new IllegalArgumentException("expected a time such as 30m, 12h or 1d, got \"" + text + '"');
            }
            boolean days = text.endsWith("d");
            return Duration.parse((days ? "P" : "PT") + text.toUpperCase(Locale.ROOT));
        }
    }
}
