package dev.davit.cri;

import dev.davit.cri.raw.PodSandboxState;

/** What a pod is up to. */
public enum PodState {
    /** Its sandbox runs, and containers can be started in it. */
    READY,
    /** It was stopped, or has failed. */
    NOT_READY;

    static PodState of(PodSandboxState raw) {
        return raw == PodSandboxState.SANDBOX_READY ? READY : NOT_READY;
    }

    PodSandboxState raw() {
        return this == READY ? PodSandboxState.SANDBOX_READY : PodSandboxState.SANDBOX_NOTREADY;
    }
}
