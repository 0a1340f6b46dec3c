package dev.davit.cri;

import dev.davit.cri.internal.stream.Pipe;
import dev.davit.cri.internal.stream.Sink;
import dev.davit.cri.internal.stream.StreamOpener.Purpose;
import dev.davit.cri.internal.stream.StreamSession;
import dev.davit.cri.raw.ListPodSandboxRequest;
import dev.davit.cri.raw.PodSandboxStatusRequest;
import dev.davit.cri.raw.PodSandboxStatusResponse;
import dev.davit.cri.raw.PortForwardRequest;
import dev.davit.cri.raw.RemovePodSandboxRequest;
import dev.davit.cri.raw.RunPodSandboxRequest;
import dev.davit.cri.raw.RuntimeServiceGrpc;
import dev.davit.cri.raw.StopPodSandboxRequest;
import dev.davit.cri.raw.StreamPodSandboxesRequest;
import dev.davit.cri.raw.StreamPodSandboxesResponse;
import dev.davit.cri.raw.UpdatePodSandboxResourcesRequest;
import dev.davit.oci.DavitException;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.StorageException;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The pods on the node. An ID may be cut as long as it is the only one that begins so. Thread-safe; lives as long as its
 * client.
 */
public final class CriPods {
    private static final Logger LOGGER = System.getLogger(CriPods.class.getName());
    private static final int MAX_PORT = 0xffff;

    private final Wire wire;
    private final Streams streams;
    private final CriContainers containers;
    private final Demands demands;
    private final String cgroupParent;
    private final @Nullable Path logDirectory;

    CriPods(
            Wire wire,
            Streams streams,
            CriContainers containers,
            Demands demands,
            String cgroupParent,
            @Nullable Path logDirectory) {
        this.wire = wire;
        this.streams = streams;
        this.containers = containers;
        this.demands = demands;
        this.cgroupParent = cgroupParent;
        this.logDirectory = logDirectory;
    }

    /**
     * Creates a pod and starts it, without containers. If that fails half way, or without an answer of the runtime, what
     * there is of it is removed. An interrupt therefore ends it only when the runtime has answered, or after some seconds.
     *
     * @param spec what it is to be like
     * @return the pod, to be closed by the caller; one that is not closed goes on running
     * @throws NameTakenException if there is a pod of this name, namespace, unique ID and attempt
     * @throws StorageException if no folder for the logs can be made
     * @throws RuntimeHandlerUnknownException if the runtime does not have the handler
     * @throws CriException if the runtime fails, or cannot keep something apart as it should ({@code UNIMPLEMENTED})
     */
    public RunningPod run(PodSpec spec) {
        Creation creation = new Creation();
        RunPodSandboxRequest.Builder request = completed(spec, UUID.randomUUID().toString()).toBuilder();
        request.getConfigBuilder().putAllAnnotations(creation.mark());
        demands.check("run " + spec, request.build());
        if (!request.getConfig().getLogDirectory().isEmpty()) {
            return run(spec, request.build(), creation);
        }
        Path logs = LogDirectory.create(logDirectory);
        request.getConfigBuilder()
                .setLogDirectory(logs.toString())
                .putAnnotations(LogDirectory.ANNOTATION, logs.toString());
        try {
            return run(spec, request.build(), creation);
        } catch (RuntimeException e) {
            LogDirectory.delete(logs);
            throw e;
        }
    }

    /** What a pod is to be like, with the defaults of this client. */
    RunPodSandboxRequest completed(PodSpec spec, String uid) {
        return spec.completed(uid, cgroupParent);
    }

    private RunningPod run(PodSpec spec, RunPodSandboxRequest request, Creation creation) {
        String id = creation.make(
                        wire,
                        "run " + spec,
                        RuntimeServiceGrpc.getRunPodSandboxMethod(),
                        request,
                        wire.timeout().multipliedBy(2),
                        () -> madeBy(creation),
                        this::remove)
                .getPodSandboxId();
        try {
            return new RunningPod(
                    this, containers, id, request.getConfig(), status(id).ips());
        } catch (RuntimeException e) {
            Endings.after(e, () -> remove(id));
            throw e;
        }
    }

