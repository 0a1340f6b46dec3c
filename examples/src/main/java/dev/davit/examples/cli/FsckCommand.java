package dev.davit.examples.cli;

import dev.davit.image.Finding;
import dev.davit.image.LayoutReport;
import dev.davit.image.OciLayout;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "fsck",
        description = "Reads every blob of an image layout, follows every reference, and says all that is wrong.")
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class FsckCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "The image layout.")
    private Path folder;

    @Option(
            names = "--repair",
            description = "Takes damaged blobs to .davit/quarantine, so that the next copy brings them again.")
    private boolean repair;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        OciLayout layout = OciLayout.open(folder);
        LayoutReport report = repair ? layout.repair() : layout.verify();
        PrintWriter out = spec.commandLine().getOut();
        for (Finding finding : report.findings()) {
            out.println(finding);
        }
        report.quarantined().forEach(digest -> out.println("taken away: " + digest));
        String read = Sizes.counted(report.blobs(), "good blob") + ", " + Sizes.of(report.bytes());
        if (!report.isValid()) {
            throw new IllegalArgumentException(
                    folder + " is damaged: " + Sizes.counted(report.findings().size(), "finding") + " beside " + read);
        }
        out.println(folder + " is whole: " + read);
        return 0;
    }
}
