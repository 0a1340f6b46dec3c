package dev.davit.cri;

import dev.davit.cri.raw.ContainerStatsFilter;
import java.util.function.Consumer;

/**
 * Which containers are meant: those for which all that is said here holds.
 *
 * <pre>{@code
 * cri.containers().list(ContainerFilter.all().state(ContainerState.RUNNING).label("app", "web"));
 * }</pre>
 *
 * <p>Immutable: each method returns a new filter.
 */
public final class ContainerFilter {
    private static final ContainerFilter ALL =
            new ContainerFilter(dev.davit.cri.raw.ContainerFilter.getDefaultInstance());

    private final dev.davit.cri.raw.ContainerFilter raw;

    private ContainerFilter(dev.davit.cri.raw.ContainerFilter raw) {
        this.raw = raw;
    }

    /** {@return a filter that all containers pass} */
    public static ContainerFilter all() {
        return ALL;
    }

    /**
     * Wants a container by its ID.
     *
     * @param id the ID; it may be cut as long as it is the only one that begins so
     * @return a new filter
     */
    public ContainerFilter id(String id) {
        return with(filter -> filter.setId(id));
    }

    /**
     * Wants the containers of a pod.
     *
     * @param podId the ID of the pod; it may be cut as long as it is the only one that begins so
     * @return a new filter
     */
    public ContainerFilter pod(String podId) {
        return with(filter -> filter.setPodSandboxId(podId));
    }

    /**
     * Wants the containers in a state.
     *
     * @param state the state
     * @return a new filter
     */
    public ContainerFilter state(ContainerState state) {
        return with(filter -> filter.getStateBuilder().setState(state.raw()));
    }

    /**
     * Wants the containers with a label.
     *
     * @param key its key
     * @param value its value
     * @return a new filter
     */
    public ContainerFilter label(String key, String value) {
        return with(filter -> filter.putLabelSelector(key, value));
    }

    dev.davit.cri.raw.ContainerFilter raw() {
        return raw;
    }

    /** The same for statistics, which only running containers have. */
    ContainerStatsFilter forStats() {
        return ContainerStatsFilter.newBuilder()
                .setId(raw.getId())
                .setPodSandboxId(raw.getPodSandboxId())
                .putAllLabelSelector(raw.getLabelSelectorMap())
                .build();
    }

    private ContainerFilter with(Consumer<dev.davit.cri.raw.ContainerFilter.Builder> edit) {
        dev.davit.cri.raw.ContainerFilter.Builder copy = raw.toBuilder();
        edit.accept(copy);
        return new ContainerFilter(copy.build());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ContainerFilter filter && filter.raw.equals(raw);
    }

    @Override
    public int hashCode() {
        return raw.hashCode();
    }
}
