package dev.davit.cri;

/**
 * A port of the node that leads into a pod.
 *
 * @param protocol what goes through it
 * @param hostIp the address of the node that it is at; empty for all
 * @param hostPort the port of the node
 * @param containerPort the port in the pod
 */
public record PortMapping(Protocol protocol, String hostIp, int hostPort, int containerPort) {
    /** What goes through ports. */
    public enum Protocol {
        /** Streams. */
        TCP,
        /** Datagrams. */
        UDP,
        /** Streams of messages. */
        SCTP
    }

    dev.davit.cri.raw.PortMapping raw() {
        return dev.davit.cri.raw.PortMapping.newBuilder()
                .setProtocol(dev.davit.cri.raw.Protocol.valueOf(protocol.name()))
                .setHostIp(hostIp)
                .setHostPort(hostPort)
                .setContainerPort(containerPort)
                .build();
    }
}
