package dev.davit.testkit.internal;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Document;
import dev.davit.oci.MediaType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a repository remembers of a manifest or index; its bytes are in the {@link ContentFolder}.
 *
 * @param mediaType the type it was pushed with
 * @param digest the digest it was pushed by: SHA-256 unless the client named another one
 * @param size the number of its bytes
 * @param subject the digest of the manifest that it refers to, or null
 */
record StoredManifest(
        MediaType mediaType,
        Digest digest,
        long size,
        @Nullable Digest subject) {

    static StoredManifest of(Document document, Digest digest) {
        return new StoredManifest(
                document.mediaType(),
                digest,
                document.descriptor().size(),
                document.subject().map(Descriptor::digest).orElse(null));
    }

    boolean refersTo(Digest other) {
        return subject != null && subject.equals(other);
    }

    /** Returns what the document refers to that is no manifest itself: config and layers, or what a build cache lists. */
    static List<Descriptor> blobsOf(Document document) {
        return document.children().stream()
                .filter(child -> !child.mediaType().isDocument())
                .toList();
    }

    /** Returns what must be in the repository before the document; layers to be fetched elsewhere need not. */
    static List<Descriptor> childrenOf(Document document) {
        return document.children().stream()
                .filter(child -> child.mediaType().isDocument() || !isForeign(child))
                .toList();
    }

    private static boolean isForeign(Descriptor layer) {
        return !layer.urls().isEmpty() || layer.mediaType().isForeignLayer();
    }
}
