package dev.davit.cri;

import dev.davit.cri.raw.AttachRequest;
import dev.davit.cri.raw.ContainerConfig;
import dev.davit.cri.raw.ContainerStatusRequest;
import dev.davit.cri.raw.CreateContainerRequest;
import dev.davit.cri.raw.ExecRequest;
import dev.davit.cri.raw.ExecSyncRequest;
import dev.davit.cri.raw.ExecSyncResponse;
import dev.davit.cri.raw.ListContainersRequest;
import dev.davit.cri.raw.ListPodSandboxRequest;
import dev.davit.cri.raw.Mount;
import dev.davit.cri.raw.PodSandboxConfig;
import dev.davit.cri.raw.RemoveContainerRequest;
import dev.davit.cri.raw.ReopenContainerLogRequest;
import dev.davit.cri.raw.RuntimeServiceGrpc;
import dev.davit.cri.raw.StartContainerRequest;
import dev.davit.cri.raw.StopContainerRequest;
import dev.davit.cri.raw.StreamContainersRequest;
import dev.davit.cri.raw.StreamContainersResponse;
import dev.davit.cri.raw.UpdateContainerResourcesRequest;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.StorageException;
import dev.davit.oci.image.Image;
import dev.davit.oci.internal.Text;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * The containers on the node, of all pods, by ID. Who has started a container has a {@link RunningContainer}, which is
 * more convenient. An ID may be cut as long as it is the only one that begins so.
 *
 * <p>Thread-safe; lives as long as its client.
 */
public final class CriContainers {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(250);

    private final Wire wire;
    private final CriImages images;
    private final ContainerdImages containerd;
    private final Demands demands;
    private final ContainerLogs logs;
    private final Streams streams;

    CriContainers(Wire wire, CriImages images, ContainerdImages containerd, Demands demands, Streams streams) {
        this.wire = wire;
        this.streams = streams;
        this.images = images;
        this.containerd = containerd;
        this.demands = demands;
        this.logs = new ContainerLogs(this);
    }

    /**
     * Lists the containers on the node, those that have ended included.
     *
     * @return all of them, in the order of the runtime
     * @throws CriException if the runtime fails
     */
    public List<ContainerSummary> list() {
        return list(ContainerFilter.all());
    }

    /**
     * Lists some of the containers on the node.
     *
     * @param filter which ones
     * @return those that pass it, in the order of the runtime
     * @throws CriException if the runtime fails
     */
    public List<ContainerSummary> list(ContainerFilter filter) {
        String action = "list containers";
        return wire
                .list(
                        action,
                        RuntimeServiceGrpc.getStreamContainersMethod(),
                        StreamContainersRequest.newBuilder()
                                .setFilter(filter.raw())
                                .build(),
                        StreamContainersResponse::getContainersList,
                        () -> wire.call(
                                        action,
                                        RuntimeServiceGrpc.getListContainersMethod(),
                                        ListContainersRequest.newBuilder()
                                                .setFilter(filter.raw())
                                                .build())
                                .getContainersList())
                .stream()
                .map(ContainerSummary::new)
                .toList();
    }

    /**
     * Asks for the state of a container.
     *
     * @param id ID of the container
     * @return its state
     * @throws NotFoundException if there is no such container
     * @throws CriException if the runtime fails
     */
    public ContainerStatus status(String id) {
        ContainerStatusRequest request =
                ContainerStatusRequest.newBuilder().setContainerId(id).build();
        return new ContainerStatus(wire.call(
                        "ask for container " + Names.brief(id), RuntimeServiceGrpc.getContainerStatusMethod(), request)
                .getStatus());
    }

    /**
     * Asks for everything that the runtime knows of a container.
     *
     * @param id ID of the container
     * @return texts by name, mostly JSON, that differ from runtime to runtime
     * @throws NotFoundException if there is no such container
     * @throws CriException if the runtime fails
     */
    public Map<String, String> info(String id) {
        ContainerStatusRequest request = ContainerStatusRequest.newBuilder()
                .setContainerId(id)
                .setVerbose(true)
                .build();
        return Map.copyOf(wire.call(
                        "ask for container " + Names.brief(id), RuntimeServiceGrpc.getContainerStatusMethod(), request)
                .getInfoMap());
    }

