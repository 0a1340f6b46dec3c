package dev.davit.cri;

import dev.davit.cri.raw.CheckpointContainerRequest;
import dev.davit.cri.raw.CheckpointPodRequest;
import dev.davit.cri.raw.PodSandboxConfig;
import dev.davit.cri.raw.RestorePodRequest;
import dev.davit.cri.raw.RestorePodResponse;
import dev.davit.cri.raw.RestoredContainer;
import dev.davit.cri.raw.RunPodSandboxRequest;
import dev.davit.cri.raw.RuntimeServiceGrpc;
import dev.davit.oci.NotFoundException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Writes the state of processes to disk, and brings it back. It takes CRIU on the node and a runtime that can: containerd
 * 2.0 for containers; for pods, none that was released when this was written.
 *
 * <p><b>Experimental</b>: this class may change in any release. Thread-safe; lives as long as its client.
 */
public final class CriCheckpoints {
    private final Wire wire;
    private final CriPods pods;

    CriCheckpoints(Wire wire, CriPods pods) {
        this.wire = wire;
        this.pods = pods;
    }

    /**
     * Writes the state of a running container to an archive. The container goes on running.
     *
     * @param id ID of the container
     * @param archive the archive to make, a file of the node
     * @param timeout how long that may take, in whole seconds, rounded up; zero for the runtime's own limit
     * @throws NotFoundException if there is no such container
     * @throws CriException if the runtime cannot do that ({@code UNIMPLEMENTED}), or fails
     */
    public void checkpoint(String id, Path archive, Duration timeout) {
        CheckpointContainerRequest request = CheckpointContainerRequest.newBuilder()
                .setContainerId(id)
                .setLocation(archive.toAbsolutePath().toString())
                .setTimeout(CriContainers.seconds(timeout))
                .build();
        wire.call(
                "checkpoint container " + Names.brief(id),
                RuntimeServiceGrpc.getCheckpointContainerMethod(),
                request,
                longer(timeout));
    }

    /**
     * Writes the state of a pod to disk.
     *
     * @param id ID of the pod
     * @param output what to make, a file or folder of the node
     * @param containerIds the containers to take; empty for all
     * @param options options of the runtime
     * @param timeout how long that may take
     * @throws NotFoundException if there is no such pod
     * @throws CriException if the runtime cannot do that ({@code UNIMPLEMENTED}), or fails
     */
    public void checkpointPod(
            String id, Path output, List<String> containerIds, Map<String, String> options, Duration timeout) {
        CheckpointPodRequest request = CheckpointPodRequest.newBuilder()
                .setPodSandboxId(id)
                .setOutputPath(output.toAbsolutePath().toString())
                .addAllContainerIds(containerIds)
                .putAllOptions(options)
                .build();
        wire.call(
                "checkpoint pod " + Names.brief(id),
                RuntimeServiceGrpc.getCheckpointPodMethod(),
                request,
                longer(timeout));
    }

    /**
     * A pod that came back.
     *
     * @param podId its ID
     * @param containerIds the IDs of its containers, by their names
     */
    public record Restored(String podId, Map<String, String> containerIds) {
        /** Copies the map. */
        public Restored {
            containerIds = Map.copyOf(containerIds);
        }
    }

    /**
     * Brings a pod back from what {@link #checkpointPod} has written.
     *
     * @param checkpoint what that was, a file or folder of the node
     * @param spec what the pod is to be like; it needs a {@linkplain PodSpec#logDirectory folder for logs} to have any
     * @param containers what its containers are to be like
     * @param options options of the runtime
     * @param timeout how long that may take
     * @return the IDs
     * @throws CriException if the runtime cannot do that ({@code UNIMPLEMENTED}), or fails
     */
    public Restored restorePod(
            Path checkpoint,
            PodSpec spec,
            List<ContainerSpec> containers,
            Map<String, String> options,
            Duration timeout) {
        RunPodSandboxRequest pod = pods.completed(spec, UUID.randomUUID().toString());
        PodSandboxConfig config = pod.getConfig();
        RestorePodRequest request = RestorePodRequest.newBuilder()
                .setCheckpointPath(checkpoint.toAbsolutePath().toString())
                .setConfig(config)
                .setRuntimeHandler(pod.getRuntimeHandler())
                .addAllContainerConfigs(
                        containers.stream().map(each -> each.completed(config)).toList())
                .putAllOptions(options)
                .build();
        RestorePodResponse answer =
                wire.call("restore " + spec, RuntimeServiceGrpc.getRestorePodMethod(), request, longer(timeout));
        return new Restored(
                answer.getPodSandboxId(),
                answer.getRestoredContainersList().stream()
                        .collect(Collectors.toMap(
                                RestoredContainer::getName, RestoredContainer::getContainerId, (one, other) -> one)));
    }

    private Duration longer(Duration timeout) {
        return timeout.compareTo(wire.timeout()) > 0 ? timeout : wire.timeout();
    }
}
