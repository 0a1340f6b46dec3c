package dev.davit.registry;

import dev.davit.oci.MalformedContentException;
import dev.davit.oci.Reference;
import dev.davit.oci.internal.Text;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Knows the servers that speak for registries, from all that is configured. What the builder was told counts together
 * with the files; {@code registries.conf} goes before {@code hosts.toml}. Safe to share between threads.
 */
final class Router {
    private static final System.Logger LOG = System.getLogger(RegistryClient.class.getName());

    private final ClientSettings settings;
    private final Transport transport;
    private final RegistriesConf conf;
    private final HostsToml mirrors;
    private final CertificateFolders certificates;
    private final Map<String, Tls> known = new ConcurrentHashMap<>();
    private final Map<Server, RegistryHost> hosts = new ConcurrentHashMap<>();

    Router(ClientSettings settings, Transport transport) {
        this.settings = settings;
        this.transport = transport;
        this.conf = RegistriesConf.read(settings.registriesConf);
        this.mirrors = new HostsToml(settings.hostsFolders);
        this.certificates = new CertificateFolders(settings.certificateFolders);
    }

    /** {@return what a text stands for, which may be a short name} */
    Reference reference(String text) {
        return conf.reference(text);
    }

    /** {@return the ways to a repository, the registry itself last} */
    List<Route> routes(String registry, String repository) {
        return conf.routes(registry, repository, this::server).orElseGet(() -> {
            Server usual = server(registry, false, null);
            return mirrors.routes(registry, usual).orElseGet(() -> List.of(Route.direct(usual)));
        });
    }

    private Server server(String host, boolean insecure, @Nullable Path saidBy) {
        Tls tls = known.computeIfAbsent(host, this::tls);
        boolean plain = insecure || settings.plainHttpHosts.contains(host);
        boolean careless = insecure || (!tls.isUsual() && settings.isUnverified(host));
        try {
            return Server.named(host, plain, careless ? tls.unverified() : tls);
        } catch (IllegalArgumentException e) {
            throw new MalformedContentException(
                    (saidBy == null ? "registry" : saidBy) + ": expected host[:port], got " + Text.quote(host));
        }
    }

    private Tls tls(String host) {
        return settings.tls.getOrDefault(host, Tls.USUAL).and(certificates.of(host));
    }

    /** {@return the one who talks to a server} */
    RegistryHost host(Server server) {
        return hosts.computeIfAbsent(server, added -> {
            if (!added.tls().verified()) {
                LOG.log(
                        Level.WARNING,
                        "TLS certificates of " + added.name() + " are not verified: anybody can pretend to be it");
            }
            if (added.secureBase() == null && !Origin.isLoopback(added.base().host())) {
                LOG.log(
                        Level.WARNING,
                        added.name() + " is spoken to without TLS: anybody can read and change what is said");
            }
            return new RegistryHost(added, transport.to(added), settings);
        });
    }
}
