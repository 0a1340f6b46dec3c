package dev.davit.cri;

import dev.davit.cri.internal.Discovery;
import dev.davit.cri.internal.Endpoint;
import dev.davit.oci.auth.CredentialSource;
import io.grpc.Channel;
import java.lang.System.Logger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A client of a container runtime (containerd, CRI-O) over the Kubernetes Container Runtime Interface, version 1.
 *
 * <pre>{@code
 * try (CriClient cri = CriClient.connect("unix:///run/containerd/containerd.sock")) {
 *     cri.images().pull("registry.example/acme/server:1.4.0");
 *     try (RunningPod pod = cri.pods().run(PodSpec.named("greeter"))) {
 *         RunningContainer server = pod.start(ContainerSpec.of("server", "registry.example/acme/server:1.4.0"));
 *         int exitCode = server.waitForExit(Duration.ofSeconds(30));
 *         server.logs().forEach(System.out::println);
 *     }
 * }
 * }</pre>
 *
 * <p>All calls block, share one connection, and are ended by an interrupt of the calling thread. They fail with a
 * {@link CriException}, or where there is a better word for it with another {@link dev.davit.oci.DavitException}. Calls
 * have the deadlines that the kubelet gives them: a basic timeout that can be set, twice that to run a pod, none to pull.
 *
 * <p>Thread-safe. Who connects it closes it; pods that it runs belong to their {@link RunningPod}.
 */
public final class CriClient implements AutoCloseable {
    private static final Logger LOGGER = System.getLogger(CriClient.class.getName());

    private final Wire wire;
    private final Wire imageWire;
    private final Streams streams;
    private final CriRuntime runtime;
    private final CriImages images;
    private final ContainerdImages containerd;
    private final CriContainers containers;
    private final CriPods pods;
    private final CriStats stats;
    private final CriCheckpoints checkpoints;

    private CriClient(Wire wire, Wire imageWire, Builder settings) {
        this.wire = wire;
        this.imageWire = imageWire;
        this.streams = new Streams(wire, settings.streams);
        this.runtime = new CriRuntime(wire);
        this.images = new CriImages(imageWire, settings.credentials);
        this.containerd = new ContainerdImages(imageWire, images);
        Demands demands = new Demands(wire, runtime);
        this.containers = new CriContainers(wire, images, containerd, demands, streams);
        this.pods = new CriPods(wire, streams, containers, demands, settings.cgroupParent, settings.logDirectory);
        this.stats = new CriStats(wire);
        this.checkpoints = new CriCheckpoints(wire, pods);
    }

    /**
     * Connects to a runtime.
     *
     * @param endpoint {@code unix:///path/of.sock}, the bare path, or {@code tcp://host:port}
     * @return a client, to be closed by the caller
     * @throws IllegalArgumentException if the endpoint is none of these
     * @throws CriException if no runtime answers there, or none that speaks version 1 of the interface
     */
    public static CriClient connect(String endpoint) {
        return builder().endpoint(endpoint).connect();
    }

    /**
     * Connects to the runtime of this machine, which is found as {@code crictl} finds it: by the environment variables
     * {@code CONTAINER_RUNTIME_ENDPOINT} and {@code IMAGE_SERVICE_ENDPOINT}, by the settings {@code runtime-endpoint} and
     * {@code image-endpoint} in {@code /etc/crictl.yaml} or the file that {@code CRI_CONFIG_FILE} names, or by the first
     * socket at which somebody listens of those that containerd, CRI-O, k3s and cri-dockerd have. Of the settings of
     * {@code crictl} only these two count.
     *
     * @return a client, to be closed by the caller
     * @throws dev.davit.oci.NotFoundException if nothing says where a runtime is, and none is where they use to be
     * @throws dev.davit.oci.MalformedContentException if what a variable or the file says is no endpoint
     * @throws dev.davit.oci.StorageException if the file cannot be read
     * @throws CriException if no runtime answers there, or none that speaks version 1 of the interface
     */
    public static CriClient connect() {
        return builder().discover().connect();
    }

    /** {@return a builder for a client with other settings} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return the runtime itself: version and status} */
    public CriRuntime runtime() {
        return runtime;
    }

    /** {@return the images on the node} */
    public CriImages images() {
        return images;
    }

    /** {@return what only containerd can do with images: load, export and name them} */
    public ContainerdImages containerd() {
        return containerd;
    }

    /** {@return the pods on the node} */
    public CriPods pods() {
        return pods;
    }

    /** {@return the containers on the node, of all pods} */
    public CriContainers containers() {
        return containers;
    }

    /** {@return what pods and containers use} */
    public CriStats stats() {
        return stats;
    }

