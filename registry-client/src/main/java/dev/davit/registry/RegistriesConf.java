package dev.davit.registry;

import dev.davit.oci.MalformedContentException;
import dev.davit.oci.Reference;
import dev.davit.registry.Route.Use;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What Podman, Buildah and Skopeo know about registries: which are mirrored, blocked or insecure, and what short names
 * mean. Of several files, what a later one says of the same thing counts. Immutable.
 *
 * @see <a href="https://github.com/containers/image/blob/main/docs/containers-registries.conf.5.md">
 *     containers-registries.conf(5)</a>
 */
final class RegistriesConf {
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Map<String, String> aliases = new LinkedHashMap<>();
    private @Nullable List<String> searched;
    private @Nullable Path searchedIn;

    /** What is known of a registry, or of a part of one. */
    private record Entry(
            Path file, String prefix, String location, boolean insecure, boolean blocked, List<Mirror> mirrors) {
        /** {@return how much of a name this is for, or -1} */
        int covers(String registry, String repository) {
            if (prefix.startsWith("*.")) {
                return registry.endsWith(prefix.substring(1)) ? prefix.length() : -1;
            }
            return Place.of(prefix).covers(registry, repository) ? prefix.length() : -1;
        }
    }

    private record Mirror(Place place, boolean insecure, Set<Use> uses) {}

    /** A registry, or a part of one: {@code host[:port][/path]}. */
    record Place(String host, String path) {
        static Place of(String text) {
            int slash = text.indexOf('/');
            return slash < 0 ? new Place(text, "") : new Place(text.substring(0, slash), text.substring(slash + 1));
        }

        boolean covers(String registry, String repository) {
            return registry.equals(host)
                    && (path.isEmpty() || repository.equals(path) || repository.startsWith(path + "/"));
        }
    }

    /** Makes servers of names; {@code insecure} ones need no TLS, nor a certificate that anybody vouches for. */
    interface Servers {
        Server named(String host, boolean insecure, Path saidBy);
    }

    private static final String HOST = "([A-Za-z0-9][A-Za-z0-9.-]*|\\[[0-9A-Fa-f:]+])(:[0-9]{1,5})?";

    private RegistriesConf() {}

    /** {@return what the files say together; none of them has to be there} */
    static RegistriesConf read(List<Path> files) {
        RegistriesConf all = new RegistriesConf();
        files.stream().filter(LocalFiles::isFile).map(TomlTable::read).forEach(all::add);
        return all;
    }

    /** {@return where these files are by convention, the one that counts last} */
    static List<Path> conventional(Surroundings surroundings) {
        Path system = surroundings.system().resolve("etc/containers");
        Path user = surroundings.settings().resolve("containers");
        List<Path> files = new ArrayList<>();
        Path users = user.resolve("registries.conf");
        files.add(surroundings
                .folder("CONTAINERS_REGISTRIES_CONF")
                .orElse(LocalFiles.isFile(users) ? users : system.resolve("registries.conf")));
        for (Path folder : List.of(system, user)) {
            LocalFiles.list(folder.resolve("registries.conf.d")).stream()
                    .filter(file -> file.toString().endsWith(".conf"))
                    .forEach(files::add);
        }
        Path cache =
                surroundings.folder("XDG_CACHE_HOME").orElse(surroundings.home().resolve(".cache"));
        files.add(cache.resolve("containers/short-name-aliases.conf"));
        return files;
    }

    private void add(TomlTable file) {
        if (file.any("registries").isPresent()) {
            throw file.malformed("registries", "version 2 of this format, got version 1");
        }
        file.strings("unqualified-search-registries").ifPresent(registries -> {
            searched = registries;
            searchedIn = file.file();
        });
        TomlTable names = file.table("aliases");
        names.values()
                .keySet()
                .forEach(name -> aliases.put(name, names.string(name).orElseThrow()));
        for (TomlTable registry : file.tables("registry")) {
            Entry entry = entry(registry);
            entries.put(entry.prefix, entry);
        }
    }

    private static Entry entry(TomlTable table) {
        String location = place(table, "location", "");
        String prefix = place(table, "prefix", location);
        if (prefix.isEmpty() || (location.isEmpty() && !prefix.startsWith("*."))) {
            throw table.malformed(prefix.isEmpty() ? "prefix" : "location", "a registry");
        }
        boolean digestsOnly = table.flag("mirror-by-digest-only");
        List<Mirror> mirrors = new ArrayList<>();
        for (TomlTable mirror : table.tables("mirror")) {
            String at = place(mirror, "location", "");
            if (at.isEmpty() || prefix.startsWith("*.")) {
                throw mirror.malformed("location", "a registry, for a prefix without a star");
            }
            mirrors.add(new Mirror(Place.of(at), mirror.flag("insecure"), uses(mirror, digestsOnly)));
        }
        return new Entry(
                table.file(), prefix, location, table.flag("insecure"), table.flag("blocked"), List.copyOf(mirrors));
    }

