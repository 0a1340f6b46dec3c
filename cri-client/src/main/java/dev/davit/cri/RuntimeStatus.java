package dev.davit.cri;

import dev.davit.cri.raw.RuntimeFeatures;
import dev.davit.cri.raw.StatusResponse;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Whether a runtime is ready for work.
 *
 * @param conditions what must hold; {@code RuntimeReady} and {@code NetworkReady} are always there
 * @param handlers the ways of running pods that the runtime offers; empty before containerd 2.0, which does not say
 * @param features what the runtime can do as a whole; empty before containerd 2.0, which does not say
 */
public record RuntimeStatus(List<Condition> conditions, List<Handler> handlers, Set<Feature> features) {
    /** Copies lists and set. */
    public RuntimeStatus {
        conditions = List.copyOf(conditions);
        handlers = List.copyOf(handlers);
        features = Set.copyOf(features);
    }

    static RuntimeStatus of(StatusResponse raw) {
        return new RuntimeStatus(
                raw.getStatus().getConditionsList().stream()
                        .map(one -> new Condition(one.getType(), one.getStatus(), one.getReason(), one.getMessage()))
                        .toList(),
                raw.getRuntimeHandlersList().stream()
                        .map(one -> new Handler(
                                one.getName(),
                                one.getFeatures().getRecursiveReadOnlyMounts(),
                                one.getFeatures().getUserNamespaces()))
                        .toList(),
                features(raw.getFeatures()));
    }

    private static Set<Feature> features(RuntimeFeatures raw) {
        Set<Feature> features = EnumSet.noneOf(Feature.class);
        if (raw.getSupplementalGroupsPolicy()) {
            features.add(Feature.SUPPLEMENTAL_GROUPS_POLICY);
        }
        if (raw.getUserNamespacesHostNetwork()) {
            features.add(Feature.USER_NAMESPACES_WITH_HOST_NETWORK);
        }
        if (raw.getMountOptions()) {
            features.add(Feature.MOUNT_OPTIONS);
        }
        return features;
    }

    /**
     * A way of running pods.
     *
     * @param name its name; empty for the default one
     * @param recursiveReadOnlyMounts whether {@link Mount#recursivelyReadOnly()} works
     * @param userNamespaces whether pods may have a user namespace
     */
    public record Handler(String name, boolean recursiveReadOnlyMounts, boolean userNamespaces) {}

    /** What a runtime can do with every handler. */
    public enum Feature {
        /** It heeds the policy for supplemental groups. */
        SUPPLEMENTAL_GROUPS_POLICY,
        /** Pods may have a user namespace and the network of the node. */
        USER_NAMESPACES_WITH_HOST_NETWORK,
        /** It heeds the options of mounts. */
        MOUNT_OPTIONS
    }

    /**
     * One thing that must hold for pods to run.
     *
     * @param type its name
     * @param holds whether it holds
     * @param reason why not, in one word; empty if it holds
     * @param message why not, in words; empty if it holds
     */
    public record Condition(String type, boolean holds, String reason, String message) {}

    /** {@return whether containers can be run} */
    public boolean isRuntimeReady() {
        return holds("RuntimeReady");
    }

    /** {@return whether pods can have a network of their own; those that use the network of the node need none} */
    public boolean isNetworkReady() {
        return holds("NetworkReady");
    }

    private boolean holds(String type) {
        return conditions.stream().anyMatch(condition -> condition.type().equals(type) && condition.holds());
    }
}
