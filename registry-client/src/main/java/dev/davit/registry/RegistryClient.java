package dev.davit.registry;

import dev.davit.oci.Descriptor;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.Platform;
import dev.davit.oci.Reference;
import dev.davit.oci.auth.CredentialSource;
import dev.davit.oci.content.ContentStore;
import dev.davit.oci.content.Copier;
import dev.davit.oci.content.Target;
import dev.davit.oci.image.Image;
import dev.davit.oci.internal.Text;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;

/**
 * Reads images from registries and writes them there. For whole images use {@link #image}, {@link #pull} and {@link
 * #push}; for everything else, {@link #repository} is a source and a target of a {@link Copier}.
 *
 * <p>Safe by default: every byte is checked against its digest before it is handed out whole; credentials go to their
 * own registry (and to the token server that it names) alone; TLS is required, except that a registry on this machine
 * ({@code localhost}, {@code 127.0.0.0/8}, {@code [::1]}) may do without it. What fails in passing is tried again:
 * downloads go on at the byte where they broke, uploads where the registry says it is, and a registry that asks to wait
 * holds back all that this client sends to it.
 *
 * <p>Safe to share between threads; one client for the whole program is best, because connections are kept for reuse.
 * Calls block, and interrupting the calling thread cancels them with a {@link dev.davit.oci.TransferException}. Errors
 * are described at {@link RemoteRepository}.
 */
