package dev.davit.cri;

import dev.davit.cri.raw.ContainerAttributes;
import dev.davit.cri.raw.WindowsContainerStats;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a container uses, as it was when the runtime was asked.
 *
 * @param id ID of the container
 * @param name its name in the pod
 * @param labels its labels
 * @param cpu processor time
 * @param memory memory
 * @param writableLayer what it has written beside its mounts
 * @param swap swap space
 * @param ioPressure how much work waited for disks
 */
public record ContainerStats(
        String id,
        String name,
        Map<String, String> labels,
        Optional<CpuUsage> cpu,
        Optional<MemoryUsage> memory,
        Optional<FileSystemUsage> writableLayer,
        Optional<SwapUsage> swap,
        Optional<Pressure> ioPressure) {
    /** Copies the map. */
    public ContainerStats {
        labels = Map.copyOf(labels);
    }

    static ContainerStats of(dev.davit.cri.raw.ContainerStats raw) {
        ContainerAttributes attributes = raw.getAttributes();
        return new ContainerStats(
                attributes.getId(),
                attributes.getMetadata().getName(),
                attributes.getLabelsMap(),
                raw.hasCpu() ? Optional.of(CpuUsage.of(raw.getCpu())) : Optional.empty(),
                raw.hasMemory() ? Optional.of(MemoryUsage.of(raw.getMemory())) : Optional.empty(),
                raw.hasWritableLayer() ? Optional.of(FileSystemUsage.of(raw.getWritableLayer())) : Optional.empty(),
                raw.hasSwap() ? Optional.of(SwapUsage.of(raw.getSwap())) : Optional.empty(),
                raw.getIo().hasPsi() ? Optional.of(Pressure.of(raw.getIo().getPsi())) : Optional.empty());
    }

    static ContainerStats of(WindowsContainerStats raw) {
        ContainerAttributes attributes = raw.getAttributes();
        return new ContainerStats(
                attributes.getId(),
                attributes.getMetadata().getName(),
                attributes.getLabelsMap(),
                raw.hasCpu() ? Optional.of(CpuUsage.of(raw.getCpu())) : Optional.empty(),
                raw.hasMemory() ? Optional.of(MemoryUsage.of(raw.getMemory())) : Optional.empty(),
                raw.hasWritableLayer() ? Optional.of(FileSystemUsage.of(raw.getWritableLayer())) : Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /**
     * Computes the use of processors between two samples.
     *
     * @param earlier an earlier sample of this container
     * @return per cent of one core: 200 means that two were busy; nothing if the samples are not apart, or do not say
     */
    public OptionalDouble cpuPercentSince(ContainerStats earlier) {
        return cpu.isPresent() && earlier.cpu.isPresent()
                ? cpu.get().percentSince(earlier.cpu.get())
                : OptionalDouble.empty();
    }
}
