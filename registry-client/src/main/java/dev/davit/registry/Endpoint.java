package dev.davit.registry;

import dev.davit.oci.Digest;
import dev.davit.oci.TransferException.Side;

/**
 * One repository of one registry, as requests see it.
 *
 * @param registry the registry
 * @param repository path of the repository in it
 */
record Endpoint(Registry registry, String repository) {
    /** {@return {@code host[:port]/repository}} */
    String name() {
        return registry.name() + '/' + repository;
    }

    /** {@return what messages call a manifest of this repository} */
    String manifest(String tagOrDigest) {
        return name() + (Documents.isDigest(tagOrDigest) ? '@' : ':') + tagOrDigest;
    }

    /** {@return what messages call a blob of this repository} */
    String blob(Digest digest) {
        return "blob " + digest + " of " + name();
    }

    /**
     * A request within this repository.
     *
     * @param method the HTTP method
     * @param path path and query below the repository
     * @param side which side of a transfer this is; to write takes more rights
     * @param subject what it is about, for messages
     */
    RegistryRequest request(String method, String path, Side side, String subject) {
        Scope scope = side == Side.TARGET ? Scope.push(repository) : Scope.pull(repository);
        return RegistryRequest.of(method, repository + '/' + path, scope, side, subject);
    }

    /** Believes for some minutes no answer that says that some content is there. */
    void doubt(Digest digest) {
        registry.doubtful().add(repository + '@' + digest);
    }

    boolean isDoubted(Digest digest) {
        return registry.doubtful().has(repository + '@' + digest);
    }
}
