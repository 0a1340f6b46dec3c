package dev.davit.image;

import dev.davit.oci.Descriptor;

/**
 * One thing that is wrong with an image.
 *
 * @param severity how bad it is
 * @param place where in the graph below the root: {@code manifests[1].layers[0]}; empty for the root itself
 * @param content descriptor of what it is about
 * @param problem one readable line: what was expected, and what was found
 * @see ImageValidator
 */
public record Finding(Severity severity, String place, Descriptor content, String problem) {
    /** How bad a finding is. */
    public enum Severity {
        /** The image is not what it claims to be, or some of it is missing: a tool may refuse it. */
        ERROR,
        /** Allowed, but unusual enough to be a mistake. */
        WARNING
    }

    /** {@return all of it in one line} */
    @Override
    public String toString() {
        return severity.name().toLowerCase(java.util.Locale.ROOT) + ": " + (place.isEmpty() ? "" : place + ": ")
                + problem + " (" + content.digest() + ")";
    }
}