    private List<String> madeBy(Creation creation) {
        return list().stream()
                .filter(pod -> creation.hasMade(pod.annotations()))
                .map(PodSummary::id)
                .toList();
    }

    /**
     * Lists the pods on the node, those that were stopped included.
     *
     * @return all of them, in the order of the runtime
     * @throws CriException if the runtime fails
     */
    public List<PodSummary> list() {
        return list(PodFilter.all());
    }

    /**
     * Lists some of the pods on the node.
     *
     * @param filter which ones
     * @return those that pass it, in the order of the runtime
     * @throws CriException if the runtime fails
     */
    public List<PodSummary> list(PodFilter filter) {
        String action = "list pods";
        return wire
                .list(
                        action,
                        RuntimeServiceGrpc.getStreamPodSandboxesMethod(),
                        StreamPodSandboxesRequest.newBuilder()
                                .setFilter(filter.raw())
                                .build(),
                        StreamPodSandboxesResponse::getPodSandboxesList,
                        () -> wire.call(
                                        action,
                                        RuntimeServiceGrpc.getListPodSandboxMethod(),
                                        ListPodSandboxRequest.newBuilder()
                                                .setFilter(filter.raw())
                                                .build())
                                .getItemsList())
                .stream()
                .map(PodSummary::new)
                .toList();
    }

    /**
     * Asks for the state of a pod.
     *
     * @param id ID of the pod
     * @return its state
     * @throws NotFoundException if there is no such pod
     * @throws CriException if the runtime fails
     */
    public PodStatus status(String id) {
        PodSandboxStatusRequest request =
                PodSandboxStatusRequest.newBuilder().setPodSandboxId(id).build();
        return new PodStatus(
                wire.call("ask for pod " + Names.brief(id), RuntimeServiceGrpc.getPodSandboxStatusMethod(), request)
                        .getStatus());
    }

    /**
     * Asks for everything that the runtime knows of a pod.
     *
     * @param id ID of the pod
     * @return texts by name, mostly JSON, that differ from runtime to runtime
     * @throws NotFoundException if there is no such pod
     * @throws CriException if the runtime fails
     */
    public Map<String, String> info(String id) {
        PodSandboxStatusRequest request = PodSandboxStatusRequest.newBuilder()
                .setPodSandboxId(id)
                .setVerbose(true)
                .build();
        return Map.copyOf(
                wire.call("ask for pod " + Names.brief(id), RuntimeServiceGrpc.getPodSandboxStatusMethod(), request)
                        .getInfoMap());
    }

    /**
     * Gives the handle of a pod that is there already, whoever has run it. Control group, folder for logs and privilege
     * of the pod are those that the runtime remembers of it, as containerd and CRI-O do.
     *
     * @param id ID of the pod
     * @return the pod; closing it removes it
     * @throws NotFoundException if there is no such pod
     * @throws CriException if the runtime fails
     */
    public RunningPod get(String id) {
        PodSandboxStatusRequest request = PodSandboxStatusRequest.newBuilder()
                .setPodSandboxId(id)
                .setVerbose(true)
                .build();
        PodSandboxStatusResponse answer =
                wire.call("ask for pod " + Names.brief(id), RuntimeServiceGrpc.getPodSandboxStatusMethod(), request);
        PodStatus status = new PodStatus(answer.getStatus());
        return new RunningPod(this, containers, status.id(), RememberedPod.config(answer), status.ips());
    }

    /**
     * Tells the runtime of new limits of a pod, before those of its containers change; runtimes know that since containerd
     * 2.3.
     *
     * @param id ID of the pod
     * @param resources what its containers will use together
     * @param overhead what the pod costs beyond its containers
     * @throws NotFoundException if there is no such pod
     * @throws CriException if the runtime cannot do that ({@code UNIMPLEMENTED}), or fails
     */
    public void update(String id, Resources resources, Resources overhead) {
        UpdatePodSandboxResourcesRequest request = UpdatePodSandboxResourcesRequest.newBuilder()
                .setPodSandboxId(id)
                .setResources(resources.raw())
                .setOverhead(overhead.raw())
                .build();
        wire.call("update pod " + Names.brief(id), RuntimeServiceGrpc.getUpdatePodSandboxResourcesMethod(), request);
    }

