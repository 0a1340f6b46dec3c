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

    /**
     * Looks up the credentials for one repository, of a source that tells repositories of one registry apart. Others
     * answer what they know for the registry.
     *
     * @param registry the registry, as in {@link #credentialsFor(String)}
     * @param repository path of the repository in it, such as {@code acme/server}
     * @return credentials for exactly this registry, or nothing
     */
    default Optional<Credentials> credentialsFor(String registry, String repository) {
        return credentialsFor(registry);
    }

    /**
     * Asks another source for what this one does not know.
     *
     * @param next the source to be asked then
     * @return both in one
     */
    default CredentialSource orElse(CredentialSource next) {
        CredentialSource first = this;
        return new CredentialSource() {
            @Override
            public Optional<Credentials> credentialsFor(String registry) {
                return first.credentialsFor(registry).or(() -> next.credentialsFor(registry));
            }

            @Override
            public Optional<Credentials> credentialsFor(String registry, String repository) {
                return first.credentialsFor(registry, repository).or(() -> next.credentialsFor(registry, repository));
            }
        };
    }

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
