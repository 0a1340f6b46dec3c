package dev.davit.cri;

import dev.davit.cri.raw.Container;
import java.time.Instant;
import java.util.Map;

/** A container as it appears in a list. Immutable. */
public final class ContainerSummary {
    private final Container raw;

    ContainerSummary(Container raw) {
        this.raw = raw;
    }

    /** {@return the ID that the runtime gave it} */
    public String id() {
        return raw.getId();
    }

    /** {@return the ID of its pod} */
    public String podId() {
        return raw.getPodSandboxId();
    }

    /** {@return its name in the pod} */
    public String name() {
        return raw.getMetadata().getName();
    }

    /** {@return how many containers with the same name were in the pod before it} */
    public int attempt() {
        return raw.getMetadata().getAttempt();
    }

    /** {@return what it is up to} */
    public ContainerState state() {
        return ContainerState.of(raw.getState());
    }

    /** {@return when it was made} */
    public Instant createdAt() {
        return Times.instant(raw.getCreatedAt());
    }

    /** {@return the name of its image, as it was asked for} */
    public String image() {
        return raw.getImage().getImage();
    }

    /** {@return its labels} */
    public Map<String, String> labels() {
        return Map.copyOf(raw.getLabelsMap());
    }

    /** {@return its annotations} */
    public Map<String, String> annotations() {
        return Map.copyOf(raw.getAnnotationsMap());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ContainerSummary container && container.raw.equals(raw);
    }

    @Override
    public int hashCode() {
        return raw.hashCode();
    }

    /** {@return name, state and ID} */
    @Override
    public String toString() {
        return "container " + name() + " " + state() + " (" + id() + ")";
    }
}
