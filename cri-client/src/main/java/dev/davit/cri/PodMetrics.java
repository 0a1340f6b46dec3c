package dev.davit.cri;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The metrics of a pod.
 *
 * @param podId ID of the pod
 * @param metrics those of the pod itself
 * @param containers those of its containers, by their IDs
 */
public record PodMetrics(String podId, List<Metric> metrics, Map<String, List<Metric>> containers) {
    /** Copies list and map. */
    public PodMetrics {
        metrics = List.copyOf(metrics);
        containers = Map.copyOf(containers);
    }

    static PodMetrics of(dev.davit.cri.raw.PodSandboxMetrics raw) {
        return new PodMetrics(
                raw.getPodSandboxId(),
                raw.getMetricsList().stream().map(Metric::of).toList(),
                raw.getContainerMetricsList().stream()
                        .collect(Collectors.toMap(
                                dev.davit.cri.raw.ContainerMetrics::getContainerId,
                                each -> each.getMetricsList().stream()
                                        .map(Metric::of)
                                        .toList(),
                                (one, other) -> one)));
    }
}
