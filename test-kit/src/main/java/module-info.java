import org.jspecify.annotations.NullMarked;

/** What tests of container code need. */
@NullMarked
module dev.davit.testkit {
    requires static transitive org.jspecify;
    requires transitive dev.davit.cri;
    requires transitive dev.davit.image;
    requires transitive dev.davit.oci;
    requires transitive dev.davit.registry;
    requires org.assertj.core;
    requires org.bouncycastle.pkix;
    requires org.bouncycastle.provider;
    requires transitive org.junit.jupiter.api;

    exports dev.davit.testkit;
}