    private static String place(TomlTable table, String name, String otherwise) {
        String text = table.string(name).orElse("").replaceAll("/+$", "");
        if (!text.isEmpty() && !text.matches("(\\*\\.)?" + HOST + "(/[a-z0-9._-]+)*")) {
            throw table.malformed(name, "host[:port][/path], without tag or digest");
        }
        return text.isEmpty() ? otherwise : text;
    }

    private static Set<Use> uses(TomlTable mirror, boolean digestsOnly) {
        String kind = mirror.string("pull-from-mirror").orElse(digestsOnly ? "digest-only" : "all");
        return switch (kind) {
            case "all", "" -> EnumSet.of(Use.DIGESTS, Use.TAGS);
            case "digest-only" -> EnumSet.of(Use.DIGESTS);
            case "tag-only" -> EnumSet.of(Use.TAGS);
            default -> throw mirror.malformed("pull-from-mirror", "\"all\", \"digest-only\" or \"tag-only\"");
        };
    }

    /**
     * The ways to a repository, the registry itself last.
     *
     * @return the ways, or nothing if nothing is said about it
     * @throws RegistryException if it is blocked
     */
    Optional<List<Route>> routes(String registry, String repository, Servers servers) {
        Entry entry = null;
        for (Entry candidate : entries.values()) {
            int covers = candidate.covers(registry, repository);
            if (covers >= 0 && (entry == null || covers > entry.prefix.length())) {
                entry = candidate;
            }
        }
        if (entry == null) {
            return Optional.empty();
        }
        if (entry.blocked) {
            throw new RegistryException(registry + "/" + repository + ": blocked by " + entry.file, 0, List.of(), null);
        }
        return Optional.of(routes(entry, registry, servers));
    }

    private static List<Route> routes(Entry entry, String registry, Servers servers) {
        Server itself = servers.named(registry, entry.insecure, entry.file);
        List<Route> routes = new ArrayList<>();
        Place prefix = Place.of(entry.prefix);
        for (Mirror mirror : entry.mirrors) {
            Server server = servers.named(mirror.place.host, mirror.insecure, entry.file);
            routes.add(new Route(server, mirror.uses, prefix.path, mirror.place.path, ""));
        }
        if (entry.location.isEmpty() || entry.location.equals(entry.prefix)) {
            routes.add(Route.direct(itself));
            return routes;
        }
        // content is elsewhere; what is written still goes where its name says
        Place place = Place.of(entry.location);
        Server elsewhere = servers.named(place.host, entry.insecure, entry.file);
        routes.add(new Route(elsewhere, EnumSet.of(Use.DIGESTS, Use.TAGS), prefix.path, place.path, ""));
        routes.add(new Route(itself, EnumSet.of(Use.REST), "", "", ""));
        return routes;
    }

    /**
     * What a reference means: a short name may be an alias, or of a registry that is searched.
     *
     * @throws MalformedContentException if it is no reference, or a short name that could mean several
     */
    Reference reference(String text) {
        Reference usual = Reference.parse(text);
        if (!isShort(text, usual)) {
            return usual;
        }
        String name = text.substring(0, endOfName(text));
        String suffix = text.substring(name.length());
        String alias = aliases.get(name);
        if (alias != null && !alias.isEmpty()) {
            return Reference.parse(alias + suffix);
        }
        List<String> registries = searched == null ? List.of() : searched;
        if (registries.size() > 1) {
            throw new MalformedContentException("reference \"" + text + "\": expected one with its registry, since "
                    + searchedIn + " names several: " + String.join(", ", registries));
        }
        return registries.isEmpty() ? usual : Reference.parse(registries.get(0) + "/" + text);
    }

    /** {@return whether no registry is written in front: then the name is the end of what it is completed to} */
    private static boolean isShort(String text, Reference usual) {
        String name = text.substring(0, endOfName(text));
        return usual.host().equals("docker.io")
                && !name.startsWith("docker.io/")
                && !name.startsWith("index.docker.io/");
    }

    private static int endOfName(String text) {
        int at = text.indexOf('@');
        String rest = at < 0 ? text : text.substring(0, at);
        int colon = rest.indexOf(':', rest.lastIndexOf('/') + 1);
        return colon < 0 ? rest.length() : colon;
    }
}
