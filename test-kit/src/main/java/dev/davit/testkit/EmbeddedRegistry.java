package dev.davit.testkit;

import dev.davit.oci.StorageException;
import dev.davit.testkit.http.Handler;
import dev.davit.testkit.http.HttpServer;
import dev.davit.testkit.internal.BasicAuth;
import dev.davit.testkit.internal.FaultLayer;
import dev.davit.testkit.internal.RegistryHandler;
import dev.davit.testkit.internal.RequestLog;
import dev.davit.testkit.internal.StrayCredentials;
import dev.davit.testkit.internal.TestCertificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A container registry inside this JVM, for tests: whatever speaks to a registry (Davit, docker, skopeo, containerd)
 * can push to it and pull from it.
 *
 * <pre>{@code
 * try (EmbeddedRegistry registry = EmbeddedRegistry.start()) {
 *     String reference = registry.address() + "/acme/server:1.4.0";
 *     ...
 * }
 * }</pre>
 *
 * <p>It serves the whole OCI distribution specification 1.1: blobs with ranges, uploads whole, in pieces and by mount,
 * manifests and indexes of OCI and of Docker (schema 2), tags, referrers, the catalog, deletion. Every digest is checked
 * before something is taken in, and a manifest is refused while something that it refers to is missing.
 *
 * <p>{@link #inject} makes it misbehave, as networks, proxies and other registries do; credentials that nobody asked for
 * make {@link #close} fail.
 *
 * <p>It listens on the loopback interface only, and speaks plain HTTP unless {@link Builder#tls} is asked for. Docker
 * and the CRI of containerd talk plain HTTP to loopback by themselves; {@code ctr} needs {@code --plain-http}, skopeo and
 * buildah need {@code --tls-verify=false}.
 * Blobs are kept in files, never on the heap. Thread-safe. Who starts it closes it.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md">distribution-spec, spec.md</a>
 */
public final class EmbeddedRegistry implements AutoCloseable {
    private static final int REMEMBERED_REQUESTS = 10_000;

    private final HttpServer server;
    private final RegistryHandler registry;
    private final Layers layers;
    private final @Nullable TestCertificates certificates;
    private boolean closed;

    /** What is around the registry, from inside to outside. */
    private record Layers(FaultLayer faults, StrayCredentials strays, RequestLog log) {}

    private EmbeddedRegistry(
            HttpServer server, RegistryHandler registry, Layers layers, @Nullable TestCertificates certificates) {
        this.server = server;
        this.registry = registry;
        this.layers = layers;
        this.certificates = certificates;
    }

    /**
     * Starts a registry on a free port, with plain HTTP, for everybody, and with storage that is deleted when it is
     * closed.
     *
     * @return the running registry, to be closed by the caller
     * @throws StorageException if the storage cannot be created
     */
    public static EmbeddedRegistry start() {
        return builder().start();
    }

    /** {@return a builder for a registry with other settings} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return host and port, as they stand at the beginning of an image reference: {@code 127.0.0.1:40123}} */
    public String address() {
        InetSocketAddress address = server.address();
        InetAddress host = address.getAddress();
        if (host.isAnyLocalAddress()) {
            return "127.0.0.1:" + address.getPort();
        }
        String name = host.getHostAddress();
        return (host instanceof Inet6Address ? "[" + name + "]" : name) + ":" + address.getPort();
    }

    /** {@return the address as a URL without path: {@code http://127.0.0.1:40123}} */
    public URI uri() {
        return URI.create((certificates == null ? "http://" : "https://") + address());
    }

    /**
     * Returns what clients have asked for so far, as a copy that does not change.
     *
     * <p>A client that has the answer to a request finds the request here. Requests that were no HTTP are not recorded.
     *
     * @return the latest requests, 10,000 at most, oldest first
     */
    public List<RecordedRequest> requests() {
        return layers.log.requests();
    }

    /**
     * Lets something go wrong from now on.
     *
     * @param faults what, the one nearest to the client first
     * @throws IllegalStateException if one of them is injected already
     */
    public void inject(Fault... faults) {
        for (Fault fault : faults) {
            fault.addTo(layers.faults);
        }
    }

    /**
     * Tells how often something went wrong, so that a test can be sure that it did.
     *
     * @param fault what was injected: this very object
     * @return how many requests were hit; 0 also if it is not injected
     */
    public int hits(Fault fault) {
        return layers.faults.hits(fault);
    }

    /** Lets nothing go wrong any more, and forgets how often it did. */
    public void heal() {
        layers.faults.clear();
    }

    /** {@return how many connections of clients are open at this moment, idle ones too} */
    public int connections() {
        return server.connections();
    }

    /**
     * Returns the certificate authority that vouches for this registry; it is made anew for each registry.
     *
     * @return the certificate to trust
     * @throws IllegalStateException if the registry was started without TLS
     */
    public X509Certificate certificate() {
        return certificates().authority();
    }

    /**
     * Writes the certificate that {@link #certificate} returns to a file in the PEM form, such as the {@code ca.crt} that
     * skopeo expects in the folder of {@code --cert-dir}.
     *
     * @param file the file, which is replaced if it exists
     * @return the file
     * @throws IllegalStateException if the registry was started without TLS
     * @throws StorageException if the file cannot be written
     */
    public Path certificatePem(Path file) {
        String pem = certificates().authorityPem();
        try {
            return Files.writeString(file, pem);
        } catch (IOException e) {
            throw new StorageException("write", file, e);
        }
    }

    private TestCertificates certificates() {
        if (certificates == null) {
            throw new IllegalStateException("this registry speaks plain HTTP: start it with builder().tls()");
        }
        return certificates;
    }

    /**
     * Stops the registry: ends all connections at once, also in the middle of a transfer, and deletes its storage unless
     * {@link Builder#storage} named it. Closing twice does nothing.
     *
     * @throws StorageException if the storage cannot be deleted
     * @throws AssertionError if a client has sent credentials although this registry never asked for any, or those of
     *     another registry of this JVM: it was redirected here with them, perhaps
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        server.close();
        registry.close();
        layers.strays.close();
        List<String> strays = layers.strays.found();
        if (!strays.isEmpty()) {
            throw new AssertionError("credentials were sent to " + address()
                    + ", which never asked for any, or are those of another registry: " + strays.get(0));
        }
    }

    /** {@return the address} */
    @Override
    public String toString() {
        return "EmbeddedRegistry[" + uri() + "]";
    }

    /** Settings of a registry that is to be started. For one thread. */
    public static final class Builder {
        private static final InetAddress LOOPBACK = loopback();

        private int port;
        private InetAddress host = LOOPBACK;
        private @Nullable Path storage;
        private @Nullable String user;
        private String password = "";
        private boolean tls;
        private boolean sparse;
        private boolean referrers = true;

        private Builder() {}

        /**
         * Sets the port to listen on; without it, or with 0, a free one is taken.
         *
         * @param newPort 0 to 65535
         * @return this builder
         */
        public Builder port(int newPort) {
            if (newPort < 0 || newPort > 65535) {
                throw new IllegalArgumentException("not a port: " + newPort);
            }
            this.port = newPort;
            return this;
        }

        /**
         * Sets the address to listen on, in place of 127.0.0.1. Whoever reaches another one can push and delete.
         *
         * @param address an address of this machine
         * @return this builder
         */
        public Builder bind(InetAddress address) {
            this.host = address;
            return this;
        }

        /**
         * Demands a user name and password with every request.
         *
         * @param newUser the user, without a colon
         * @param newPassword the password
         * @return this builder
         */
        public Builder basicAuth(String newUser, String newPassword) {
            if (newUser.isEmpty() || newUser.indexOf(':') >= 0) {
                throw new IllegalArgumentException("a user name has at least one character and no colon");
            }
            this.user = newUser;
            this.password = newPassword;
            return this;
        }

        /**
         * Speaks HTTPS, with a new certificate for {@code localhost}, 127.0.0.1, ::1 and the bound address that {@link
         * EmbeddedRegistry#certificate} vouches for.
         *
         * @return this builder
         */
        public Builder tls() {
            this.tls = true;
            return this;
        }

        /**
         * Keeps the content in a folder that outlives the registry, and begins with what is there.
         *
         * <p>The folder is an OCI image layout: other tools can read what was pushed, as {@code REPOSITORY:TAG}. It holds
         * some ten thousand tags, and one registry at a time may use it.
         *
         * @param folder the folder, which is created if it is absent
         * @return this builder
         */
        public Builder storage(Path folder) {
            this.storage = folder;
            return this;
        }

        /**
         * Takes manifests and indexes also while something that they refer to is missing, as some registries do.
         *
         * @return this builder
         */
        public Builder allowSparse() {
            this.sparse = true;
            return this;
        }

        /**
         * Does not know referrers, as registries of the distribution specification 1.0: clients then keep lists of them
         * under tags.
         *
         * @return this builder
         */
        public Builder withoutReferrers() {
            this.referrers = false;
            return this;
        }

        /**
         * Starts the registry.
         *
         * @return the running registry, to be closed by the caller
         * @throws StorageException if the storage cannot be created or read, or another registry uses it
         * @throws UncheckedIOException if the address is in use or not one of this machine
         */
        public EmbeddedRegistry start() {
            RegistryHandler registry = openRegistry();
            FaultLayer faults = new FaultLayer(RegistryHandler.labelled(guarded(registry)));
            StrayCredentials strays =
                    new StrayCredentials(faults, user == null ? "" : BasicAuth.header(user, password));
            RequestLog log = new RequestLog(strays, REMEMBERED_REQUESTS);
            TestCertificates certificates = tls ? TestCertificates.create(host) : null;
            InetSocketAddress address = new InetSocketAddress(host, port);
            try {
                HttpServer server =
                        HttpServer.start(address, certificates == null ? null : certificates.serverContext(), log);
                return new EmbeddedRegistry(server, registry, new Layers(faults, strays, log), certificates);
            } catch (IOException e) {
                registry.close();
                throw new UncheckedIOException("cannot listen on " + address + ": " + e.getMessage(), e);
            }
        }

        /** Not the JVM's own idea of it, which can be ::1: some clients cannot read references with an IPv6 address. */
        private static InetAddress loopback() {
            try {
                return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
            } catch (UnknownHostException e) {
                throw new IllegalStateException("four bytes are an IPv4 address", e);
            }
        }

        private RegistryHandler openRegistry() {
            try {
                return RegistryHandler.open(storage, sparse, referrers);
            } catch (IOException e) {
                Path where = storage == null ? Path.of(System.getProperty("java.io.tmpdir")) : storage;
                throw new StorageException("open the registry storage in", where, e);
            }
        }

        private Handler guarded(RegistryHandler registry) {
            return user == null ? registry : new BasicAuth(registry, user, password);
        }
    }
}
