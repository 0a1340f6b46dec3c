import org.jspecify.annotations.NullMarked;

/** A client of OCI distribution registries. */
@NullMarked
module dev.davit.registry {
    requires static transitive org.jspecify;
    requires transitive dev.davit.oci;
    requires transitive okhttp3;
    requires static com.fasterxml.jackson.core;
    requires static com.fasterxml.jackson.databind;
    requires static com.fasterxml.jackson.dataformat.toml;

    exports dev.davit.registry;
}
