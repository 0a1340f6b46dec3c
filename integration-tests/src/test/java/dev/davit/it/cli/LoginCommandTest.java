package dev.davit.it.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.it.Command;
import dev.davit.it.Parts;
import dev.davit.it.registry.DockerRegistry;
import dev.davit.oci.auth.Credentials;
import dev.davit.registry.CredentialFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code davit login} and {@code davit logout}, with a real registry, and with skopeo for the same files. */
class LoginCommandTest {
    @TempDir
    static Path shared;

    private static DockerRegistry registry;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() throws IOException {
        registry = DockerRegistry.builder(Files.createDirectory(shared.resolve("registry")))
                .basicAuth()
                .start();
    }

    @AfterAll
    static void stop() {
        if (registry != null) {
            registry.close();
        }
    }

    private static Shell.Result davit(String input, String... args) {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        try {
            return Shell.davit(args);
        } finally {
            System.setIn(before);
        }
    }

    private Shell.Result login(Path file, String password) {
        return davit(
                password,
                "login",
                registry.address(),
                "-u",
                DockerRegistry.USER,
                "--password-stdin",
                "--authfile",
                file.toString());
    }

    @Test
    void a_login_of_davit_serves_skopeo_and_logout_ends_it() throws IOException {
        Parts.require("skopeo");
        Path file = folder.resolve("auth.json");
        Files.writeString(file, "{\"auths\":{\"other.example\":{\"auth\":\"YTpi\"}},\"detachKeys\":\"ctrl-e,e\"}");

        Shell.Result login = login(file, DockerRegistry.PASSWORD + "\n");

        assertThat(login.err()).isEmpty();
        assertThat(login.out()).isEqualTo("logged in to " + registry.address() + ", kept in " + file + "\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(Files.readString(file)).contains("\"detachKeys\":\"ctrl-e,e\"", "\"other.example\"");
        assertThat(skopeo("login", file, "--get-login").strip()).isEqualTo(DockerRegistry.USER);

        Shell.Result logout = davit("", "logout", "docker://" + registry.address(), "--authfile", file.toString());

        assertThat(logout.out()).isEqualTo("logged out of " + registry.address() + "\n");
        assertThat(Files.readString(file))
                .isEqualTo("{\"auths\":{\"other.example\":{\"auth\":\"YTpi\"}},\"detachKeys\":\"ctrl-e,e\"}");
        assertThat(davit("", "logout", registry.address(), "--authfile", file.toString())
                        .out())
                .isEqualTo("not logged in to " + registry.address() + "\n");
    }

    @Test
    void a_login_of_skopeo_serves_davit() {
        Parts.require("skopeo");
        Path file = folder.resolve("auth.json");
        skopeo("login", file, "--tls-verify=false", "-u", DockerRegistry.USER, "-p", DockerRegistry.PASSWORD);

        assertThat(CredentialFile.at(file).credentialsFor(registry.address(), "acme/server"))
                .contains(new Credentials(DockerRegistry.USER, DockerRegistry.PASSWORD));
        assertThat(davit("", "logout", registry.address(), "--authfile", file.toString())
                        .out())
                .startsWith("logged out");
        assertThat(Command.of("skopeo", "login", "--authfile=" + file, "--get-login", registry.address())
                        .runAnyhow()
                        .exitCode())
                .isNotZero();
    }

    private static String skopeo(String command, Path file, String... options) {
        return Command.of("skopeo", command, "--authfile=" + file)
                .with(options)
                .with(registry.address())
                .run();
    }

    @Test
    void a_login_that_the_registry_refuses_is_not_kept() {
        Path file = folder.resolve("config.json");

        Shell.Result login = login(file, "a wrong s3cr3t");

        assertThat(login.exitCode()).isEqualTo(1);
        assertThat(login.err())
                .isEqualTo("davit: " + registry.address() + ": the credentials of \"alice\" were refused by "
                        + registry.address() + "\n");
        assertThat(file).doesNotExist();
    }

    @Test
    void a_helper_that_the_file_names_keeps_the_login() throws IOException {
        Path programs = Files.createDirectory(folder.resolve("programs"));
        Path helper = programs.resolve("docker-credential-ours");
        Files.writeString(helper, "#!/bin/sh\ncat > " + folder + "/$1\n");
        Files.setPosixFilePermissions(helper, PosixFilePermissions.fromString("rwx------"));
        Path config = Files.createDirectory(folder.resolve("docker"));
        Files.writeString(config.resolve("config.json"), "{\"credsStore\":\"ours\"}");

        Command.Result login = Command.of("sh", "-c", "echo '" + DockerRegistry.PASSWORD + "' | \"$@\"", "-")
                .with(Path.of(System.getProperty("java.home"), "bin", "java").toString())
                .with("-cp", System.getProperty("java.class.path"), "dev.davit.examples.cli.Davit")
                .with("login", registry.address(), "-u", DockerRegistry.USER, "--password-stdin")
                .env("PATH", programs + ":" + System.getenv("PATH"))
                .env("DOCKER_CONFIG", config.toString())
                .runAnyhow();

        assertThat(login.errors()).isEmpty();
        assertThat(login.output())
                .isEqualTo("logged in to " + registry.address() + ", kept in docker-credential-ours\n");
        assertThat(folder.resolve("store"))
                .hasContent("{\"ServerURL\":\"" + registry.address() + "\",\"Username\":\"alice\",\"Secret\":\""
                        + DockerRegistry.PASSWORD + "\"}");
        assertThat(config.resolve("config.json"))
                .hasContent("{\"credsStore\":\"ours\",\"auths\":{\"" + registry.address() + "\":{}}}");
    }

    @Test
    void what_is_no_registry_is_refused() {
        for (String text : new String[] {"busybox", "localhost:5000/acme", "https://localhost", "", "a b.c"}) {
            Shell.Result login = davit("x", "login", text, "-u", "alice", "--password-stdin");
            assertThat(login.exitCode()).as(text).isEqualTo(1);
            assertThat(login.err()).startsWith("davit: r");
        }
    }
}
