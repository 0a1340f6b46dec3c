package dev.davit.cri;

import dev.davit.cri.raw.RuntimeConfigRequest;
import dev.davit.cri.raw.RuntimeConfigResponse;
import dev.davit.cri.raw.RuntimeServiceGrpc;
import dev.davit.cri.raw.StatusRequest;
import dev.davit.cri.raw.StatusResponse;
import dev.davit.cri.raw.UpdateRuntimeConfigRequest;
import dev.davit.cri.raw.VersionRequest;
import dev.davit.cri.raw.VersionResponse;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** What a runtime says about itself. Thread-safe; lives as long as its client. */
public final class CriRuntime {
    private static final MethodDescriptor<VersionRequest, VersionResponse> VERSION =
            RuntimeServiceGrpc.getVersionMethod();

    private static final MethodDescriptor<StatusRequest, StatusResponse> STATUS = RuntimeServiceGrpc.getStatusMethod();
    private static final MethodDescriptor<RuntimeConfigRequest, RuntimeConfigResponse> CONFIG =
            RuntimeServiceGrpc.getRuntimeConfigMethod();

    /** Who does not answer this simple question soon is no CRI server. */
    private static final Duration GREETING = Duration.ofSeconds(10);

    private final Wire wire;

    CriRuntime(Wire wire) {
        this.wire = wire;
    }

    /**
     * Asks the runtime for its name and version.
     *
     * @return name and version
     * @throws CriException if the runtime cannot be reached, or does not speak version 1 of the interface
     */
    public RuntimeVersion version() {
        return version(wire.timeout());
    }

    private RuntimeVersion version(Duration within) {
        VersionResponse answer = wire.call("ask for the version", VERSION, VersionRequest.getDefaultInstance(), within);
        return new RuntimeVersion(answer.getRuntimeName(), answer.getRuntimeVersion(), answer.getRuntimeApiVersion());
    }

    /**
     * Asks the runtime whether it is ready.
     *
     * @return its conditions, and what it offers
     * @throws CriException if the runtime cannot be reached
     */
    public RuntimeStatus status() {
        return RuntimeStatus.of(wire.call("ask for the status", STATUS, StatusRequest.getDefaultInstance()));
    }

    /**
     * Asks for everything that the runtime says of itself.
     *
     * @return texts by name, mostly JSON such as the configuration, that differ from runtime to runtime
     * @throws CriException if the runtime cannot be reached
     */
    public Map<String, String> info() {
        StatusRequest request = StatusRequest.newBuilder().setVerbose(true).build();
        return Map.copyOf(wire.call("ask for the status", STATUS, request).getInfoMap());
    }

    /**
     * Asks who makes control groups, which is how {@link PodSpec#cgroupParent} is to be written.
     *
     * @return the driver; nothing before containerd 2.0, which does not say
     * @throws CriException if the runtime fails
     */
    public Optional<CgroupDriver> cgroupDriver() {
        if (wire.isMissing(CONFIG)) {
            return Optional.empty();
        }
        try {
            RuntimeConfigResponse answer =
                    wire.call("ask for the cgroup driver", CONFIG, RuntimeConfigRequest.getDefaultInstance());
            return answer.hasLinux()
                    ? Optional.of(CgroupDriver.of(answer.getLinux().getCgroupDriver()))
                    : Optional.empty();
        } catch (CriException e) {
            if (e.code() == CriException.Code.UNIMPLEMENTED) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Tells the runtime which addresses pods of this node are to have. Only those care that make the network themselves.
     *
     * @param cidr subnets, separated by commas, such as {@code 10.244.3.0/24}
     * @throws CriException if the runtime fails
     */
    public void updatePodCidr(String cidr) {
        UpdateRuntimeConfigRequest.Builder request = UpdateRuntimeConfigRequest.newBuilder();
        request.getRuntimeConfigBuilder().getNetworkConfigBuilder().setPodCidr(cidr);
        wire.call("set the addresses of pods", RuntimeServiceGrpc.getUpdateRuntimeConfigMethod(), request.build());
    }

    /** Makes sure that a CRI server of a version that we speak is there. */
    void greet() {
        try {
            version(wire.timeout().compareTo(GREETING) < 0 ? wire.timeout() : GREETING);
        } catch (CriException e) {
            switch (e.code()) {
                case UNIMPLEMENTED -> throw new CriException(e.code(), "the server at " + wire + without(), e);
                case INTERNAL, UNKNOWN ->
                    throw new CriException(
                            e.code(), "the server at " + wire + " does not speak CRI: " + e.getMessage(), e);
                default -> throw e;
            }
        }
    }

    /** Why a server has no CRI of a version that we speak. */
    private String without() {
        return wire.hasService("runtime.v1alpha2.RuntimeService", VERSION, VersionRequest.getDefaultInstance())
                ? " speaks CRI v1alpha2 only: expected v1, which runtimes have since Kubernetes 1.23"
                : " has no CRI service: is it switched off in the configuration of the runtime?";
    }
}
