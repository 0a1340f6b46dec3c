package dev.davit.oci;

import dev.davit.oci.internal.JsonReader;
import org.jspecify.annotations.Nullable;

/** The two members by which manifests and indexes say what they are. */
final class SchemaVersion {
    private SchemaVersion() {}

    static void read(JsonReader in) {
        long version = in.integer();
        if (version == 1) {
            throw in.violation(
                    "schemaVersion 2",
                    "1: Docker's schema 1 is not supported; pull the image with a tool"
                            + " that converts it and push it again");
        }
        if (version != 2) {
            throw in.violation("schemaVersion 2", Long.toString(version));
        }
    }

    /** CVE-2021-41190: what a document says of itself and what it was served as must be the same. */
    static MediaType agree(JsonReader in, @Nullable MediaType named, @Nullable MediaType own, MediaType otherwise) {
        if (named != null && own != null && !named.equals(own)) {
            throw in.violation("mediaType " + named + " as it was named or served", own.value());
        }
        return own != null ? own : named != null ? named : otherwise;
    }
}
