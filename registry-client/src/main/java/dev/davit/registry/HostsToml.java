package dev.davit.registry;

import dev.davit.registry.Route.Use;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import okhttp3.HttpUrl;
import org.jspecify.annotations.Nullable;

/**
 * Folders with a folder for each registry, as containerd has them: {@code HOST[:PORT]/hosts.toml} says which mirrors there
 * are and how each is spoken to. Content is read from the first that has it; what is written goes to the registry itself.
 *
 * @param roots the folders, of which the first that knows a registry counts
 * @see <a href="https://github.com/containerd/containerd/blob/main/docs/hosts.md">containerd, "Registry
 *     Configuration"</a>
 */
record HostsToml(List<Path> roots) {
    HostsToml {
        roots = List.copyOf(roots);
    }

    static Path conventional(Surroundings surroundings) {
        return surroundings.system().resolve("etc/containerd/certs.d");
    }

    /**
     * The ways to a registry, the registry itself last.
     *
     * @param registry the registry as {@code host[:port]}
     * @param usual how the registry is spoken to if nothing is said about it
     * @return the ways, or nothing if the folders do not know it
     */
    Optional<List<Route>> routes(String registry, Server usual) {
        String underscored = registry.replace(':', '_') + "_";
        for (Path root : roots) {
            for (String folder : List.of(registry, underscored, "_default")) {
                Path file = root.resolve(folder).resolve("hosts.toml");
                if (LocalFiles.isFile(file)) {
                    return Optional.of(read(TomlTable.read(file), registry, usual));
                }
                List<Path> certificates = folder.equals("_default") ? List.of() : LocalFiles.list(root.resolve(folder));
                if (!certificates.isEmpty()) {
                    Tls tls = usual.tls().and(CertificateFolders.read(certificates));
                    return Optional.of(List.of(Route.direct(usual.with(tls))));
                }
            }
        }
        return Optional.empty();
    }

    private static List<Route> read(TomlTable file, String registry, Server usual) {
        List<Route> routes = new ArrayList<>();
        TomlTable hosts = file.table("host");
        for (String url : hosts.values().keySet()) {
            routes.add(mirror(hosts.table(url), hosts, url, registry));
        }
        Tls tls = usual.tls().and(tls(file));
        Map<String, String> headers = headers(file);
        HttpUrl base = file.string("server")
                .map(url -> base(file, url, "server", file.flag("override_path")))
                .orElse(null);
        Server server = base == null || base.equals(usual.secureBase())
                ? new Server(usual.name(), usual.secureBase(), usual.plainBase(), tls, headers)
                : server(base, tls, headers);
        routes.add(Route.direct(server));
        return routes;
    }

    private static Route mirror(TomlTable host, TomlTable hosts, String url, String registry) {
        HttpUrl base = base(hosts, url, url, host.flag("override_path"));
        Server server = server(base, tls(host), headers(host));
        return new Route(server, uses(host), "", "", server.name().equals(registry) ? "" : registry);
    }

    private static Server server(HttpUrl base, Tls tls, Map<String, String> headers) {
        String name = Origin.authority(base);
        return base.isHttps() ? new Server(name, base, null, tls, headers) : new Server(name, null, base, tls, headers);
    }

    /** The interface is below {@code /v2}, unless the path is said to be that already. */
    private static HttpUrl base(TomlTable table, String url, String name, boolean overridesPath) {
        HttpUrl parsed = HttpUrl.parse(url.contains("://") ? url : "https://" + url);
        if (parsed == null || !parsed.username().isEmpty() || parsed.query() != null) {
            throw table.malformed(name, "the URL of a server");
        }
        String path = parsed.encodedPath().replaceAll("/+$", "");
        boolean complete = overridesPath || path.endsWith("/v2");
        return parsed.newBuilder()
                .encodedPath((complete ? path : path + "/v2") + "/")
                .build();
    }

    private static Set<Use> uses(TomlTable host) {
        Set<Use> uses = EnumSet.noneOf(Use.class);
        for (String capability : host.strings("capabilities").orElse(List.of("pull", "resolve"))) {
            switch (capability) {
                case "pull" -> uses.add(Use.DIGESTS);
                case "resolve" -> uses.add(Use.TAGS);
                case "push", "referrers" -> {} // the registry itself does that
                default -> throw host.malformed("capabilities", "\"pull\", \"resolve\" or \"push\"");
            }
        }
        return uses;
    }

    private static Tls tls(TomlTable table) {
        Path folder = table.file().toAbsolutePath().getParent();
        List<Path> trusted = table.strings("ca").orElse(List.of()).stream()
                .map(name -> resolved(folder, name))
                .toList();
        return new Tls(trusted, client(table, folder), !table.flag("skip_verify"));
    }

    private static Path resolved(@Nullable Path folder, String name) {
        return folder == null ? Path.of(name) : folder.resolve(name);
    }

    /** One file with both, or pairs of certificate and key, of which the first counts. */
    private static @Nullable ClientCertificate client(TomlTable table, @Nullable Path folder) {
        Object value = table.any("client").orElse(null);
        while (value instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof List<?>) {
            value = list.get(0);
        }
        List<?> files = value instanceof List<?> list ? list : value == null ? List.of() : List.of(value);
        if (files.isEmpty()) {
            return null;
        }
        boolean pair = value instanceof List<?>
                && files.size() > 1
                && table.any("client").orElseThrow() != value;
        Object certificate = files.get(0);
        Object key = pair ? files.get(1) : certificate;
        if (!(certificate instanceof String first) || !(key instanceof String second)) {
            throw table.malformed("client", "a file, or a certificate and its key");
        }
        return ClientCertificate.pem(resolved(folder, first), resolved(folder, second.isEmpty() ? first : second));
    }

    private static Map<String, String> headers(TomlTable table) {
        TomlTable headers = table.table("header");
        Map<String, String> all = new LinkedHashMap<>();
        for (String name : headers.values().keySet()) {
            String value = String.join(", ", headers.strings(name).orElseThrow());
            if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+") || !value.matches("[\\t -~]*")) {
                throw headers.malformed(name, "a header of printable characters");
            }
            all.put(name, value);
        }
        return all;
    }
}
