package dev.davit.cri;

/** How the streams of exec, attach and port forwarding travel. */
public enum StreamTransport {
    /** SPDY, and WebSocket where a server does not take SPDY; at first the one that the server took the last time. */
    AUTO,
    /** SPDY/3.1: does everything, with every version of containerd. */
    SPDY,
    /**
     * WebSocket, with version 4 or, where a server has it, 5 of the sub-protocol. With version 4, which is what containerd has,
     * a command cannot be told that its input has ended.
     */
    WEBSOCKET
}
