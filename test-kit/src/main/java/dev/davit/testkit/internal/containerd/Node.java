package dev.davit.testkit.internal.containerd;

import dev.davit.cri.CriClient;
import dev.davit.cri.CriException;
import dev.davit.cri.PodSummary;
import dev.davit.oci.StorageException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A private containerd from its start to its end. Thread-safe. */
public final class Node implements AutoCloseable {
    private static final Duration STARTUP = Duration.ofSeconds(30);
    private static final long POLL_MILLIS = 20;
    private static final int LOG_LINES = 3;

    private final Programs programs;
    private final InstanceFolder folder;
    private final Thread hook = new Thread(this::close, "davit-containerd-cleanup");
    private @Nullable Daemon daemon;
    private @Nullable CriClient client;
    private @Nullable String lastLog;

    private Node(Programs programs, InstanceFolder folder) {
        this.programs = programs;
        this.folder = folder;
    }

    /**
     * Starts a node.
     *
     * @param programs what it consists of
     * @param mirrors for registries, or for {@code _default}, where to ask instead
     * @return a node that can run pods
     */
    public static Node start(Programs programs, Map<String, URI> mirrors) {
        Leftovers.removeOrphans(programs.ip());
        Node node = new Node(programs, InstanceFolder.create());
        try {
            Runtime.getRuntime().addShutdownHook(node.hook);
            node.bringUp(mirrors);
            return node;
        } catch (RuntimeException e) {
            try {
                node.close();
            } catch (RuntimeException more) {
                e.addSuppressed(more);
            }
            throw e;
        }
    }

    private synchronized void bringUp(Map<String, URI> mirrors) {
        folder.claim();
        Bridge bridge = Bridge.create(programs.ip());
        try {
            folder.claim(bridge);
        } catch (RuntimeException e) {
            Bridge.delete(programs.ip(), bridge.name());
            throw e;
        }
        folder.configure(new Configuration(programs, folder, bridge, PauseImage.NAME), mirrors);
        daemon = Daemon.start(programs, folder);
        CriClient connected = connect();
        client = connected;
        PauseImage.load(programs, folder);
        await(
                "know its pause image",
                () -> connected.images().status(PauseImage.NAME).isPresent());
        await("set up its network", () -> connected.runtime().status().isNetworkReady());
    }

    /** Ends the daemon as a crash would, and leaves everything else as it is. */
    public synchronized void kill() {
        if (daemon == null || lastLog != null) {
            throw new IllegalStateException("this containerd is closed");
        }
        daemon.kill();
    }

    /** Starts the daemon again, if it does not run, and waits until it is ready. */
    public synchronized void revive() {
        if (daemon == null || lastLog != null) {
            throw new IllegalStateException("this containerd is closed");
        }
        if (!daemon.isAlive()) {
            daemon = Daemon.start(programs, folder);
        }
        try (CriClient connected = connect()) {
            await("set up its network", () -> connected.runtime().status().isNetworkReady());
        }
    }

    /** The daemon listens soon, and offers its services one after the other. */
    private CriClient connect() {
        long deadline = System.nanoTime() + STARTUP.toNanos();
        while (true) {
            try {
                return CriClient.builder()
                        .endpoint(endpoint())
                        .cgroupParent("/" + folder.name())
                        .logDirectory(folder.podLogs())
                        .connect();
            } catch (CriException e) {
                if (e.code() == CriException.Code.CANCELLED) {
                    throw e;
                }
                check("answer", deadline, e);
                pause();
            }
        }
    }

    private void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + STARTUP.toNanos();
        while (!condition.getAsBoolean()) {
            check(what, deadline, null);
            pause();
        }
    }

    private void check(String what, long deadline, @Nullable Throwable cause) {
        boolean alive = daemon != null && daemon.isAlive();
        if (!alive || System.nanoTime() > deadline) {
            List<String> lines = Daemon.log(folder).lines().toList();
            throw new CriException(
                    CriException.Code.UNAVAILABLE,
                    programs.containerd() + (alive ? " does not " + what : " ended before it could " + what)
                            + "; its log ends with: "
                            + String.join(" | ", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size())),
                    cause);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CriException(CriException.Code.CANCELLED, "interrupted while containerd was starting", e);
        }
    }

    /** {@return a client of the node, which belongs to it} */
    public synchronized CriClient client() {
        if (client == null) {
            throw new IllegalStateException("this containerd is closed");
        }
        return client;
    }

    /** {@return where the daemon listens} */
    public String endpoint() {
        return "unix://" + folder.socket();
    }

    /** {@return the end of what the daemon has logged, or had logged when it was closed} */
    public synchronized String log() {
        return lastLog == null ? Daemon.log(folder) : lastLog;
    }

    @Override
    public void close() {
        // Half a clean-up is worse than a late one.
        boolean interrupted = Thread.interrupted();
        try {
            end();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized void end() {
        if (lastLog != null) {
            return;
        }
        List<String> problems = new ArrayList<>();
        if (client != null) {
            removePods(client, problems);
            client.close();
            client = null;
        }
        if (daemon != null) {
            daemon.stop();
        }
        lastLog = Daemon.log(folder);
        List<String> left = Leftovers.remove(folder, programs.ip());
        forgetHook();
        if (!left.isEmpty()) {
            problems.addAll(0, left);
            throw new StorageException("remove all of", folder.path(), String.join("; ", problems), null);
        }
    }

    /** Pods that cannot be removed in order are removed by force afterwards. */
    private static void removePods(CriClient client, List<String> problems) {
        try {
            for (PodSummary pod : client.pods().list()) {
                try {
                    client.pods().remove(pod.id());
                } catch (RuntimeException e) {
                    problems.add(e.toString());
                }
            }
        } catch (RuntimeException e) {
            problems.add(e.toString());
        }
    }

    private void forgetHook() {
        if (Thread.currentThread() != hook) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The JVM is about to end, and runs it; there is nothing left for it to do.
            }
        }
    }
}
