package dev.davit.cri;

import dev.davit.cri.raw.ContainerStatsRequest;
import dev.davit.cri.raw.ListContainerStatsRequest;
import dev.davit.cri.raw.ListMetricDescriptorsRequest;
import dev.davit.cri.raw.ListPodSandboxMetricsRequest;
import dev.davit.cri.raw.ListPodSandboxStatsRequest;
import dev.davit.cri.raw.PodSandboxStatsRequest;
import dev.davit.cri.raw.RuntimeServiceGrpc;
import dev.davit.cri.raw.StreamContainerStatsRequest;
import dev.davit.cri.raw.StreamContainerStatsResponse;
import dev.davit.cri.raw.StreamPodSandboxMetricsRequest;
import dev.davit.cri.raw.StreamPodSandboxMetricsResponse;
import dev.davit.cri.raw.StreamPodSandboxStatsRequest;
import dev.davit.cri.raw.StreamPodSandboxStatsResponse;
import dev.davit.oci.NotFoundException;
import java.util.List;

/**
 * What pods and containers use. A rate takes two samples: {@link CpuUsage#percentSince}.
 *
 * <p>Thread-safe; lives as long as its client.
 */
public final class CriStats {
    private final Wire wire;

    CriStats(Wire wire) {
        this.wire = wire;
    }

    /**
     * Asks what a container uses.
     *
     * @param id ID of the container
     * @return a sample; without numbers if it does not run
     * @throws NotFoundException if there is no such container
     * @throws CriException if the runtime fails
     */
    public ContainerStats container(String id) {
        ContainerStatsRequest request =
                ContainerStatsRequest.newBuilder().setContainerId(id).build();
        return ContainerStats.of(wire.call(
                        "ask what container " + Names.brief(id) + " uses",
                        RuntimeServiceGrpc.getContainerStatsMethod(),
                        request)
                .getStats());
    }

    /**
     * Asks what running containers use.
     *
     * @param filter which ones; a state in it has no effect
     * @return a sample of each
     * @throws CriException if the runtime fails
     */
    public List<ContainerStats> containers(ContainerFilter filter) {
        String action = "ask what containers use";
        return wire
                .list(
                        action,
                        RuntimeServiceGrpc.getStreamContainerStatsMethod(),
                        StreamContainerStatsRequest.newBuilder()
                                .setFilter(filter.forStats())
                                .build(),
                        StreamContainerStatsResponse::getContainerStatsList,
                        () -> wire.call(
                                        action,
                                        RuntimeServiceGrpc.getListContainerStatsMethod(),
                                        ListContainerStatsRequest.newBuilder()
                                                .setFilter(filter.forStats())
                                                .build())
                                .getStatsList())
                .stream()
                .map(ContainerStats::of)
                .toList();
    }

    /**
     * Asks what a pod uses.
     *
     * @param id ID of the pod
     * @return a sample
     * @throws NotFoundException if there is no such pod
     * @throws CriException if the runtime fails, as it does if the pod was stopped
     */
    public PodStats pod(String id) {
        PodSandboxStatsRequest request =
                PodSandboxStatsRequest.newBuilder().setPodSandboxId(id).build();
        return PodStats.of(wire.call(
                        "ask what pod " + Names.brief(id) + " uses",
                        RuntimeServiceGrpc.getPodSandboxStatsMethod(),
                        request)
                .getStats());
    }

    /**
     * Asks what ready pods use.
     *
     * @param filter which ones; a state in it has no effect
     * @return a sample of each
     * @throws CriException if the runtime fails
     */
    public List<PodStats> pods(PodFilter filter) {
        String action = "ask what pods use";
        return wire
                .list(
                        action,
                        RuntimeServiceGrpc.getStreamPodSandboxStatsMethod(),
                        StreamPodSandboxStatsRequest.newBuilder()
                                .setFilter(filter.forStats())
                                .build(),
                        StreamPodSandboxStatsResponse::getPodSandboxStatsList,
                        () -> wire.call(
                                        action,
                                        RuntimeServiceGrpc.getListPodSandboxStatsMethod(),
                                        ListPodSandboxStatsRequest.newBuilder()
                                                .setFilter(filter.forStats())
                                                .build())
                                .getStatsList())
                .stream()
                .map(PodStats::of)
                .toList();
    }

    /**
     * Asks for the metrics of all pods, which runtimes have since containerd 2.2.
     *
     * @return the metrics by pod
     * @throws CriException if the runtime fails, or has no metrics ({@code UNIMPLEMENTED})
     */
    public List<PodMetrics> metrics() {
        String action = "ask for metrics";
        return wire
                .list(
                        action,
                        RuntimeServiceGrpc.getStreamPodSandboxMetricsMethod(),
                        StreamPodSandboxMetricsRequest.getDefaultInstance(),
                        StreamPodSandboxMetricsResponse::getPodSandboxMetricsList,
                        () -> wire.call(
                                        action,
                                        RuntimeServiceGrpc.getListPodSandboxMetricsMethod(),
                                        ListPodSandboxMetricsRequest.getDefaultInstance())
                                .getPodMetricsList())
                .stream()
                .map(PodMetrics::of)
                .toList();
    }

    /**
     * Asks what the metrics mean, which runtimes have since containerd 2.2.
     *
     * @return a descriptor for each name
     * @throws CriException if the runtime fails, or has no metrics ({@code UNIMPLEMENTED})
     */
    public List<Metric.Descriptor> metricDescriptors() {
        return wire
                .call(
                        "ask what metrics mean",
                        RuntimeServiceGrpc.getListMetricDescriptorsMethod(),
                        ListMetricDescriptorsRequest.getDefaultInstance())
                .getDescriptorsList()
                .stream()
                .map(raw -> new Metric.Descriptor(raw.getName(), raw.getHelp(), raw.getLabelKeysList()))
                .toList();
    }
}
