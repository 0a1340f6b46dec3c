package dev.davit.cri;

import dev.davit.cri.raw.RuntimeServiceGrpc;
import dev.davit.cri.raw.StatusRequest;
import dev.davit.cri.raw.StatusResponse;
import dev.davit.cri.raw.VersionRequest;
import dev.davit.cri.raw.VersionResponse;
import io.grpc.MethodDescriptor;
import java.time.Duration;

/** What a runtime says about itself. Thread-safe; lives as long as its client. */
public final class CriRuntime {
    private static final MethodDescriptor<VersionRequest, VersionResponse> VERSION =
            RuntimeServiceGrpc.getVersionMethod();

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
     * @return its conditions
     * @throws CriException if the runtime cannot be reached
     */
    public RuntimeStatus status() {
        StatusResponse answer = wire.call(
                "ask for the status", RuntimeServiceGrpc.getStatusMethod(), StatusRequest.getDefaultInstance());
        return new RuntimeStatus(answer.getStatus().getConditionsList().stream()
                .map(raw ->
                        new RuntimeStatus.Condition(raw.getType(), raw.getStatus(), raw.getReason(), raw.getMessage()))
                .toList());
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
