package dev.davit.image;

import dev.davit.image.Finding.Severity;
import dev.davit.oci.Descriptor;
import java.util.List;

/**
 * What {@link ImageValidator} found.
 *
 * @param root the manifest or index that was validated
 * @param findings everything that is wrong, in the order of the graph; at most {@link ImageValidator#MAX_FINDINGS}
 * @param documents how many manifests and indexes were read
 * @param blobs how many other blobs were read: configurations, layers, and what else an artifact has
 * @param bytes how many bytes all of them have
 */
public record ValidationReport(Descriptor root, List<Finding> findings, int documents, int blobs, long bytes) {
    /** Makes the list immutable. */
    public ValidationReport {
        findings = List.copyOf(findings);
    }

    /** {@return whether there is no error; there may be warnings} */
    public boolean isValid() {
        return errors().isEmpty();
    }

    /** {@return the findings that are errors} */
    public List<Finding> errors() {
        return findings.stream()
                .filter(finding -> finding.severity() == Severity.ERROR)
                .toList();
    }
}
