package dev.davit.cri;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Something that has happened to a pod or a container.
 *
 * @param kind what has happened
 * @param podId the ID of the pod
 * @param containerId the ID of the container; nothing if it happened to the pod itself
 * @param name the name of the pod or container; empty if the runtime did not say and nothing was known of it
 * @param time when it happened; when it was noticed if only a list has shown it and nobody knows better
 * @param exitCode for a container that has stopped its exit code, 128 and more for signals; nothing if it was gone before
 *     anybody could ask
 * @param initial whether it happened before the watch began, and tells how the container or pod was found
 */
public record CriEvent(
        Kind kind,
        String podId,
        Optional<String> containerId,
        String name,
        Instant time,
        OptionalInt exitCode,
        boolean initial) {
    /**
     * What can happen to a pod or a container, in this order and once each; only a pod that has stopped may start again, if
     * its runtime took it for dead while it came back itself.
     */
    public enum Kind {
        /** It was made. */
        CREATED,
        /** A container: its process was started. A pod: it is ready for containers. */
        STARTED,
        /** A container: its process has ended, or could not be started. A pod: it was stopped, or has failed. */
        STOPPED,
        /** It was removed. */
        DELETED
    }
}
