package dev.davit.cri;

import dev.davit.cri.raw.PodSandbox;
import java.time.Instant;
import java.util.Map;

/** A pod as it appears in a list. Immutable. */
public final class PodSummary {
    private final PodSandbox raw;

    PodSummary(PodSandbox raw) {
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
        return other instanceof PodSummary pod && pod.raw.equals(raw);
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
