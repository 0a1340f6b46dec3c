package dev.davit.cri;

import dev.davit.cri.raw.ContainerConfig;
import dev.davit.cri.raw.Mount;
import dev.davit.cri.raw.PodSandboxStatusRequest;
import dev.davit.cri.raw.RunPodSandboxRequest;
import dev.davit.cri.raw.RuntimeServiceGrpc;
import dev.davit.cri.raw.SupplementalGroupsPolicy;
import java.util.function.Predicate;

/**
 * Refuses what a runtime would leave out without a word, and with it some of the safety that was asked for: older runtimes
 * skip fields that they do not know. The kubelet refuses the same.
 */
final class Demands {
    private final Wire wire;
    private final CriRuntime runtime;

    Demands(Wire wire, CriRuntime runtime) {
        this.wire = wire;
        this.runtime = runtime;
    }

    void check(String action, RunPodSandboxRequest pod) {
        boolean mapped = pod.getConfig()
                .getLinux()
                .getSecurityContext()
                .getNamespaceOptions()
                .hasUsernsOptions();
        if (mapped && !has(pod.getRuntimeHandler(), RuntimeStatus.Handler::userNamespaces)) {
            throw refused(action, "user namespaces");
        }
        checkPolicy(action, pod.getConfig().getLinux().getSecurityContext().getSupplementalGroupsPolicy());
    }

    void check(String action, String podId, ContainerConfig container) {
        if (container.getMountsList().stream().anyMatch(Mount::getRecursiveReadOnly)
                && !has(handler(podId), RuntimeStatus.Handler::recursiveReadOnlyMounts)) {
            throw refused(action, "mounts that are read-only all the way down");
        }
        checkPolicy(action, container.getLinux().getSecurityContext().getSupplementalGroupsPolicy());
    }

    private void checkPolicy(String action, SupplementalGroupsPolicy policy) {
        if (policy == SupplementalGroupsPolicy.Strict
                && !runtime.status().features().contains(RuntimeStatus.Feature.SUPPLEMENTAL_GROUPS_POLICY)) {
            throw refused(action, "a policy for supplemental groups");
        }
    }

    private boolean has(String handler, Predicate<RuntimeStatus.Handler> ability) {
        return runtime.status().handlers().stream().anyMatch(one -> one.name().equals(handler) && ability.test(one));
    }

    private String handler(String podId) {
        PodSandboxStatusRequest request =
                PodSandboxStatusRequest.newBuilder().setPodSandboxId(podId).build();
        return wire.call("ask for pod " + Names.brief(podId), RuntimeServiceGrpc.getPodSandboxStatusMethod(), request)
                .getStatus()
                .getRuntimeHandler();
    }

    private static CriException refused(String action, String what) {
        return new CriException(
                CriException.Code.UNIMPLEMENTED, "cannot " + action + ": this runtime does not have " + what, null);
    }
}
