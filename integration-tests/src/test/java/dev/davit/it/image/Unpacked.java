package dev.davit.it.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.image.UnpackReport;
import dev.davit.image.UnpackReport.Difference;
import dev.davit.image.UnpackReport.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Compares what Davit unpacked with what another tool did, and its report with the differences there are. */
final class Unpacked {
    private Unpacked() {}

    /** The folders differ in what the report says, and in nothing else. */
    static void assertDiffersAsReported(Path theirs, UnpackReport report) throws IOException {
        assertDiffersAsReported(theirs, report, Set.of());
    }

    /**
     * The same, but for what the other tool is known to do in another way.
     *
     * @param known lines without values: {@code /path: time}
     */
    static void assertDiffersAsReported(Path theirs, UnpackReport report, Set<String> known) throws IOException {
        assertDiffersAsReported(theirs, report, known::contains);
    }

    /**
     * The same, where what the other tool does in another way is too much for a list.
     *
     * @param isKnown says so of a line without values: {@code /path: time}
     */
    static void assertDiffersAsReported(Path theirs, UnpackReport report, Predicate<String> isKnown)
            throws IOException {
        Set<String> differences = new TreeSet<>();
        List<String> lines = Trees.differences(theirs, report.root());
        for (String line : lines) {
            int colon = line.indexOf(": ");
            String[] words = line.substring(colon + 2).split(" ", -1);
            String what = words[0].equals("xattr") ? "xattr " + words[1] : words[0];
            differences.add(line.substring(0, colon) + ": " + what);
        }
        differences.removeIf(isKnown);
        Set<String> reported = reported(report);
        reported.removeIf(isKnown);
        assertThat(differences).as(String.join("\n", lines)).isEqualTo(reported);
    }

    private static Set<String> reported(UnpackReport report) {
        Set<String> missing = report.differences().stream()
                .filter(d -> d.kind() == Kind.DEVICE || d.kind() == Kind.FIFO)
                .map(Difference::path)
                .collect(Collectors.toSet());
        Set<String> lines = new TreeSet<>();
        for (Difference difference : report.differences()) {
            String path = "/" + difference.path();
            if (missing.contains(difference.path())) {
                lines.add(path + ": only");
                continue;
            }
            switch (difference.kind()) {
                case OWNER -> lines.add(path + ": owner");
                case MODE -> lines.add(path + ": mode");
                case TIME -> lines.add(path + ": time");
                case LINK_TARGET -> lines.add(path + ": target");
                // without a value it means nothing here, and no tool sets it
                case XATTR -> {
                    if (difference.value() != null) {
                        lines.add(path + ": xattr " + difference.detail());
                    }
                }
                default -> {
                    // nothing that can be seen in the folder
                }
            }
        }
        return lines;
    }
}
