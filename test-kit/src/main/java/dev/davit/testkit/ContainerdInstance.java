package dev.davit.testkit;

import dev.davit.cri.CriClient;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.StorageException;
import dev.davit.testkit.internal.containerd.Node;
import dev.davit.testkit.internal.containerd.Programs;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A containerd of a test's own: a daemon with its own folder, socket, network and pause image, on which pods can be run at
 * once, and of which nothing is left when it is closed.
 *
 * <pre>{@code
 * assumeThat(ContainerdInstance.missingParts()).isEmpty();
 * try (ContainerdInstance node = ContainerdInstance.start();
 *         RunningPod pod = node.client().pods().run(PodSpec.named("greeter"))) {
 *     ...
 * }
 * }</pre>
 *
 * <p>It takes Linux, the rights of root, and the programs of containerd (1.6, 1.7 or 2.x), runc and the CNI plugins, which
 * are used as they are installed; a containerd that runs already is not touched. No registry is needed for the pause
 * image, nor the internet for anything. Pods have addresses in a private subnet that the machine can reach and that can
 * reach the machine; they cannot reach anything else. Images come from registries, those on the loopback interface with
 * plain HTTP as well: {@link EmbeddedRegistry} is one.
 *
 * <p>Several instances run side by side, of one JVM or of many. Closing one removes its pods first, then the daemon and
 * all traces: processes, mounts, the bridge, control groups, files. If it is not closed, the end of the JVM does that; and
 * if the JVM is killed, the next instance that starts on the machine does.
 *
 * <p>Thread-safe. Who starts it closes it.
 */
public final class ContainerdInstance implements AutoCloseable {
    private final Node node;

    private ContainerdInstance(Node node) {
        this.node = node;
    }

    /**
     * Starts a containerd that is on the PATH.
     *
     * @return the instance, ready for pods, to be closed by the caller
     * @throws NotFoundException if a part is missing: see {@link #missingParts()}
     * @throws StorageException if its files or network cannot be made
     * @throws dev.davit.cri.CriException if the daemon does not come up
     */
    public static ContainerdInstance start() {
        return builder().start();
    }

    /** {@return a builder for an instance with other settings} */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Says what is missing on this machine for an instance to be started.
     *
     * @return what is missing and how to get it, a line each; none if everything is here
     */
    public static List<String> missingParts() {
        return builder().missingParts();
    }

    /** {@return a client of this instance, which is closed together with it} */
    public CriClient client() {
        return node.client();
    }

    /** {@return where it listens: {@code unix:///tmp/.../containerd.sock}} */
    public String endpoint() {
        return node.endpoint();
    }

    /** {@return the end of what the daemon has logged, 32 KiB at most; also after it was closed} */
    public String log() {
        return node.log();
    }

    /**
     * Kills the daemon as a crash would ({@code SIGKILL}). Its pods go on running; calls of the client fail until it is
     * {@linkplain #revive() revived}.
     *
     * @throws IllegalStateException if it was closed
     */
    public void kill() {
        node.kill();
    }

    /**
     * Starts the daemon again after it was {@linkplain #kill() killed}, with everything as it was, and waits until it is
     * ready. Does nothing else if it runs.
     *
     * @throws IllegalStateException if it was closed
     * @throws dev.davit.cri.CriException if the daemon does not come up
     */
    public void revive() {
        node.revive();
    }

    /**
     * Removes all pods, ends the daemon, and removes everything that it has made. Does nothing if that is done.
     *
     * @throws StorageException if something could not be removed
     */
    @Override
    public void close() {
        node.close();
    }

    /** {@return where it listens} */
    @Override
    public String toString() {
        return "containerd at " + endpoint();
    }

    /** Settings of an instance. Not thread-safe. */
    public static final class Builder {
        private @Nullable Path programs;
        private final Map<String, URI> mirrors = new LinkedHashMap<>();

        private Builder() {}

        /**
         * Sets where containerd is, for another version than the one on the PATH.
         *
         * @param folder the folder with {@code containerd}, {@code ctr} and {@code containerd-shim-runc-v2}
         * @return this
         */
        public Builder programs(Path folder) {
            this.programs = folder.toAbsolutePath();
            return this;
        }

        /**
         * Lets the node ask another address for the images of a registry. References stay as they are.
         *
         * @param registry the registry as {@code host[:port]}, as references name it
         * @param address where to ask, such as {@link EmbeddedRegistry#uri()}
         * @return this
         */
        public Builder mirror(String registry, URI address) {
            if (registry.isEmpty() || registry.contains("/") || registry.startsWith("_")) {
                throw new IllegalArgumentException("registry: expected host[:port], got \"" + registry + "\"");
            }
            mirrors.put(registry, address);
            return this;
        }

        /**
         * Lets the node ask another address for the images of all registries that have no mirror of their own.
         *
         * @param address where to ask, such as {@link EmbeddedRegistry#uri()}
         * @return this
         */
        public Builder mirrorAll(URI address) {
            mirrors.put("_default", address);
            return this;
        }

        /**
         * Says what is missing on this machine for an instance with these settings to be started.
         *
         * @return what is missing and how to get it, a line each; none if everything is here
         */
        public List<String> missingParts() {
            return Programs.missing(programs);
        }

        /**
         * Starts the instance.
         *
         * @return the instance, ready for pods, to be closed by the caller
         * @throws NotFoundException if a part is missing
         * @throws StorageException if its files or network cannot be made
         * @throws dev.davit.cri.CriException if the daemon does not come up
         */
        public ContainerdInstance start() {
            Programs found = Programs.find(programs)
                    .orElseThrow(() ->
                            new NotFoundException("cannot start a containerd: " + String.join("; ", missingParts())));
            return new ContainerdInstance(Node.start(found, mirrors));
        }
    }
}