    /** {@return the state of processes on disk; experimental} */
    public CriCheckpoints checkpoints() {
        return checkpoints;
    }

    /**
     * Watches pods and containers. At first comes one event for each that is there, which says what it has come to, and then
     * what happens to them, as it happens. No change is missed: what events do not tell, because the runtime was away or gives
     * each event to one of several readers only, is found by lists, every ten seconds or, where events cannot be relied upon
     * (containerd before 2.0, which has none before 1.7), every second. Only what is both made and removed between two lists
     * is never seen there. Each event comes once.
     *
     * <p>The stream has no end. It waits in the thread that reads it, and in no other; a runtime that is away meanwhile ends
     * nothing. Closing the stream, from any thread, ends it, and so does an interrupt, with a {@link CriException}
     * ({@code CANCELLED}).
     *
     * @return the events, in their order for each pod and container; to be closed by the caller, and for one thread
     */
    public Stream<CriEvent> events() {
        EventFlow flow = new EventFlow(wire, runtime, pods, containers);
        return StreamSupport.stream(flow, false).onClose(flow::close);
    }

    /** {@return where it is connected to: {@code unix:///path} or {@code tcp://host:port}; nothing for a given channel} */
    public Optional<String> endpoint() {
        return Optional.ofNullable(wire.endpoint()).map(Endpoint::toString);
    }

    /**
     * Looks at the socket file. When a client connects, it warns in its log of a socket that everybody can write to, or
     * that belongs neither to root nor to the user of this process: whoever listens there could be anybody.
     *
     * @return the socket file with its owner and permissions; nothing for a TCP port or a given channel
     */
    public Optional<CriSocket> socket() {
        Endpoint endpoint = wire.endpoint();
        return endpoint == null ? Optional.empty() : socket(endpoint);
    }

    private static Optional<CriSocket> socket(Endpoint endpoint) {
        return Optional.ofNullable(endpoint.socket())
                .flatMap(path -> endpoint.attributes()
                        .map(file -> new CriSocket(
                                path, file.owner().getName(), file.group().getName(), file.permissions())));
    }

    /**
     * Gives the channel, for calls that have no method here yet: with {@code RuntimeServiceGrpc} and {@code
     * ImageServiceGrpc} of the package {@code dev.davit.cri.raw}, which follow the interface and so are not stable, or with
     * stubs of other services of the same server.
     *
     * @return the channel to the runtime service, which is shared and belongs to this client or to whoever has handed it in
     */
    public Channel channel() {
        return wire.channel();
    }

    /**
     * Closes the connection, and with it all streams to commands and ports, whose users get a {@link CriException} ({@code
     * CANCELLED}). Pods go on running. A channel that was handed in stays open. May be called again.
     */
    @Override
    public void close() {
        streams.close();
        wire.close();
        imageWire.close();
    }

    /** {@return where it is connected to} */
    @Override
    public String toString() {
        return "CRI client of " + wire;
    }

    /** Settings of a client. Not thread-safe. */
    public static final class Builder {
        private @Nullable Endpoint endpoint;
        private @Nullable Endpoint imageEndpoint;
        private @Nullable Channel channel;
        private Duration timeout = Duration.ofMinutes(2);
        private CredentialSource credentials = CredentialSource.anonymous();
        private String cgroupParent = "";
        private @Nullable Path logDirectory;
        private StreamSettings streams = StreamSettings.DEFAULT;

        private Builder() {}

        /**
         * Sets where the runtime listens.
         *
         * @param endpoint {@code unix:///path/of.sock}, the bare path, or {@code tcp://host:port}
         * @return this
         * @throws IllegalArgumentException if the endpoint is none of these
         */
        public Builder endpoint(String endpoint) {
            this.endpoint = Endpoint.parse(endpoint);
            return this;
        }

        /**
         * Sets where the service for images listens, if that is another one.
         *
         * @param endpoint {@code unix:///path/of.sock}, the bare path, or {@code tcp://host:port}
         * @return this
         * @throws IllegalArgumentException if the endpoint is none of these
         */
        public Builder imageEndpoint(String endpoint) {
            this.imageEndpoint = Endpoint.parse(endpoint);
            return this;
        }

        /**
         * Looks for the runtime of this machine, as {@link CriClient#connect()} does, and sets where it listens.
         *
         * @return this
         * @throws dev.davit.oci.NotFoundException if nothing says where a runtime is, and none is where they use to be
         * @throws dev.davit.oci.MalformedContentException if what a variable or the file says is no endpoint
         * @throws dev.davit.oci.StorageException if the file cannot be read
         */
        public Builder discover() {
            Discovery.Found found = Discovery.ofThisMachine().find();
            this.endpoint = found.runtime();
            this.imageEndpoint = found.images();
            return this;
        }

