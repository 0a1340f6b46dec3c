package dev.davit.cri;

import dev.davit.cri.raw.PodSandboxFilter;
import dev.davit.cri.raw.PodSandboxStatsFilter;
import java.util.function.Consumer;

/**
 * Which pods are meant: those for which all that is said here holds.
 *
 * <pre>{@code
 * cri.pods().list(PodFilter.all().state(PodState.READY).label("app", "web"));
 * }</pre>
 *
 * <p>Immutable: each method returns a new filter.
 */
public final class PodFilter {
    private static final PodFilter ALL = new PodFilter(PodSandboxFilter.getDefaultInstance());

    private final PodSandboxFilter raw;

    private PodFilter(PodSandboxFilter raw) {
        this.raw = raw;
    }

    /** {@return a filter that all pods pass} */
    public static PodFilter all() {
        return ALL;
    }

    /**
     * Wants a pod by its ID.
     *
     * @param id the ID; it may be cut as long as it is the only one that begins so
     * @return a new filter
     */
    public PodFilter id(String id) {
        return with(filter -> filter.setId(id));
    }

    /**
     * Wants the pods in a state.
     *
     * @param state the state
     * @return a new filter
     */
    public PodFilter state(PodState state) {
        return with(filter -> filter.getStateBuilder().setState(state.raw()));
    }

    /**
     * Wants the pods with a label.
     *
     * @param key its key
     * @param value its value
     * @return a new filter
     */
    public PodFilter label(String key, String value) {
        return with(filter -> filter.putLabelSelector(key, value));
    }

    PodSandboxFilter raw() {
        return raw;
    }

    /** The same for statistics, which only ready pods have. */
    PodSandboxStatsFilter forStats() {
        return PodSandboxStatsFilter.newBuilder()
                .setId(raw.getId())
                .putAllLabelSelector(raw.getLabelSelectorMap())
                .build();
    }

    private PodFilter with(Consumer<PodSandboxFilter.Builder> edit) {
        PodSandboxFilter.Builder copy = raw.toBuilder();
        edit.accept(copy);
        return new PodFilter(copy.build());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PodFilter filter && filter.raw.equals(raw);
    }

    @Override
    public int hashCode() {
        return raw.hashCode();
    }
}
