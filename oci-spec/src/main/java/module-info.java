import org.jspecify.annotations.NullMarked;

/** The values of the OCI image specification, and the ports through which images move. */
@NullMarked
module dev.davit.oci {
    requires static transitive org.jspecify;
    requires com.fasterxml.jackson.core;
    requires static org.bouncycastle.provider;

    exports dev.davit.oci;
    exports dev.davit.oci.auth;
    exports dev.davit.oci.content;
    exports dev.davit.oci.image;
    exports dev.davit.oci.internal to
            dev.davit.cri,
            dev.davit.image,
            dev.davit.registry,
            dev.davit.testkit;
}
