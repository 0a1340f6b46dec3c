package dev.davit.it.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.davit.image.UnpackReport;
import dev.davit.oci.MalformedContentException;

/** Any bytes as the report of an unpacking: they are refused, or written again they say the same. */
final class ReportFuzz {
    private ReportFuzz() {}

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(byte[] input) {
        UnpackReport report;
        try {
            report = UnpackReport.parse(new String(input, UTF_8));
        } catch (MalformedContentException e) {
            return;
        }
        if (!UnpackReport.parse(report.toJson()).toJson().equals(report.toJson())) {
            throw new AssertionError("does not hold: what is written is what was read");
        }
    }
}
