package dev.davit.it.registry;

import dev.davit.it.Command;
import dev.davit.it.Parts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Debian's {@code docker-registry}, run on a free port of the loopback address with a folder of its own; skips the
 * calling test if it is not installed. Closing it ends the process; the folder is the caller's.
 */
public final class DockerRegistry implements AutoCloseable {
    /** The user that {@link Builder#basicAuth} lets in. */
    public static final String USER = "alice";

    /** The password of the user that {@link Builder#basicAuth} lets in. */
    public static final String PASSWORD = "correct horse";

    private static final String BCRYPT = "$2y$05$DavitDavitDavitDavitDuiBHxrc7tHFag/eEcHc5BGgm7VgkK2ua";
    private static final Pattern LISTENING = Pattern.compile("listening on 127\\.0\\.0\\.1:([0-9]+)");
    private static final int MAX_SECONDS = 30;

    private final Process process;
    private final Path folder;
    private final Path log;
    private final int port;

    private DockerRegistry(Process process, Path folder, Path log) {
        this.process = process;
        this.folder = folder;
        this.log = log;
        this.port = awaitPort();
    }

    /**
     * Starts a registry that lets everybody in, over plain HTTP.
     *
     * @param folder an empty folder that is the registry's
     * @return the registry, which the caller closes
     */
    public static DockerRegistry start(Path folder) {
        return builder(folder).start();
    }

    /**
     * A builder.
     *
     * @param folder an empty folder that is the registry's
     * @return the builder
     */
    public static Builder builder(Path folder) {
        return new Builder(folder);
    }

    /** {@return {@code localhost:port}, as references name it} */
    public String address() {
        return "localhost:" + port;
    }

    /** {@return the certificate to trust, of a registry with TLS: a file {@code ca.crt} in a folder of its own} */
    public Path certificate() {
        return folder.resolve("certs/ca.crt");
    }

    /** {@return what the registry has logged} */
    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(MAX_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private int awaitPort() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(MAX_SECONDS);
        while (process.isAlive() && System.nanoTime() < deadline) {
            Matcher listening = LISTENING.matcher(log());
            if (listening.find()) {
                return Integer.parseInt(listening.group(1));
            }
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted while a registry was started", e);
            }
        }
        process.destroyForcibly();
        throw new AssertionError("docker-registry does not listen:\n" + log());
    }

    /** Says what kind of registry it is. */
    public static final class Builder {
        private final Path folder;
        private boolean tls;
        private boolean basicAuth;
        private boolean readOnly;
        private boolean deletes = true;
        private Optional<String> more = Optional.empty();

        private Builder(Path folder) {
            this.folder = folder;
        }

        /** Speaks TLS, with a certificate of an authority of its own. */
        public Builder tls() {
            this.tls = true;
            return this;
        }

        /** Wants the name and password of {@link #USER}. */
        public Builder basicAuth() {
            this.basicAuth = true;
            return this;
        }

        /** Takes nothing in. */
        public Builder readOnly() {
            this.readOnly = true;
            return this;
        }

        /** Deletes nothing. */
        public Builder withoutDeletion() {
            this.deletes = false;
            return this;
        }

        /** Adds lines to the configuration file. */
        public Builder with(String yaml) {
            this.more = Optional.of(yaml);
            return this;
        }

        /** {@return the registry, listening} */
        public DockerRegistry start() {
            Path program = Parts.program("docker-registry");
            try {
                Path data = Files.createDirectories(folder.resolve("data"));
                Path log = folder.resolve("registry.log");
                Path config = folder.resolve("config.yml");
                Files.writeString(config, config(data));
                Process process = new ProcessBuilder(program.toString(), "serve", config.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
                return new DockerRegistry(process, folder, log);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private String config(Path data) throws IOException {
            StringBuilder yaml = new StringBuilder("version: 0.1\n")
                    .append("log: {level: info}\n")
                    .append("storage:\n  delete: {enabled: ")
                    .append(deletes)
                    .append("}\n  maintenance: {readonly: {enabled: ")
                    .append(readOnly)
                    .append("}}\n  filesystem: {rootdirectory: ")
                    .append(data)
                    .append("}\n")
                    .append("http:\n  addr: 127.0.0.1:0\n  secret: of-a-test\n");
            if (tls) {
                Path certificates = makeCertificates();
                yaml.append("  tls:\n    certificate: ").append(certificates.resolve("server.crt"));
                yaml.append("\n    key: ")
                        .append(certificates.resolve("server.key"))
                        .append('\n');
            }
            if (basicAuth) {
                Path users = folder.resolve("htpasswd");
                Files.writeString(users, USER + ":" + BCRYPT + "\n");
                yaml.append("auth:\n  htpasswd:\n    realm: test\n    path: ")
                        .append(users)
                        .append('\n');
            }
            return yaml.append(more.orElse("")).toString();
        }

        /** The folder holds nothing else whose name ends in .crt, so that skopeo takes it as a folder to trust. */
        private Path makeCertificates() throws IOException {
            Path trusted = Files.createDirectories(folder.resolve("certs"));
            Path server = Files.createDirectories(folder.resolve("server"));
            openssl(
                    "-keyout",
                    server.resolve("ca.key").toString(),
                    "-out",
                    trusted.resolve("ca.crt").toString(),
                    "-subj",
                    "/CN=Davit test authority",
                    "-addext",
                    "basicConstraints=critical,CA:TRUE");
            openssl(
                    "-keyout", server.resolve("server.key").toString(),
                    "-out", server.resolve("server.crt").toString(),
                    "-subj", "/CN=localhost",
                    "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-addext", "basicConstraints=critical,CA:FALSE",
                    "-CA", trusted.resolve("ca.crt").toString(),
                    "-CAkey", server.resolve("ca.key").toString());
            return server;
        }

        private static void openssl(String... arguments) {
            Command.of("openssl", "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")
                    .with("-days", "7")
                    .with(arguments)
                    .run();
        }
    }
}
