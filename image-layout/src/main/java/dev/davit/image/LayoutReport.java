package dev.davit.image;

import dev.davit.image.Finding.Severity;
import dev.davit.oci.Digest;
import java.util.List;

/**
 * What is wrong with a layout.
 *
 * @param findings all that was found; places are paths in the layout, or members in {@code index.json}
 * @param blobs how many blobs were read
 * @param bytes how many bytes they have
 * @param quarantined the blobs that were taken away because they are not their digests
 * @see OciLayout#verify
 * @see OciLayout#repair
 */
public record LayoutReport(List<Finding> findings, long blobs, long bytes, List<Digest> quarantined) {
    /** Makes the lists immutable. */
    public LayoutReport {
        findings = List.copyOf(findings);
        quarantined = List.copyOf(quarantined);
    }

    /** {@return whether there is no error; there may be warnings} */
    public boolean isValid() {
        return findings.stream().noneMatch(finding -> finding.severity() == Severity.ERROR);
    }
}