    /**
     * Starts a container that was created.
     *
     * @param id ID of the container
     * @throws NotFoundException if there is no such container
     * @throws WrongStateException if it was started before
     * @throws CriException if it cannot be started: no such program, no such user, ...
     */
    public void start(String id) {
        start(id, "start container " + Names.brief(id));
    }

    private void start(String id, String action) {
        StartContainerRequest request =
                StartContainerRequest.newBuilder().setContainerId(id).build();
        // One that is just starting cannot be removed.
        wire.callToItsAnswer(action, RuntimeServiceGrpc.getStartContainerMethod(), request, wire.timeout());
    }

    /**
     * Changes the limits of a container.
     *
     * @param id ID of the container
     * @param resources the new limits; what they do not say stays as it is
     * @throws NotFoundException if there is no such container
     * @throws WrongStateException if it has ended
     * @throws CriException if the runtime fails
     */
    public void update(String id, Resources resources) {
        UpdateContainerResourcesRequest request = UpdateContainerResourcesRequest.newBuilder()
                .setContainerId(id)
                .setLinux(resources.raw())
                .build();
        wire.call(
                "update container " + Names.brief(id), RuntimeServiceGrpc.getUpdateContainerResourcesMethod(), request);
    }

    /**
     * Lets the runtime write to a new log file, after somebody has renamed the old one.
     *
     * @param id ID of the container
     * @throws NotFoundException if there is no such container
     * @throws WrongStateException if it does not run
     * @throws CriException if the runtime fails
     */
    public void reopenLog(String id) {
        ReopenContainerLogRequest request =
                ReopenContainerLogRequest.newBuilder().setContainerId(id).build();
        wire.call(
                "reopen the log of container " + Names.brief(id),
                RuntimeServiceGrpc.getReopenContainerLogMethod(),
                request);
    }