    /**
     * Connects to a port of a pod, through the runtime.
     *
     * @param id ID of the pod
     * @param port the port, on the loopback interface of the pod
     * @return the connection, to be closed by the caller; that nobody listens shows when it is used
     * @throws IllegalArgumentException if it is no port
     * @throws NotFoundException if there is no such pod
     * @throws WrongStateException if the pod does not run
     * @throws CriException if there is no connection to the runtime's streams
     */
    public PortConnection portForward(String id, int port) {
        Pipe pipe = new Pipe();
        return new PortConnection(connecting(id, port), connect(id, port, pipe), pipe);
    }

    /**
     * Opens a port of this machine, on the loopback interface, that leads to a port of a pod. What goes wrong with a
     * connection closes it, and goes to the log of the client as a warning.
     *
     * @param id ID of the pod
     * @param localPort the port on this machine; 0 for any that is free
     * @param port the port, on the loopback interface of the pod
     * @return the open port, to be closed by the caller
     * @throws IllegalArgumentException if it is no port
     * @throws CriException if nobody can listen at the port of this machine ({@code UNAVAILABLE})
     */
    public PortForward forward(String id, int localPort, int port) {
        return forward(
                id,
                localPort,
                port,
                failure -> LOGGER.log(
                        Logger.Level.WARNING, "a forwarded connection has failed: {0}", failure.getMessage()));
    }

    /**
     * Opens a port of this machine as {@link #forward(String, int, int)} does, and says what goes wrong.
     *
     * @param id ID of the pod
     * @param localPort the port on this machine; 0 for any that is free
     * @param port the port, on the loopback interface of the pod
     * @param failures gets what went wrong with a connection, on the thread of that
     * @return the open port, to be closed by the caller
     * @throws IllegalArgumentException if it is no port
     * @throws CriException if nobody can listen at the port of this machine ({@code UNAVAILABLE})
     */
    public PortForward forward(String id, int localPort, int port, Consumer<? super DavitException> failures) {
        String action = connecting(id, port);
        try {
            return new PortForward(action, streams.listen(localPort), data -> connect(id, port, data), failures);
        } catch (IOException e) {
            throw Streams.failure("listen at port " + localPort + " to " + action, e);
        }
    }

    private StreamSession connect(String id, int port, Sink data) {
        String action = connecting(id, port);
        PortForwardRequest request = PortForwardRequest.newBuilder()
                .setPodSandboxId(id)
                .addPort(port)
                .build();
        return streams.open(
                action,
                "davit-port-" + port + "-" + Names.brief(id),
                Purpose.PORT,
                PortSinks.channels(port, data),
                () -> wire.call(action, RuntimeServiceGrpc.getPortForwardMethod(), request)
                        .getUrl());
    }

    private static String connecting(String id, int port) {
        if (port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException("port: expected 1 to " + MAX_PORT + ", got " + port);
        }
        return "connect to port " + port + " of pod " + Names.brief(id);
    }

    /**
     * Kills all processes of a pod and gives back its addresses. Does nothing if that is done, or if there is no such
     * pod.
     *
     * @param id ID of the pod
     * @throws CriException if the runtime fails
     */
    public void stop(String id) {
        StopPodSandboxRequest request =
                StopPodSandboxRequest.newBuilder().setPodSandboxId(id).build();
        wire.end("stop pod " + Names.brief(id), RuntimeServiceGrpc.getStopPodSandboxMethod(), request, wire.timeout());
    }

    /**
     * Removes a pod with its containers, and kills what still runs in it. The folder for logs goes, too, if it was made
     * for the pod by Davit. Does nothing if there is no such pod.
     *
     * @param id ID of the pod
     * @throws CriException if the runtime fails
     */
    public void remove(String id) {
        PodStatus status;
        try {
            status = status(id);
        } catch (NotFoundException e) {
            return;
        }
        if (status.state() == PodState.READY) {
            stop(status.id());
        }
        RemovePodSandboxRequest request = RemovePodSandboxRequest.newBuilder()
                .setPodSandboxId(status.id())
                .build();
        wire.end(
                "remove pod " + Names.brief(id),
                RuntimeServiceGrpc.getRemovePodSandboxMethod(),
                request,
                wire.timeout());
        LogDirectory.deleteNamedBy(status.annotations());
    }
}
