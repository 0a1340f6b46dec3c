package dev.davit.image;

import dev.davit.image.internal.validate.GraphCheck;
import dev.davit.oci.Descriptor;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.TransferException;
import dev.davit.oci.content.ContentSource;
import dev.davit.oci.content.Source;

/**
 * Recomputes everything that an image claims: digests and sizes of all content, diffIDs, how many diffIDs and steps of
 * history there are, media types against content, platforms against configurations. Unlike all other readers it does
 * not stop at the first contradiction, but reports every one.
 *
 * <p>It reads each blob once, from its first byte to its last, and keeps none of them in memory.
 */
public final class ImageValidator {
    /** How many findings are kept: an image with more of them is not worth the memory. */
    public static final int MAX_FINDINGS = 10_000;

    private ImageValidator() {}

    /**
     * Validates what a name stands for.
     *
     * @param source where it is
     * @param name its name or digest there
     * @return what was found
     * @throws NotFoundException if there is no such name
     * @throws TransferException if the thread is interrupted
     */
    public static ValidationReport validate(Source source, String name) {
        return validate(source, source.resolve(name));
    }

    /**
     * Validates the graph below a manifest or index. What cannot be read is a finding, too.
     *
     * @param source where it is
     * @param root the manifest or index
     * @return what was found
     * @throws TransferException if the thread is interrupted
     */
    public static ValidationReport validate(ContentSource source, Descriptor root) {
        return new GraphCheck(source).run(root);
    }
}
