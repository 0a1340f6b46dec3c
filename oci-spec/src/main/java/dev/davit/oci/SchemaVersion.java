package dev.davit.oci;

import dev.davit.oci.internal.JsonMembers;
import dev.davit.oci.internal.JsonReader;
import org.jspecify.annotations.Nullable;

/** The two members by which manifests and indexes say what they are. */
final class SchemaVersion {
    private SchemaVersion() {}

    /** What to do about the format that Docker gave up in 2016. */
    static final String SCHEMA1 =
            "Docker's schema 1, which is not supported: pull the image with a tool that converts it"
                    + " and push it again";

    static void read(JsonReader in) {
        long version = in.integer();
        if (version == 1) {
            throw in.violation("schemaVersion 2", "1: " + SCHEMA1);
        }
        if (version != 2) {
            throw in.violation("schemaVersion 2", Long.toString(version));
        }
    }

    /** Which members a document must have; that the value is null, as Go writes an empty list, does no harm. */
    static void require(JsonReader in, JsonMembers members, String what, String... names) {
        for (String name : names) {
            if (!members.has(name)) {
                throw in.violation(what + " with " + name, "one without");
            }
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
