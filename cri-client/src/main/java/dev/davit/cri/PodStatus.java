package dev.davit.cri;

import dev.davit.cri.raw.PodIP;
import dev.davit.cri.raw.PodSandboxNetworkStatus;
import dev.davit.cri.raw.PodSandboxStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The state of a pod, as it was when the runtime was asked. Immutable. */
public final class PodStatus {
    private final PodSandboxStatus raw;

    PodStatus(PodSandboxStatus raw) {
        this.raw = raw;
    }

    /** {@return the ID that the runtime gave it} */
    public String id() {
        return raw.getId();
    }

    /** {@return its name} */
    public String name() {
        return raw.getMetadata().getName();
    }

    /** {@return the Kubernetes namespace of its name} */
    public String namespace() {
        return raw.getMetadata().getNamespace();
    }

    /** {@return its unique ID, which whoever ran it has chosen} */
    public String uid() {
        return raw.getMetadata().getUid();
    }

    /** {@return how many pods with the same name and unique ID were before it} */
    public int attempt() {
        return raw.getMetadata().getAttempt();
    }

    /** {@return what it is up to} */
    public PodState state() {
        return PodState.of(raw.getState());
    }

    /** {@return when it was made} */
    public Instant createdAt() {
        return Times.instant(raw.getCreatedAt());
    }

    /** {@return its addresses, the first one first; none if it uses the network of the node, or was stopped} */
    public List<String> ips() {
        PodSandboxNetworkStatus network = raw.getNetwork();
        return Stream.concat(
                        Stream.of(network.getIp()),
                        network.getAdditionalIpsList().stream().map(PodIP::getIp))
                .filter(ip -> !ip.isEmpty())
                .toList();
    }

    /** {@return its labels} */
    public Map<String, String> labels() {
        return Map.copyOf(raw.getLabelsMap());
    }

    /** {@return its annotations} */
    public Map<String, String> annotations() {
        return Map.copyOf(raw.getAnnotationsMap());
    }

    /** {@return the runtime handler it was run with; empty for the default one} */
    public String runtimeHandler() {
        return raw.getRuntimeHandler();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PodStatus status && status.raw.equals(raw);
    }

    @Override
    public int hashCode() {
        return raw.hashCode();
    }

    /** {@return name, state and ID} */
    @Override
    public String toString() {
        return "pod " + namespace() + "/" + name() + " " + state() + " (" + id() + ")";
    }
}
