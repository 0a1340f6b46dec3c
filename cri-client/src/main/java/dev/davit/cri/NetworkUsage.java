package dev.davit.cri;

import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What went through the network interfaces of a pod.
 *
 * @param time when that was measured
 * @param interfaces the interfaces, the default one first
 */
public record NetworkUsage(Instant time, List<Interface> interfaces) {
    /** Copies the list. */
    public NetworkUsage {
        interfaces = List.copyOf(interfaces);
    }

    /**
     * What went through one interface since it was made.
     *
     * @param name its name in the pod
     * @param receivedBytes bytes that came in
     * @param receivedErrors packets that came in and were damaged, or on Windows, dropped
     * @param sentBytes bytes that went out
     * @param sentErrors packets that could not be sent, or on Windows, were dropped
     */
    public record Interface(
            String name,
            OptionalLong receivedBytes,
            OptionalLong receivedErrors,
            OptionalLong sentBytes,
            OptionalLong sentErrors) {
        private static Interface of(dev.davit.cri.raw.NetworkInterfaceUsage raw) {
            return new Interface(
                    raw.getName(),
                    Amounts.optional(raw.hasRxBytes(), raw.getRxBytes()),
                    Amounts.optional(raw.hasRxErrors(), raw.getRxErrors()),
                    Amounts.optional(raw.hasTxBytes(), raw.getTxBytes()),
                    Amounts.optional(raw.hasTxErrors(), raw.getTxErrors()));
        }

        private static Interface of(dev.davit.cri.raw.WindowsNetworkInterfaceUsage raw) {
            return new Interface(
                    raw.getName(),
                    Amounts.optional(raw.hasRxBytes(), raw.getRxBytes()),
                    Amounts.optional(raw.hasRxPacketsDropped(), raw.getRxPacketsDropped()),
                    Amounts.optional(raw.hasTxBytes(), raw.getTxBytes()),
                    Amounts.optional(raw.hasTxPacketsDropped(), raw.getTxPacketsDropped()));
        }
    }

    static NetworkUsage of(dev.davit.cri.raw.NetworkUsage raw) {
        return new NetworkUsage(
                Times.instant(raw.getTimestamp()),
                distinct(
                                raw.hasDefaultInterface() ? Stream.of(raw.getDefaultInterface()) : Stream.empty(),
                                raw.getInterfacesList().stream())
                        .map(Interface::of)
                        .toList());
    }

    static NetworkUsage of(dev.davit.cri.raw.WindowsNetworkUsage raw) {
        return new NetworkUsage(
                Times.instant(raw.getTimestamp()),
                distinct(
                                raw.hasDefaultInterface() ? Stream.of(raw.getDefaultInterface()) : Stream.empty(),
                                raw.getInterfacesList().stream())
                        .map(Interface::of)
                        .toList());
    }

    /** Some runtimes put the default interface into the list as well, others do not. */
    private static <T> Stream<T> distinct(Stream<T> first, Stream<T> others) {
        return Stream.concat(first, others).distinct();
    }
}
