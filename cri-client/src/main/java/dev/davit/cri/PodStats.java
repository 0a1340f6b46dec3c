package dev.davit.cri;

import dev.davit.cri.raw.LinuxPodSandboxStats;
import dev.davit.cri.raw.PodSandboxAttributes;
import dev.davit.cri.raw.PodSandboxStats;
import dev.davit.cri.raw.WindowsPodSandboxStats;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What a pod uses, with all its containers, as it was when the runtime was asked.
 *
 * @param id ID of the pod
 * @param name its name
 * @param namespace the Kubernetes namespace of its name
 * @param labels its labels
 * @param cpu processor time
 * @param memory memory
 * @param network what went through its network interfaces
 * @param processes how many processes it has
 * @param ioPressure how much work waited for disks
 * @param containers what each of its running containers uses
 */
public record PodStats(
        String id,
        String name,
        String namespace,
        Map<String, String> labels,
        Optional<CpuUsage> cpu,
        Optional<MemoryUsage> memory,
        Optional<NetworkUsage> network,
        OptionalLong processes,
        Optional<Pressure> ioPressure,
        List<ContainerStats> containers) {
    /** Copies map and list. */
    public PodStats {
        labels = Map.copyOf(labels);
        containers = List.copyOf(containers);
    }

    static PodStats of(PodSandboxStats raw) {
        return raw.hasWindows() ? of(raw.getAttributes(), raw.getWindows()) : of(raw.getAttributes(), raw.getLinux());
    }

    private static PodStats of(PodSandboxAttributes pod, LinuxPodSandboxStats raw) {
        return new PodStats(
                pod.getId(),
                pod.getMetadata().getName(),
                pod.getMetadata().getNamespace(),
                pod.getLabelsMap(),
                raw.hasCpu() ? Optional.of(CpuUsage.of(raw.getCpu())) : Optional.empty(),
                raw.hasMemory() ? Optional.of(MemoryUsage.of(raw.getMemory())) : Optional.empty(),
                raw.hasNetwork() ? Optional.of(NetworkUsage.of(raw.getNetwork())) : Optional.empty(),
                Amounts.optional(
                        raw.getProcess().hasProcessCount(), raw.getProcess().getProcessCount()),
                raw.getIo().hasPsi() ? Optional.of(Pressure.of(raw.getIo().getPsi())) : Optional.empty(),
                raw.getContainersList().stream().map(ContainerStats::of).toList());
    }

    private static PodStats of(PodSandboxAttributes pod, WindowsPodSandboxStats raw) {
        return new PodStats(
                pod.getId(),
                pod.getMetadata().getName(),
                pod.getMetadata().getNamespace(),
                pod.getLabelsMap(),
                raw.hasCpu() ? Optional.of(CpuUsage.of(raw.getCpu())) : Optional.empty(),
                raw.hasMemory() ? Optional.of(MemoryUsage.of(raw.getMemory())) : Optional.empty(),
                raw.hasNetwork() ? Optional.of(NetworkUsage.of(raw.getNetwork())) : Optional.empty(),
                Amounts.optional(
                        raw.getProcess().hasProcessCount(), raw.getProcess().getProcessCount()),
                Optional.empty(),
                raw.getContainersList().stream().map(ContainerStats::of).toList());
    }

    /**
     * Computes the use of processors between two samples.
     *
     * @param earlier an earlier sample of this pod
     * @return per cent of one core: 200 means that two were busy; nothing if the samples are not apart, or do not say
     */
    public OptionalDouble cpuPercentSince(PodStats earlier) {
        return cpu.isPresent() && earlier.cpu.isPresent()
                ? cpu.get().percentSince(earlier.cpu.get())
                : OptionalDouble.empty();
    }
}
