package dev.davit.registry;

import dev.davit.oci.TransferException.Side;
import java.util.Set;

/**
 * A way to what a registry has: a server that has it, possibly under another name.
 *
 * @param server the server
 * @param uses what it is asked for
 * @param from the beginning of the repository that is another one there
 * @param to what that is there
 * @param namespace what the server is told of the registry that is meant, or nothing
 */
record Route(Server server, Set<Use> uses, String from, String to, String namespace) {
    /** What a server may be asked for. */
    enum Use {
        /** Content by its digest. */
        DIGESTS,
        /** What a tag stands for. */
        TAGS,
        /** Everything else: writing, lists. */
        REST;

        /** {@return what a request is} */
        static Use of(RegistryRequest request) {
            if (request.side() == Side.TARGET || !request.isRepeatable()) {
                return REST;
            }
            return request.identifier()
                    .map(name -> Documents.isDigest(name) ? DIGESTS : TAGS)
                    .orElse(REST);
        }
    }

    static Route direct(Server server) {
        return new Route(server, Set.of(Use.values()), "", "", "");
    }

    /** {@return the request as this server understands it} */
    RegistryRequest adapted(RegistryRequest request) {
        return from.equals(to) && namespace.isEmpty() ? request : request.adapted(this::renamed, namespace);
    }

    /** {@return what a repository is called there} */
    private String renamed(String repository) {
        String rest = repository.substring(from.length());
        String path = to + (from.isEmpty() && !to.isEmpty() ? "/" : "") + rest;
        return path.startsWith("/") ? path.substring(1) : path;
    }
}
