package dev.davit.cri;

import dev.davit.cri.raw.PodSandboxConfig;
import dev.davit.oci.NotFoundException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A pod that runs. Closing it removes it with everything in it.
 *
 * <p>Thread-safe; lives as long as the client.
 */
public final class RunningPod implements AutoCloseable {
    /** Long enough for a program that listens, and not long for all the others. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private static final String LOOPBACK = "127.0.0.1";

    private final CriPods pods;
    private final CriContainers allContainers;
    private final String id;
    private final PodSandboxConfig config;
    private final List<String> ips;
    private final List<RunningContainer> started = new ArrayList<>();
    private boolean closed;

    RunningPod(CriPods pods, CriContainers allContainers, String id, PodSandboxConfig config, List<String> ips) {
        this.pods = pods;
        this.allContainers = allContainers;
        this.id = id;
        this.config = config;
        this.ips = ips;
    }

    /** {@return the ID that the runtime gave it} */
    public String id() {
        return id;
    }

    /** {@return its name} */
    public String name() {
        return config.getMetadata().getName();
    }

    /** {@return where this node reaches it: its first address, or 127.0.0.1 if it uses the network of the node} */
    public String ip() {
        return ips.isEmpty() ? LOOPBACK : ips.get(0);
    }

    /**
     * Asks for its state.
     *
     * @return its state
     * @throws NotFoundException if it was removed
     * @throws CriException if the runtime fails
     */
    public PodStatus status() {
        return pods.status(id);
    }

    /**
     * Creates a container in the pod and starts it. If that fails, nothing of it stays; an interrupt therefore ends it
     * only when the runtime has answered, or after some seconds.
     *
     * @param spec what it is to be like; its images must be on the node
     * @return the container, whose process has been started
     * @throws ImageNotFoundException if its image, or one that it mounts, is not on the node
     * @throws NameTakenException if the pod has a container of this name and attempt
     * @throws NotFoundException if the pod was removed
     * @throws CriException if it cannot be started: no such program, no such user, ...; or if the runtime cannot protect
     *     something as it should ({@code UNIMPLEMENTED})
     * @throws IllegalStateException if the pod is closed
     */
    public RunningContainer start(ContainerSpec spec) {
        checkOpen();
        return noted(allContainers.start(id, config, spec));
    }

    /**
     * Creates a container in the pod, to be started later. If that fails, nothing of it stays.
     *
     * @param spec what it is to be like; its images must be on the node
     * @return the container, to be {@linkplain RunningContainer#start() started}
     * @throws ImageNotFoundException if its image, or one that it mounts, is not on the node
     * @throws NameTakenException if the pod has a container of this name and attempt
     * @throws NotFoundException if the pod was removed
     * @throws CriException if the runtime fails, or cannot protect something as it should ({@code UNIMPLEMENTED})
     * @throws IllegalStateException if the pod is closed
     */
    public RunningContainer create(ContainerSpec spec) {
        checkOpen();
        return noted(allContainers.create(id, config, spec));
    }

    /**
     * Connects to one of its ports, through the runtime: see {@link CriPods#portForward(String, int)}.
     *
     * @param port the port, on the loopback interface of the pod
     * @return the connection, to be closed by the caller; that nobody listens shows when it is used
     * @throws IllegalArgumentException if it is no port
     * @throws NotFoundException if the pod was removed
     * @throws WrongStateException if it does not run
     * @throws CriException if there is no connection to the runtime's streams
     */
    public PortConnection portForward(int port) {
        return pods.portForward(id, port);
    }

    /**
     * Opens a port of this machine, on the loopback interface, that leads to one of its ports: see {@link
     * CriPods#forward(String, int, int)}.
     *
     * @param localPort the port on this machine; 0 for any that is free
     * @param port the port, on the loopback interface of the pod
     * @return the open port, to be closed by the caller
     * @throws IllegalArgumentException if it is no port
     * @throws CriException if nobody can listen at the port of this machine ({@code UNAVAILABLE})
     */
    public PortForward forward(int localPort, int port) {
        return pods.forward(id, localPort, port);
    }

    private void checkOpen() {
        synchronized (started) {
            if (closed) {
                throw new IllegalStateException("pod " + name() + " is closed");
            }
        }
    }

    private RunningContainer noted(RunningContainer container) {
        synchronized (started) {
            started.add(container);
        }
        return container;
    }

    /** {@return the containers that were created through this handle, in that order; a copy} */
    public List<RunningContainer> containers() {
        synchronized (started) {
            return List.copyOf(started);
        }
    }

    /**
     * Ends and removes the containers, the last one first, and then the pod. A process has a second to end before it is
     * killed; one that needs longer is better stopped before. Continues after failures, and to the end although the
     * thread is interrupted, as by a timeout of a test. Does nothing if that is done.
     *
     * @throws CriException if something could not be removed; it can be tried again
     */
    @Override
    public void close() {
        List<RunningContainer> open;
        synchronized (started) {
            if (closed) {
                return;
            }
            open = new ArrayList<>(started);
        }
        Endings endings = new Endings();
        for (int i = open.size() - 1; i >= 0; i--) {
            RunningContainer container = open.get(i);
            endings.attempt(() -> container.stop(GRACE));
            endings.attempt(container::remove);
        }
        endings.attempt(() -> pods.stop(id));
        endings.attempt(() -> pods.remove(id));
        endings.finish();
        synchronized (started) {
            closed = true;
        }
    }

    /** {@return name and ID} */
    @Override
    public String toString() {
        return "pod " + name() + " (" + id + ")";
    }
}
