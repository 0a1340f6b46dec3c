package dev.davit.image.internal.archive;

import dev.davit.oci.Digest;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.Reference;
import java.util.Optional;

/** What callers may write to name an image of an archive. */
final class References {
    private References() {}

    /** {@return whether two references mean the same, however short they are written} */
    static boolean same(String a, String b) {
        return a.equals(b) || parse(a).flatMap(x -> parse(b).filter(x::equals)).isPresent();
    }

    private static Optional<Reference> parse(String text) {
        try {
            return Optional.of(Reference.parse(text));
        } catch (MalformedContentException e) {
            return Optional.empty();
        }
    }

    /** {@return the reference that the text is, if it has a tag of its own: a bare word may be a tag itself} */
    static Optional<Reference> tagged(String text) {
        return text.indexOf(':', text.lastIndexOf('/') + 1) < 0
                ? Optional.empty()
                : parse(text).filter(reference -> reference.digest().isEmpty());
    }

    /** {@return the digest that the text is, if it is one} */
    static Optional<Digest> digest(String text) {
        if (text.indexOf(':') < 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(Digest.parse(text));
        } catch (MalformedContentException e) {
            return Optional.empty();
        }
    }
}
