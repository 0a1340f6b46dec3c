import org.jspecify.annotations.NullMarked;

/** A client of the Kubernetes container runtime interface. */
@NullMarked
module dev.davit.cri {
    requires static transitive org.jspecify;
    requires transitive dev.davit.oci;
    requires transitive com.google.common;
    requires transitive com.google.protobuf;
    requires transitive io.grpc;
    requires io.grpc.okhttp;
    requires io.grpc.protobuf;
    requires transitive io.grpc.stub;
    requires static org.yaml.snakeyaml;

    exports dev.davit.cri;
    exports dev.davit.cri.raw;
}
