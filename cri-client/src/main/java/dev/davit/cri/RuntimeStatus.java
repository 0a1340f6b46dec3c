package dev.davit.cri;

import java.util.List;

/**
 * Whether a runtime is ready for work.
 *
 * @param conditions what must hold; {@code RuntimeReady} and {@code NetworkReady} are always there
 */
public record RuntimeStatus(List<Condition> conditions) {
    /** Copies the list. */
    public RuntimeStatus {
        conditions = List.copyOf(conditions);
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