        /**
         * Uses a channel of the caller's own instead of an endpoint. It stays the caller's: the client does not close it.
         * It should take messages of 16 MiB, and send {@code localhost} as its authority.
         *
         * @param channel an open channel
         * @return this
         */
        public Builder channel(Channel channel) {
            this.channel = Objects.requireNonNull(channel, "channel");
            return this;
        }

        /**
         * Sets the basic timeout. Calls that wait for something get more; pulls of images have none.
         *
         * @param timeout more than zero; two minutes unless set
         * @return this
         */
        public Builder timeout(Duration timeout) {
            if (timeout.isZero() || timeout.isNegative()) {
                throw new IllegalArgumentException("timeout: expected more than zero, got " + timeout);
            }
            this.timeout = timeout;
            return this;
        }

        /**
         * Sets where the credentials for pulls come from.
         *
         * @param credentials the source; access is anonymous unless set
         * @return this
         */
        public Builder credentials(CredentialSource credentials) {
            this.credentials = Objects.requireNonNull(credentials, "credentials");
            return this;
        }

        /**
         * Sets the control group below which all pods go whose specification names none.
         *
         * @param cgroupParent a path from the root of the hierarchy, or with the systemd driver the name of a slice
         * @return this
         */
        public Builder cgroupParent(String cgroupParent) {
            this.cgroupParent = Objects.requireNonNull(cgroupParent, "cgroupParent");
            return this;
        }

        /**
         * Sets where the folders for logs are made for pods whose specification names none.
         *
         * @param folder a folder of the node; the one for temporary files unless set
         * @return this
         */
        public Builder logDirectory(Path folder) {
            this.logDirectory = folder.toAbsolutePath();
            return this;
        }

        /**
         * Sets how the streams of exec, attach and port forwarding travel.
         *
         * @param transport how; {@link StreamTransport#AUTO} unless set
         * @return this
         */
        public Builder streamTransport(StreamTransport transport) {
            Objects.requireNonNull(transport, "transport");
            this.streams = new StreamSettings(transport, streams.tls(), streams.hosts());
            return this;
        }

        /**
         * Sets what to trust, and to show, where a runtime wants streams to be opened with TLS. The host is verified.
         *
         * @param tls the context; that of the JDK unless set
         * @return this
         */
        public Builder streamTls(SSLContext tls) {
            Objects.requireNonNull(tls, "tls");
            this.streams = new StreamSettings(streams.transport(), tls, streams.hosts());
            return this;
        }

        /**
         * Lets a runtime have streams opened on another host. The runtime says where, and unless allowed that is refused
         * everywhere but on this machine and on the host of the endpoint.
         *
         * @param host a name or an address, IPv6 without brackets
         * @return this
         */
        public Builder allowStreamHost(String host) {
            Set<String> hosts = new HashSet<>(streams.hosts());
            hosts.add(host.toLowerCase(Locale.ROOT));
            this.streams = new StreamSettings(streams.transport(), streams.tls(), Set.copyOf(hosts));
            return this;
        }

        /**
         * Connects to the runtime.
         *
         * @return a client, to be closed by the caller
         * @throws IllegalStateException unless exactly one of endpoint and channel is set
         * @throws CriException if no runtime answers there, or none that speaks version 1 of the interface
         */
        public CriClient connect() {
            Wire wire = wire();
            Endpoint images = imageEndpoint;
            boolean apart =
                    images != null && (endpoint == null || !images.toString().equals(endpoint.toString()));
            CriClient client =
                    new CriClient(wire, apart ? Wire.to(Objects.requireNonNull(images), timeout) : wire, this);
            try {
                client.socket().ifPresent(Builder::warn);
                client.runtime.greet();
                return client;
            } catch (RuntimeException e) {
                client.close();
                throw e;
            }
        }

        private static void warn(CriSocket socket) {
            if (socket.isOpenToAll()) {
                LOGGER.log(Logger.Level.WARNING, "everybody on this machine can write to the CRI socket {0}", socket);
            }
            String user = Discovery.user();
            if (!socket.owner().equals("root") && !socket.owner().equals(user)) {
                LOGGER.log(Logger.Level.WARNING, "the CRI socket {0} belongs neither to root nor to {1}", socket, user);
            }
        }

        private Wire wire() {
            if (endpoint != null && channel == null) {
                return Wire.to(endpoint, timeout);
            }
            if (channel != null && endpoint == null) {
                return Wire.over(channel, timeout);
            }
            throw new IllegalStateException("set an endpoint or a channel, and not both");
        }
    }
}
