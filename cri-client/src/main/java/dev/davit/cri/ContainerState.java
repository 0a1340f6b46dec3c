package dev.davit.cri;

/** What a container is up to. */
public enum ContainerState {
    /** It was created, but not started. */
    CREATED,
    /** Its process runs. */
    RUNNING,
    /** Its process has ended, or could not be started. */
    EXITED,
    /** The runtime does not know. */
    UNKNOWN;

    static ContainerState of(dev.davit.cri.raw.ContainerState raw) {
        return switch (raw) {
            case CONTAINER_CREATED -> CREATED;
            case CONTAINER_RUNNING -> RUNNING;
            case CONTAINER_EXITED -> EXITED;
            case CONTAINER_UNKNOWN, UNRECOGNIZED -> UNKNOWN;
        };
    }

    dev.davit.cri.raw.ContainerState raw() {
        return switch (this) {
            case CREATED -> dev.davit.cri.raw.ContainerState.CONTAINER_CREATED;
            case RUNNING -> dev.davit.cri.raw.ContainerState.CONTAINER_RUNNING;
            case EXITED -> dev.davit.cri.raw.ContainerState.CONTAINER_EXITED;
            case UNKNOWN -> dev.davit.cri.raw.ContainerState.CONTAINER_UNKNOWN;
        };
    }
}
