package dev.davit.oci.auth;

import java.util.Optional;

/** Finds the credentials for a registry. Must be safe to call from several threads; may block. */
@FunctionalInterface
public interface CredentialSource {
    /**
     * Looks up the credentials for one registry.
     *
     * @param registry the registry as {@code host[:port]}, just as references name it; {@code docker.io} for Docker Hub
     * @return credentials for exactly this registry, or nothing: then access is anonymous
     */
    Optional<Credentials> credentialsFor(String registry);

    /** {@return a source that has none: all access is anonymous} */
    static CredentialSource anonymous() {
        return registry -> Optional.empty();
    }

    /**
     * A source with the credentials for one registry.
     *
     * @param registry the registry as {@code host[:port]}
     * @param credentials its credentials
     * @return the source
     */
    static CredentialSource of(String registry, Credentials credentials) {
        return asked -> asked.equals(registry) ? Optional.of(credentials) : Optional.empty();
    }
}