    /**
     * Waits until the process of a container has ended.
     *
     * @param id ID of the container
     * @param atMost how long to wait
     * @return its exit code; 128 and more for signals
     * @throws NotFoundException if there is no such container, or not any more
     * @throws CriException if it still runs after that time ({@code DEADLINE_EXCEEDED}), the thread is interrupted
     *     ({@code CANCELLED}), or the runtime fails
     */
    public int waitForExit(String id, Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        Duration pause = FIRST_PAUSE;
        while (true) {
            ContainerStatus status = status(id);
            if (status.exitCode().isPresent()) {
                return status.exitCode().getAsInt();
            }
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new CriException(
                        CriException.Code.DEADLINE_EXCEEDED,
                        "container " + Text.plain(status.name()) + " has not ended within " + atMost.toMillis() + " ms",
                        null);
            }
            long nanos = Math.min(left, pause.toNanos());
            Wire.sleep(Duration.ofNanos(nanos).toMillis() + 1, "wait for container " + Text.plain(status.name()));
            pause = pause.multipliedBy(2);
            pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
        }
    }

    /**
     * Runs a command in a running container and waits for its end, in one call. Standard output and standard error together
     * may be a little less than 16 MiB, and there is no input: {@link #exec(String, ExecSpec)} has neither limit.
     *
     * <p>For short commands one call is better than streams. It goes over the socket that is open already, and needs no
     * second connection to an address that the runtime names; and a time limit is kept by the runtime, which kills the
     * command, while containerd before version 2 lets one go on whose streams were cut. What writes more than fits fails
     * ({@code RESOURCE_EXHAUSTED}) and is never cut short.
     *
     * @param id ID of the container
     * @param command the program and its arguments
     * @return what it has written, and its exit code
     * @throws NotFoundException if there is no such container
     * @throws WrongStateException if the container does not run
     * @throws CriException if the command cannot be run: no such program, too much output
     */
    public ExecResult exec(String id, String... command) {
        return exec(id, Duration.ZERO, List.of(command));
    }

    /**
     * Runs a command in a running container and waits for its end, as {@link #exec(String, String...)} does, but not for
     * ever.
     *
     * @param id ID of the container
     * @param timeout when to kill the command, in whole seconds, rounded up; zero means never
     * @param command the program and its arguments
     * @return what it has written, and its exit code
     * @throws NotFoundException if there is no such container
     * @throws CriException if the command cannot be run, or did not end in time ({@code DEADLINE_EXCEEDED})
     */
    public ExecResult exec(String id, Duration timeout, List<String> command) {
        ExecSyncRequest request = ExecSyncRequest.newBuilder()
                .setContainerId(id)
                .addAllCmd(command)
                .setTimeout(seconds(timeout))
                .build();
        String action = "run " + Text.plain(command.get(0)) + " in container " + Names.brief(id);
        ExecSyncResponse answer = timeout.isZero()
                ? wire.callWithoutDeadline(action, RuntimeServiceGrpc.getExecSyncMethod(), request)
                : wire.call(
                        action,
                        RuntimeServiceGrpc.getExecSyncMethod(),
                        request,
                        wire.timeout().plus(timeout));
        return new ExecResult(
                answer.getStdout().toStringUtf8(), answer.getStderr().toStringUtf8(), answer.getExitCode());
    }

    /**
     * Runs a command in a running container, with streams, and waits for its end. There is no limit to what it reads and
     * writes; what it writes is kept unless the specification says where it goes. Ends at once if the thread is
     * interrupted, which ends the command, too, where {@link ExecProcess#close()} does.
     *
     * @param id ID of the container
     * @param spec the command and its streams
     * @return what was kept of its output, and its exit code
     * @throws NotFoundException if there is no such container
     * @throws WrongStateException if the container does not run
     * @throws CriException if the command cannot be run (no such program, ...), does not end in time ({@code
     *     DEADLINE_EXCEEDED}), or has written more than is kept ({@code RESOURCE_EXHAUSTED}); if its input cannot be read or
     *     its output not be handed on ({@code ABORTED})
     */
    public ExecResult exec(String id, ExecSpec spec) {
        ExecSpec.Settings s = spec.settings();
        Captured stdout = new Captured(s.maxOutput());
        Captured stderr = new Captured(s.maxOutput());
        ExecSpec all =
                spec.stdout(s.stdout() == null ? stdout : s.stdout()).stderr(s.stderr() == null ? stderr : s.stderr());
        // Over WebSocket, containerd loses the output of a terminal without input.
        try (ExecProcess process = open(id, all, s.stdin() != null || s.terminal() != null)) {
            int exitCode = s.timeout().isZero() ? process.waitFor() : process.waitFor(s.timeout());
            return new ExecResult(stdout.text(), stderr.text(), exitCode);
        }
    }

    /**
     * Runs a command in a running container and gives its streams: those that the specification does not lead elsewhere. A
     * command that cannot be run is said so by {@link ExecProcess#waitFor()}.
     *
     * @param id ID of the container
     * @param spec the command and its streams
     * @return the command, to be closed by the caller
     * @throws NotFoundException if there is no such container
     * @throws WrongStateException if the container does not run
     * @throws CriException if there is no connection to it
     */
    public ExecProcess spawn(String id, ExecSpec spec) {
        return open(id, spec, true);
    }

    /**
     * Attaches to the process of a running container. What it has written before is in its log. To wait for the handle is to
     * wait for the end of the container; to close it ends nothing but the streams.
     *
     * @param id ID of the container
     * @param spec which streams
     * @return the process, to be closed by the caller
     * @throws NotFoundException if there is no such container
     * @throws WrongStateException if the container does not run
     * @throws CriException if there is no connection to it
     */
    public ExecProcess attach(String id, AttachSpec spec) {
        boolean tty = spec.hasTerminal();
        AttachRequest request = AttachRequest.newBuilder()
                .setContainerId(id)
                .setStdin(spec.hasInput())
                .setStdout(true)
                .setStderr(!tty)
                .setTty(tty)
                .build();
        ExecProcess.Exit exit = new ExecProcess.Exit() {
            @Override
            public int code(Duration atMost) {
                return waitForExit(id, atMost);
            }

            @Override
            public OptionalInt now() {
                return status(id).exitCode();
            }
        };
        String action = "attach to container " + Names.brief(id);
        ExecProcess.Plan plan = new ExecProcess.Plan(
                action,
                "davit-attach-" + Names.brief(id),
                spec.hasInput(),
                null,
                null,
                null,
                tty,
                spec.terminal(),
                exit);
        return ExecProcess.open(
                streams,
                plan,
                () -> wire.call(action, RuntimeServiceGrpc.getAttachMethod(), request)
                        .getUrl());
    }

    private ExecProcess open(String id, ExecSpec spec, boolean hasInput) {
        ExecSpec.Settings s = spec.settings();
        boolean tty = s.terminal() != null;
        ExecRequest request = ExecRequest.newBuilder()
                .setContainerId(id)
                .addAllCmd(s.command())
                .setStdin(hasInput)
                .setStdout(true)
                .setStderr(!tty)
                .setTty(tty)
                .build();
        String action = "run " + Text.plain(s.command().get(0)) + " in container " + Names.brief(id);
        ExecProcess.Plan plan = new ExecProcess.Plan(
                action,
                "davit-exec-" + Names.brief(id),
                hasInput,
                s.stdin(),
                s.stdout(),
                s.stderr(),
                tty,
                s.terminal(),
                null);
        return ExecProcess.open(
                streams,
                plan,
                () -> wire.call(action, RuntimeServiceGrpc.getExecMethod(), request)
                        .getUrl());
    }

    /**
     * Reads the log of a container. The log is a file of the node, so this works on the node alone, and takes the right
     * to read that file. A last line without an end is there when the container has ended. Files that the kubelet has
     * renamed or compressed belong to it.
     *
     * @param id ID of the container
     * @return all lines so far, in the order in which they ended; none if the container has no log
     * @throws NotFoundException if there is no such container
     * @throws StorageException if the log cannot be read, or is larger than 64 MiB
     * @throws CriException if the runtime fails
     */
    public List<LogLine> logs(String id) {
        return logs.list(id);
    }

    /**
     * Reads lines of the log of a container as they are asked for, as {@link #logs(String)} does. If lines are followed,
     * the stream waits for them until the container has ended; a runtime that is away meanwhile ends nothing, and an
     * interrupt throws a {@link CriException} ({@code CANCELLED}) from the stream. Closing the stream, from any thread, ends
     * it.
     *
     * @param id ID of the container
     * @param options which lines
     * @return the lines, in the order in which they ended; to be closed by the caller
     * @throws NotFoundException if there is no such container, or none before it
     * @throws StorageException if the log cannot be read; also from the stream
     * @throws CriException if the runtime fails; also from the stream
     */
    public Stream<LogLine> logs(String id, LogOptions options) {
        return logs.open(id, options);
    }

    /**
     * Ends the process of a container. Does nothing if it has ended, or if there is no such container.
     *
     * @param id ID of the container
     * @param grace how long to wait before it is killed, in whole seconds, rounded up
     * @throws CriException if the runtime fails
     */
    public void stop(String id, Duration grace) {
        StopContainerRequest request = StopContainerRequest.newBuilder()
                .setContainerId(id)
                .setTimeout(seconds(grace))
                .build();
        wire.end(
                "stop container " + Names.brief(id),
                RuntimeServiceGrpc.getStopContainerMethod(),
                request,
                wire.timeout().plus(grace));
    }

    /**
     * Removes a container, and kills its process if that still runs. Does nothing if there is no such container. Its log
     * stays.
     *
     * @param id ID of the container
     * @throws CriException if the runtime fails
     */
    public void remove(String id) {
        RemoveContainerRequest request =
                RemoveContainerRequest.newBuilder().setContainerId(id).build();
        wire.end(
                "remove container " + Names.brief(id),
                RuntimeServiceGrpc.getRemoveContainerMethod(),
                request,
                wire.timeout());
    }

    /**
     * Removes a container as {@link #remove(String)} does, and its log with what was renamed or compressed of it. The log is a
     * file of the node, so this works on the node alone.
     *
     * @param id ID of the container
     * @throws StorageException if the log cannot be deleted; the container has gone then
     * @throws CriException if the runtime fails
     */
    public void removeWithLogs(String id) {
        Optional<Path> log;
        try {
            log = status(id).logPath();
        } catch (NotFoundException e) {
            return;
        }
        remove(id);
        log.ifPresent(file -> new LogFiles(file).delete());
    }

    /**
     * Creates a container. If that fails, nothing of it stays.
     *
     * @param podId ID of its pod
     * @param pod what the pod was run with
     */
    RunningContainer create(String podId, PodSandboxConfig pod, ContainerSpec spec) {
        return new RunningContainer(this, create(podId, pod, spec, "create " + where(pod, spec)), spec.name());
    }

    /** The same, and starts it. */
    RunningContainer start(String podId, PodSandboxConfig pod, ContainerSpec spec) {
        RunningContainer container = create(podId, pod, spec);
        try {
            start(container.id(), "start " + where(pod, spec));
            return container;
        } catch (RuntimeException e) {
            Endings.after(e, container::remove);
            throw e;
        }
    }

    private static String where(PodSandboxConfig pod, ContainerSpec spec) {
        return "container " + spec.name() + " in pod " + pod.getMetadata().getName();
    }

    private String create(String podId, PodSandboxConfig pod, ContainerSpec spec, String action) {
        Image given = spec.given();
        if (given != null && images.status(spec.image()).isEmpty()) {
            containerd.load(given, "localhost/davit/run:" + given.id().encoded());
        }
        Creation creation = new Creation();
        ContainerConfig config = spec.completed(pod).toBuilder()
                .putAllAnnotations(creation.mark())
                .build();
        demands.check(action, podId, config);
        CreateContainerRequest request = CreateContainerRequest.newBuilder()
                .setPodSandboxId(podId)
                .setConfig(config)
                .setSandboxConfig(pod)
                .build();
        try {
            return creation.make(
                            wire,
                            action,
                            RuntimeServiceGrpc.getCreateContainerMethod(),
                            request,
                            wire.timeout(),
                            () -> madeBy(creation),
                            this::remove)
                    .getContainerId();
        } catch (NotFoundException e) {
            // Runtimes say that something is missing, and only their words say what: an image or the pod.
            String image = images(config)
                    .filter(name -> images.status(name).isEmpty())
                    .findFirst()
                    .orElseThrow(() -> e);
            throw new ImageNotFoundException(
                    image,
                    "cannot " + action + ": image " + Text.plain(image) + " is not on the node; pull it first",
                    e.getCause());
        }
    }

    boolean podIsReady(String podId) {
        return wire.call(
                                "list pods",
                                RuntimeServiceGrpc.getListPodSandboxMethod(),
                                ListPodSandboxRequest.newBuilder()
                                        .setFilter(PodFilter.all()
                                                .id(podId)
                                                .state(PodState.READY)
                                                .raw())
                                        .build())
                        .getItemsCount()
                > 0;
    }

    /** {@return the image that a container is made of, and those that it mounts} */
    private static Stream<String> images(ContainerConfig config) {
        return Stream.concat(
                Stream.of(config.getImage().getImage()),
                config.getMountsList().stream()
                        .filter(Mount::hasImage)
                        .map(mount -> mount.getImage().getImage()));
    }

    private List<String> madeBy(Creation creation) {
        return list().stream()
                .filter(container -> creation.hasMade(container.annotations()))
                .map(ContainerSummary::id)
                .toList();
    }

    /** Whole seconds, rounded up: the interface knows no shorter time. */
    static long seconds(Duration duration) {
        return duration.plusMillis(999).toSeconds();
    }
}
