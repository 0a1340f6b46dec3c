package dev.davit.registry;

import dev.davit.oci.auth.CredentialSource;
import dev.davit.oci.auth.Credentials;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A file with logins to registries: {@code config.json} of Docker, {@code auth.json} of Podman, Buildah and Skopeo. Where
 * it names a credential helper, that is asked. The file is read whenever credentials are looked up, so that a login
 * counts from then on. Safe to share between threads.
 *
 * <p>A login may be for a registry, or for a part of it ({@code registry.example/acme}), and then the smallest part
 * counts; Docker Hub may be called {@code https://index.docker.io/v1/} or {@code docker.io}.
 *
 * @see <a href="https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md">containers-auth.json(5)</a>
 */
public final class CredentialFile implements CredentialSource {
    private final Path file;
    private final Function<String, CredentialHelper> helpers;

    CredentialFile(Path file, Function<String, CredentialHelper> helpers) {
        this.file = file;
        this.helpers = helpers;
    }

    /**
     * One such file.
     *
     * @param file the file, which need not be there
     * @return a source of the logins in it
     */
    public static CredentialFile at(Path file) {
        return new CredentialFile(file, CredentialHelper::named);
    }

    /** {@return Docker's file of this user: {@code config.json} in {@code $DOCKER_CONFIG}, or else in {@code ~/.docker}} */
    public static CredentialFile docker() {
        return at(docker(Surroundings.real()));
    }

    /**
     * All files in which this user may have logged in: {@code $REGISTRY_AUTH_FILE}, that of Docker, {@code
     * $XDG_RUNTIME_DIR/containers/auth.json}, {@code ~/.config/containers/auth.json}. The first that knows a registry
     * counts.
     *
     * @return a source that looks into each of them
     */
    public static CredentialSource conventional() {
        return conventional(Surroundings.real());
    }

    static CredentialSource conventional(Surroundings surroundings) {
        return conventionalFiles(surroundings).stream()
                .map(file -> (CredentialSource) at(file))
                .reduce(CredentialSource::orElse)
                .orElseThrow();
    }

    static List<Path> conventionalFiles(Surroundings surroundings) {
        List<Path> files = new ArrayList<>();
        surroundings.folder("REGISTRY_AUTH_FILE").ifPresent(files::add);
        files.add(docker(surroundings));
        surroundings
                .folder("XDG_RUNTIME_DIR")
                .ifPresent(folder -> files.add(folder.resolve("containers").resolve("auth.json")));
        files.add(surroundings.settings().resolve("containers").resolve("auth.json"));
        return files;
    }

    private static Path docker(Surroundings surroundings) {
        Path folder =
                surroundings.folder("DOCKER_CONFIG").orElse(surroundings.home().resolve(".docker"));
        return folder.resolve("config.json");
    }

    /**
     * {@inheritDoc}
     *
     * @throws dev.davit.oci.StorageException if the file cannot be read
     * @throws dev.davit.oci.MalformedContentException if it is not of this format; nothing of it is in the message
     * @throws dev.davit.oci.UnauthorizedException if a credential helper fails
     */
    @Override
    public Optional<Credentials> credentialsFor(String registry) {
        return credentialsFor(registry, "");
    }

    /**
     * {@inheritDoc}
     *
     * @throws dev.davit.oci.StorageException if the file cannot be read
     * @throws dev.davit.oci.MalformedContentException if it is not of this format; nothing of it is in the message
     * @throws dev.davit.oci.UnauthorizedException if a credential helper fails
     */
    @Override
    public Optional<Credentials> credentialsFor(String registry, String repository) {
        Logins logins = logins();
        return helper(logins, registry, repository)
                .flatMap(helper -> helper.credentialsFor(registry))
                .or(() -> logins.credentials(registry, repository));
    }

    /**
     * Keeps a login: in the credential helper that the file names for the registry, or else in the file, where only this
     * user can read it. Whatever else is in the file stays there. The file is replaced in one step; of two processes that
     * do so at the same time, one may undo what the other did.
     *
     * @param registry the registry as {@code host[:port]}
     * @param credentials its credentials
     * @return where they are now: the file, or the program
     * @throws dev.davit.oci.StorageException if the file cannot be read or written
     * @throws dev.davit.oci.MalformedContentException if it is not of this format
     * @throws dev.davit.oci.UnauthorizedException if a credential helper fails
     */
    public String store(String registry, Credentials credentials) {
        Logins logins = logins();
        Optional<CredentialHelper> helper = helper(logins, registry, "");
        helper.ifPresent(keeper -> keeper.store(registry, credentials));
        Optional<Credentials> inFile = helper.isPresent() ? Optional.empty() : Optional.of(credentials);
        LocalFiles.writePrivately(file, logins.with(registry, inFile).toBytes());
        return helper.map(CredentialHelper::toString).orElse(file.toString());
    }

    /**
     * Forgets the login to a registry. Logins to parts of it stay.
     *
     * @param registry the registry as {@code host[:port]}
     * @return whether there was one
     * @throws dev.davit.oci.StorageException if the file cannot be read or written
     * @throws dev.davit.oci.MalformedContentException if it is not of this format
     * @throws dev.davit.oci.UnauthorizedException if a credential helper fails
     */
    public boolean erase(String registry) {
        Logins logins = logins();
        Optional<CredentialHelper> helper = helper(logins, registry, "");
        boolean kept = helper.flatMap(keeper -> keeper.credentialsFor(registry)).isPresent();
        if (kept) {
            helper.orElseThrow().erase(registry);
        }
        if (!logins.knows(registry)) {
            return kept;
        }
        LocalFiles.writePrivately(file, logins.without(registry).toBytes());
        return true;
    }

    private Optional<CredentialHelper> helper(Logins logins, String registry, String repository) {
        return logins.helper(registry, repository).map(helpers);
    }

    private Logins logins() {
        return LocalFiles.readIfThere(file)
                .map(bytes -> Logins.parse(file.toString(), bytes))
                .orElseGet(Logins::none);
    }

    /** {@return the path of the file} */
    @Override
    public String toString() {
        return file.toString();
    }
}
