package dev.davit.cri;

import java.time.Instant;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a runtime knows of a pod or a container, and when things happened to it.
 *
 * @param name its name
 * @param createdAt when it was made
 * @param startedAt when it was started, or null if it never was
 * @param finishedAt when it ended, or null if it has not, or the runtime does not say
 * @param exitCode with which exit code, if it is a container
 */
record Life(
        String name,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt,
        OptionalInt exitCode) {
    static Life of(ContainerStatus status) {
        return new Life(
                status.name(),
                status.createdAt(),
                status.startedAt().orElse(null),
                status.finishedAt().orElse(null),
                status.exitCode());
    }

    static Life of(PodSummary pod) {
        return ofPod(pod.name(), pod.createdAt());
    }

    static Life of(PodStatus pod) {
        return ofPod(pod.name(), pod.createdAt());
    }

    /** A pod is started when it is made, and no runtime says when it ended. */
    private static Life ofPod(String name, Instant createdAt) {
        return new Life(name, createdAt, createdAt, null, OptionalInt.empty());
    }

    /** {@return when that happened, or null if it did not, or it is not known} */
    @Nullable
    Instant time(CriEvent.Kind kind) {
        return switch (kind) {
            case CREATED -> createdAt;
            case STARTED -> startedAt;
            case STOPPED -> finishedAt;
            case DELETED -> null;
        };
    }
}