public final class RegistryClient implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RegistryClient.class.getName());

    private final ClientSettings settings;
    private final Transport transport;
    private final Router router;
    private final Map<String, Registry> registries = new ConcurrentHashMap<>();

    private RegistryClient(ClientSettings settings) {
        this.settings = settings;
        this.transport = new Transport(settings);
        this.router = new Router(settings, transport);
        settings.unverifiedHosts.forEach(host -> LOG.log(
                Level.WARNING, "TLS certificates of " + host + " are not verified: anybody can pretend to be it"));
    }

    /** {@return a client with the defaults, and anonymous; the caller closes it} */
    public static RegistryClient create() {
        return builder().build();
    }

    /**
     * {@return a client that does as this machine is set up for Docker, Podman and containerd, see {@link
     * Builder#conventions}; the caller closes it}
     */
    public static RegistryClient configured() {
        return builder().conventions().build();
    }

    /** {@return a builder with the defaults} */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Loads an image: manifest and configuration now, layers when they are opened.
     *
     * @param reference where it is, such as {@code registry.example/acme/server:1.4.0}
     * @param platform the platform wanted, where the reference stands for several
     * @return the image, whose layers can be read until the client is closed
     * @throws dev.davit.oci.NotFoundException if there is no such image
     * @throws dev.davit.oci.MalformedContentException if the reference, or a document of the image, is not well formed
     */
    public Image image(String reference, Platform platform) {
        Reference parsed = router.reference(reference);
        return Image.load(repository(parsed), parsed.identifier(), platform);
    }

    /**
     * Copies an image from a registry to somewhere else, such as an image layout, and names it there by its tag. An
     * image that is asked for by digest alone gets no name.
     *
     * @param reference where it is
     * @param platform the platform wanted, where the reference stands for several: only this one is copied
     * @param target where it goes
     * @return the image in the target
     * @throws dev.davit.oci.NotFoundException if there is no such image
     * @throws dev.davit.oci.IntegrityException if the registry delivers other bytes than it promised
     * @throws dev.davit.oci.StorageException if the target cannot be written
     */
    public Image pull(String reference, Platform platform, Target target) {
        Reference parsed = router.reference(reference);
        RemoteRepository source = repository(parsed);
        Copier copier = Copier.builder().platform(platform).build();
        Descriptor image = parsed.tag().isPresent()
                ? copier.copy(source, parsed.identifier(), target, parsed.tag().get())
                : copier.copy(source, parsed.identifier(), (ContentStore) target);
        return Image.load(target, image);
    }

    /**
     * Copies an image to a registry. What is there already is not sent again, and what another repository of the same
     * registry has is mounted; the tag is written last.
     *
     * @param image the image
     * @param reference where it goes; with a digest, it must be the digest of the image
     * @return descriptor of the image's manifest
     * @throws IllegalArgumentException if the reference has the digest of another image
     * @throws dev.davit.oci.IntegrityException if a layer is not what its descriptor says
     */
    public Descriptor push(Image image, String reference) {
        Reference parsed = router.reference(reference);
        if (parsed.digest().isPresent() && !parsed.digest().get().equals(image.digest())) {
            throw new IllegalArgumentException(parsed + " is not the digest of the image, which is " + image.digest());
        }
        RemoteRepository target = repository(parsed);
        return parsed.tag().isPresent()
                ? Copier.create().copy(image, target, parsed.tag().get())
                : Copier.create().copy(image.content(), image.descriptor(), (ContentStore) target);
    }

    /**
     * Finds out what a reference stands for.
     *
     * @param reference the reference
     * @return descriptor of the manifest or index
     * @throws dev.davit.oci.NotFoundException if there is no such image
     */
    public Descriptor resolve(String reference) {
        Reference parsed = router.reference(reference);
        return repository(parsed).resolve(parsed.identifier());
    }

    /**
     * A repository by its name. Nothing is sent before it is used.
     *
     * @param reference the repository, such as {@code registry.example/acme/server}; a tag or digest in it has no meaning
     * @return the repository, a view that is not closed
     * @throws dev.davit.oci.MalformedContentException if it is no reference
     */
    public RemoteRepository repository(String reference) {
        return repository(router.reference(reference));
    }

    private RemoteRepository repository(Reference reference) {
        return new RemoteRepository(reference, registry(reference.host()));
    }

    private Registry registry(String host) {
        return registries.computeIfAbsent(host, name -> new Registry(name, router, settings));
    }

    /**
     * Asks a registry whether it is one, and whether it lets us in.
     *
     * @param registry {@code host[:port]} as in references
     * @return what it tells of itself
     * @throws dev.davit.oci.TransferException if it cannot be reached
     * @throws dev.davit.oci.UnauthorizedException if it does not let us in
     * @throws RegistryException if it is no registry
     * @throws dev.davit.oci.MalformedContentException if the name is none
     */
    public RegistryInfo ping(String registry) {
        return registry(host(registry)).ping();
    }

    /**
     * All repositories of a registry, in its own order. Each page of the list is asked for when the stream needs it; the
     * stream holds nothing open, is for one thread, and throws what {@link RemoteRepository} throws.
     *
     * @param registry {@code host[:port]} as in references
     * @return their names without the host, as a stream that need not be closed, which throws a {@link
     *     NotSupportedException} if the registry tells nobody, as public ones do
     * @throws dev.davit.oci.MalformedContentException if the name is none
     */
    public Stream<String> repositories(String registry) {
        return NameList.ofRepositories(registry(host(registry)));
    }

    private static String host(String registry) {
        Reference inside = Reference.parse(registry + "/x");
        // "localhost" and "acme" look alike, but only one of them is a host
        if (!inside.repository().equals("x") && !inside.repository().equals("library/x")) {
            throw new MalformedContentException(
                    "registry " + Text.quote(registry) + ": expected HOST or HOST:PORT, such as registry.example:5000");
        }
        return inside.host();
    }

    /**
     * Closes idle connections; from now on, whatever would send a request throws an {@link IllegalStateException}. Answers
     * that are being read are not cut, but do not go on if they break. A client of the caller's own is left alone.
     */
    @Override
    public void close() {
        transport.close();
    }

    /** Builds a client. For one thread. */
    public static final class Builder {
        private final ClientSettings settings = new ClientSettings();

        private Builder() {}

        /**
         * Sets where credentials come from; without it, access is anonymous.
         *
         * @param source the source, which is asked when a registry wants credentials
         * @return this builder
         */
        public Builder credentials(CredentialSource source) {
            settings.credentials = Objects.requireNonNull(source, "source");
            return this;
        }

        /**
         * Does as this machine is set up: reads the files that Docker, Podman and containerd read, where they lie by
         * convention, and the variables of the environment. None of them has to be there. What is set otherwise counts as
         * well, wherever it is called.
         *
         * <ul>
         *   <li>credentials, unless {@link #credentials} are set: {@link CredentialFile#conventional}
         *   <li>certificates: {@code certs.d} of Docker and Podman, in {@code ~/.config} and {@code /etc}
         *   <li>mirrors of containerd: {@code /etc/containerd/certs.d}
         *   <li>mirrors and short names of Podman: {@code $CONTAINERS_REGISTRIES_CONF} or {@code registries.conf} in {@code
         *       ~/.config/containers} or {@code /etc/containers}, with {@code registries.conf.d}
         *   <li>proxies, unless one is set: {@code HTTPS_PROXY}, {@code HTTP_PROXY}, {@code NO_PROXY}
         * </ul>
         *
         * @return this builder
         */
        public Builder conventions() {
            return conventions(Surroundings.real());
        }

        Builder conventions(Surroundings surroundings) {
            if (settings.credentials == ClientSettings.ANONYMOUS) {
                settings.credentials = CredentialFile.conventional(surroundings);
            }
            settings.certificateFolders.addAll(CertificateFolders.conventional(surroundings));
            settings.hostsFolders.add(HostsToml.conventional(surroundings));
            settings.registriesConf.addAll(0, RegistriesConf.conventional(surroundings));
            if (settings.proxies == null) {
                settings.proxies = Proxies.of(surroundings).orElse(null);
            }
            return this;
        }

        /**
         * Takes certificates of registries from folders as Docker and Podman have them: {@code HOST[:PORT]/*.crt} to trust,
         * {@code NAME.cert} with {@code NAME.key} to show to the registry.
         *
         * @param folders each with a folder for each registry; the first that knows a registry counts
         * @return this builder
         */
        public Builder certificateFolders(Path... folders) {
            settings.certificateFolders.addAll(0, List.of(folders));
            return this;
        }

        /**
         * Takes mirrors of registries from folders as containerd has them, {@code HOST[:PORT]/hosts.toml}: {@code server},
         * and for it and each {@code host} {@code capabilities}, {@code ca}, {@code client}, {@code skip_verify}, {@code
         * header}, {@code override_path}. Content is read from the first mirror that has it, with the credentials for that
         * mirror; what is written goes to the registry itself. Takes the optional library {@code
         * com.fasterxml.jackson.dataformat:jackson-dataformat-toml}.
         *
         * @param folders each with a folder for each registry; the first that knows a registry counts
         * @return this builder
         */
        public Builder hostsFolders(Path... folders) {
            settings.hostsFolders.addAll(0, List.of(folders));
            return this;
        }

        /**
         * Takes mirrors and short names from files as Podman, Buildah and Skopeo have them, {@code registries.conf} in
         * version 2: {@code prefix}, {@code location}, {@code insecure}, {@code blocked}, mirrors with {@code
         * pull-from-mirror}, {@code unqualified-search-registries} and {@code aliases}. A short name that could be of
         * several registries is refused. Takes the optional library {@code
         * com.fasterxml.jackson.dataformat:jackson-dataformat-toml}.
         *
         * @param files the files, which need not be there; what a later one says of the same thing counts
         * @return this builder
         */
        public Builder registriesConf(Path... files) {
            settings.registriesConf.addAll(List.of(files));
            return this;
        }

        /**
         * Shows a certificate to one registry, and to nobody else.
         *
         * @param host the registry as {@code host[:port]}, just as references name it
         * @param certificate the certificate with its key
         * @return this builder
         * @throws IllegalArgumentException if it is no such name
         */
        public Builder clientCertificate(String host, ClientCertificate certificate) {
            settings.tls.merge(
                    registry(host),
                    new Tls(List.of(), Objects.requireNonNull(certificate, "certificate"), true),
                    Tls::and);
            return this;
        }

        /**
         * Sends everything through a proxy, but for what goes to this machine.
         *
         * @param url {@code http://[user:password@]host[:port]} or {@code socks5://host[:port]}; user and password are
         *     percent-encoded, and told to the proxy alone
         * @return this builder
         * @throws IllegalArgumentException if it is none of both; the URL is not in the message
         */
        public Builder proxy(String url) {
            settings.proxies = Proxies.all(url);
            return this;
        }

        /**
         * Allows a registry that is not on this machine to be used without TLS, if it does not speak TLS. Credentials
         * and images can then be read and changed by everybody on the way.
         *
         * @param host the registry as {@code host[:port]}, just as references name it
         * @return this builder
         * @throws IllegalArgumentException if it is no such name
         */
        public Builder allowPlainHttp(String host) {
            settings.plainHttpHosts.add(registry(host));
            return this;
        }

        /**
         * Trusts the certificates in some files, besides those that the platform trusts.
         *
         * @param pemFiles X.509 certificates of authorities or servers, in PEM
         * @return this builder
         */
        public Builder trust(Path... pemFiles) {
            settings.trusted.addAll(List.of(pemFiles));
            return this;
        }

        /**
         * Does not check the certificate of one registry. Anybody on the way can then pretend to be it; better {@link
         * #trust} its authority. Each client that does so says it as a warning in the log.
         *
         * @param host the registry as {@code host[:port]}, just as references name it
         * @return this builder
         * @throws IllegalArgumentException if it is no such name
         */
        public Builder insecureTls(String host) {
            HttpUrl url = HttpUrl.get("https://" + registry(host) + "/");
            settings.unverifiedHosts.add(url.host() + ':' + url.port());
            return this;
        }

        /**
         * Uses connections, proxies, TLS settings and interceptors of a client of the caller's own. Its redirects,
         * cookies, cache, authenticator and time-outs are not used.
         *
         * @param client the client, which the caller closes
         * @return this builder
         */
        public Builder okHttpClient(OkHttpClient client) {
            settings.okHttpClient = Objects.requireNonNull(client, "client");
            return this;
        }

        /**
         * Sets what the client calls itself.
         *
         * @param value the {@code User-Agent} header
         * @return this builder
         * @throws IllegalArgumentException if it has other than printable characters of ASCII, or none
         */
        public Builder userAgent(String value) {
            if (!value.matches("[ -~]*[!-~]")) {
                throw new IllegalArgumentException(
                        "user agent: expected printable characters of ASCII, got " + Text.quote(value));
            }
            settings.userAgent = value;
            return this;
        }

        /**
         * Sets how long making a connection may take; 10 seconds if not set.
         *
         * @param timeout a positive duration
         * @return this builder
         */
        public Builder connectTimeout(Duration timeout) {
            settings.connectTimeout = positive(timeout);
            return this;
        }

        /**
         * Sets how long a registry may think before it begins to answer; 2 minutes if not set. After an upload it reads
         * back and hashes what it got, which takes time.
         *
         * @param timeout a positive duration
         * @return this builder
         */
        public Builder responseTimeout(Duration timeout) {
            settings.responseTimeout = positive(timeout);
            return this;
        }

        /**
         * Sets how long a transfer may stand still; 1 minute if not set.
         *
         * @param timeout a positive duration
         * @return this builder
         */
        public Builder idleTimeout(Duration timeout) {
            settings.idleTimeout = positive(timeout);
            return this;
        }

        /**
         * Sets how often and how fast something is tried again that failed in passing. What gets further in between,
         * such as a download that breaks again and again, may take any number of tries.
         *
         * @param attempts how often in a row without getting further, the first time included; 5 if not set
         * @param firstWait how long to wait about before the second attempt, and twice as long before each one that
         *     follows; 250 ms if not set
         * @param longestWait how long a registry may ask to wait: if it wants more, the attempt was the last; 30 seconds
         *     if not set
         * @return this builder
         */
        public Builder retries(int attempts, Duration firstWait, Duration longestWait) {
            if (attempts < 1) {
                throw new IllegalArgumentException("attempts: expected at least 1, got " + attempts);
            }
            settings.retries = new RetryPolicy(attempts, positive(firstWait), positive(longestWait));
            return this;
        }

        /**
         * Sets who hears what registries say beside their answers.
         *
         * @param listener the listener
         * @return this builder
         */
        public Builder listener(RegistryListener listener) {
            settings.listener = Objects.requireNonNull(listener, "listener");
            return this;
        }

        /**
         * Sends uploads in pieces, for registries behind a proxy that limits how long a request may be. Without this,
         * pieces are tried only after a refusal.
         *
         * @param bytes how long a piece may be, at least 64 KiB; a registry that wants longer ones gets those
         * @return this builder
         */
        public Builder uploadPieces(long bytes) {
            if (bytes < PieceSize.SMALLEST) {
                throw new IllegalArgumentException(
                        "upload pieces: expected at least " + PieceSize.SMALLEST + " bytes, got " + bytes);
            }
            settings.pieceSize = bytes;
            return this;
        }

        /**
         * Downloads each large blob over several connections at once, in pieces of 4 MiB, for registries that limit what
         * comes over one; without this, over one, which is fastest for all others. The pieces that arrive before their turn
         * are in memory. A registry that does not know requests for a part sends the blob as ever.
         *
         * @param connections how many for each blob, at most 16
         * @return this builder
         */
        public Builder connectionsPerBlob(int connections) {
            if (connections < 1 || connections > 16) {
                throw new IllegalArgumentException("connections per blob: expected 1 to 16, got " + connections);
            }
            settings.connections = connections;
            return this;
        }

        /** For tests, which do not like to wait either: nanoseconds since whenever. */
        Builder clock(LongSupplier nanoTime) {
            settings.clock = nanoTime;
            return this;
        }

        /** A URL would be taken and mean nothing. */
        private static String registry(String host) {
            if (!host.matches("[^/?#@\\s]+") || HttpUrl.parse("https://" + host + "/") == null) {
                throw new IllegalArgumentException("registry: expected host[:port], got " + Text.quote(host));
            }
            return host;
        }

        private static Duration positive(Duration timeout) {
            if (timeout.isNegative() || timeout.toMillis() == 0 || timeout.toMillis() > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("timeout: expected 1 ms to 24 days, got " + timeout);
            }
            return timeout;
        }

        /**
         * Makes the client.
         *
         * @return the client, which the caller closes
         * @throws dev.davit.oci.StorageException if a file with certificates cannot be read
         * @throws dev.davit.oci.MalformedContentException if there are no certificates in it
         */
        public RegistryClient build() {
            return new RegistryClient(settings.copy());
        }
    }
}
