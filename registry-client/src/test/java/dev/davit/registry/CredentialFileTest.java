package dev.davit.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.DavitException;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.StorageException;
import dev.davit.oci.auth.CredentialSource;
import dev.davit.oci.auth.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files with logins, as Docker, Podman and people write them. */
@Timeout(60)
class CredentialFileTest {
    private static final Credentials ALICE = new Credentials("alice", "top:secret ä");

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void choose_file() {
        file = folder.resolve("config.json");
    }

    private static String auth(String user, String password) {
        return "{\"auth\":\"" + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8)) + "\"}";
    }

    private CredentialFile containing(String json) throws IOException {
        Files.writeString(file, json);
        return CredentialFile.at(file);
    }

    private CredentialFile of(String... keysAndEntries) throws IOException {
        StringBuilder auths = new StringBuilder();
        for (int i = 0; i < keysAndEntries.length; i += 2) {
            auths.append(i == 0 ? "" : ",")
                    .append('"')
                    .append(keysAndEntries[i])
                    .append("\":")
                    .append(keysAndEntries[i + 1]);
        }
        return containing("{\"auths\":{" + auths + "}}");
    }

    @Test
    void reads_a_user_and_a_password_which_may_have_colons() throws IOException {
        CredentialFile logins = of("registry.example:5000", auth("alice", "top:secret ä"));

        assertThat(logins.credentialsFor("registry.example:5000")).contains(ALICE);
    }

    @ParameterizedTest
    @CsvSource({
        "registry.example, registry.example:5000",
        "registry.example:5000, registry.example",
        "registry.example, evil.registry.example",
        "registry.example, registry.example.evil",
        "registry.example, example",
        "https://registry.example/v1/, registry.example:80",
        "registry.example/acme, registry.example",
        "'', registry.example",
        "https://, registry.example"
    })
    void a_login_is_for_its_own_host_and_port_alone(String key, String asked) throws IOException {
        assertThat(of(key, auth("alice", "secret")).credentialsFor(asked)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "https://index.docker.io/v1/, docker.io",
        "https://index.docker.io/v1, docker.io",
        "index.docker.io/v1/, docker.io",
        "docker.io, docker.io",
        "registry-1.docker.io, docker.io",
        "https://registry.example, registry.example",
        "https://registry.example/v2/, registry.example",
        "http://registry.example:5000/v1/, registry.example:5000",
        "registry.example/, registry.example",
        "Registry.Example, registry.example",
        "registry.example:443, registry.example",
        "registry.example, registry.example:443",
        "[::1]:5000, [::1]:5000"
    })
    void a_registry_is_found_under_the_names_that_tools_give_it(String key, String asked) throws IOException {
        assertThat(of(key, auth("alice", "secret")).credentialsFor(asked)).contains(new Credentials("alice", "secret"));
    }

    @Test
    void the_login_for_the_smallest_part_counts() throws IOException {
        CredentialFile logins = of(
                "registry.example/acme", auth("acme", "1"),
                "registry.example", auth("all", "2"),
                "registry.example/acme/server", auth("server", "3"));

        assertThat(user(logins.credentialsFor("registry.example", "acme/server")))
                .isEqualTo("server");
        assertThat(user(logins.credentialsFor("registry.example", "acme/server/more")))
                .isEqualTo("server");
        assertThat(user(logins.credentialsFor("registry.example", "acme/client")))
                .isEqualTo("acme");
        assertThat(user(logins.credentialsFor("registry.example", "acmex/server")))
                .isEqualTo("all");
        assertThat(user(logins.credentialsFor("registry.example"))).isEqualTo("all");
    }

    private static String user(Optional<Credentials> credentials) {
        return credentials.orElseThrow().username();
    }

    @Test
    void the_name_as_it_is_asked_for_goes_before_other_names_of_the_same() throws IOException {
        CredentialFile logins = of("https://index.docker.io/v1/", auth("old", "1"), "docker.io", auth("new", "2"));

        assertThat(user(logins.credentialsFor("docker.io"))).isEqualTo("new");
    }

    @Test
    void reads_an_identity_token_and_other_forms_of_a_secret() throws IOException {
        CredentialFile logins = of(
                "a.example", "{\"auth\":\"MDAwOg==\",\"identitytoken\":\"t0ken\"}",
                "b.example", "{\"username\":\"alice\",\"password\":\"secret\",\"email\":null}",
                "c.example", "{\"auth\":\"YWxpY2U6c2VjcmV0AAA=\"}",
                "d.example", "{}",
                "e.example", "{\"auth\":\"\"}");

        assertThat(logins.credentialsFor("a.example")).contains(Credentials.identityToken("t0ken"));
        assertThat(logins.credentialsFor("b.example")).contains(new Credentials("alice", "secret"));
        assertThat(logins.credentialsFor("c.example")).contains(new Credentials("alice", "secret"));
        assertThat(logins.credentialsFor("d.example")).isEmpty();
        assertThat(logins.credentialsFor("e.example")).isEmpty();
    }

    @Test
    void nobody_is_logged_in_where_there_is_no_file_or_nothing_in_it() throws IOException {
        assertThat(CredentialFile.at(file).credentialsFor("registry.example")).isEmpty();
        assertThat(containing("{}").credentialsFor("registry.example")).isEmpty();
        assertThat(containing("{\"auths\":null,\"credHelpers\":null}").credentialsFor("registry.example"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "s3cr3t",
                "[\"s3cr3t\"]",
                "{\"auths\":\"s3cr3t\"}",
                "{\"auths\":{\"registry.example\":\"s3cr3t\"}}",
                "{\"auths\":{\"registry.example\":{\"auth\":[\"s3cr3t\"]}}}",
                "{\"auths\":{\"registry.example\":{\"auth\":\"s3cr3t!\"}}}",
                "{\"auths\":{\"registry.example\":{\"auth\":\"czNjcjN0\"}}}",
                "{\"auths\":{\"registry.example\":{\"auth\":\"s3cr3t",
                "{\"auths\":{\"registry.example\":{\"auth\":s3cr3t}}}",
                "{\"auths\":{\"registry.example\":{\"password\":\"s3cr3t\\q\"}}}",
                "{\"auths\":{\"registry.example\":{\"password\":12345}}}",
                "{\"auths\":{\"registry.example\":{\"password\":\"a\",\"password\":\"s3cr3t\"}}}",
                "{\"auths\":{}} s3cr3t",
                "{\"credsStore\":{\"s\":\"s3cr3t\"}}"
            })
    void a_malformed_file_is_named_with_the_place_and_nothing_of_its_content(String json) throws IOException {
        CredentialFile logins = containing(json);

        assertThatThrownBy(() -> logins.credentialsFor("registry.example"))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageStartingWith(file + " at /")
                .hasMessageContaining("line 1, column ")
                .hasMessageContaining("expected")
                .hasMessageNotContainingAny("s3cr3t", "czNjcjN0", "12345")
                .hasNoCause();
    }

    @Test
    void hostile_files_end_in_an_exception() throws Exception {
        List<byte[]> files = List.of(
                "[".repeat(200_000).getBytes(UTF_8),
                ("{\"auths\":" + "{\"a\":".repeat(100_000)).getBytes(UTF_8),
                new byte[5 << 20],
                new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
        for (byte[] bytes : files) {
            Files.write(file, bytes);
            assertThatThrownBy(() -> CredentialFile.at(file).credentialsFor("registry.example"))
                    .isInstanceOf(MalformedContentException.class)
                    .hasMessageStartingWith(file.toString());
        }
        Files.delete(file);
        Files.createDirectory(file);
        assertThatThrownBy(() -> CredentialFile.at(file).credentialsFor("registry.example"))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("no regular file");
    }

    @Test
    void the_first_file_that_knows_a_registry_counts() throws IOException {
        Path home = folder.resolve("home");
        Path run = folder.resolve("run");
        Surroundings surroundings = new Surroundings(
                Map.of("REGISTRY_AUTH_FILE", file.toString(), "XDG_RUNTIME_DIR", run.toString(), "DOCKER_CONFIG", ""),
                home,
                folder);
        of("a.example", auth("named", "1"));
        write(home.resolve(".docker/config.json"), "a.example", "docker", "b.example", "docker");
        write(run.resolve("containers/auth.json"), "b.example", "podman", "c.example", "podman");
        write(home.resolve(".config/containers/auth.json"), "c.example", "kept", "d.example", "kept");
        CredentialSource logins = CredentialFile.conventional(surroundings);

        assertThat(Stream.of("a.example", "b.example", "c.example", "d.example")
                        .map(logins::credentialsFor)
                        .map(CredentialFileTest::user))
                .containsExactly("named", "docker", "podman", "kept");
        assertThat(logins.credentialsFor("e.example", "acme")).isEmpty();
        assertThat(CredentialFile.conventionalFiles(
                        new Surroundings(Map.of("DOCKER_CONFIG", "/d", "XDG_CONFIG_HOME", "/x"), home, folder)))
                .containsExactly(Path.of("/d/config.json"), Path.of("/x/containers/auth.json"));
    }

    private static void write(Path target, String first, String user, String second, String same) throws IOException {
        Files.createDirectories(target.getParent());
        Files.writeString(
                target,
                "{\"auths\":{\"" + first + "\":" + auth(user, "1") + ",\"" + second + "\":" + auth(same, "1") + "}}");
    }

    @Test
    void keeps_a_login_and_everything_else_in_the_file() throws IOException {
        String others = "\"experimental\": \"enabled\", \"psFormat\":\"{{.ID}}\\u0001\", \"big\":1e400";
        CredentialFile logins =
                containing("{" + others + ",\"auths\":{\"other.example\": {\"auth\":\"YTpi\",\"x\":[1 ]},"
                        + "\"https://index.docker.io/v1/\":{\"auth\":\"YTpi\",\"email\":\"a@b\"},\"docker.io\":{}}}");

        assertThat(logins.store("docker.io", ALICE)).isEqualTo(file.toString());
        logins.store("registry.example:5000", Credentials.identityToken("t0ken"));

        assertThat(Files.readString(file))
                .isEqualTo("{" + others.replace(": ", ":").replace(", ", ",")
                        + ",\"auths\":{\"other.example\":{\"auth\":\"YTpi\",\"x\":[1 ]},"
                        + "\"https://index.docker.io/v1/\":{\"email\":\"a@b\",\"auth\":\"YWxpY2U6dG9wOnNlY3JldCDDpA==\"},"
                        + "\"registry.example:5000\":{\"identitytoken\":\"t0ken\"}}}");
        assertThat(logins.credentialsFor("docker.io")).contains(ALICE);
        assertThat(logins.credentialsFor("registry.example:5000")).contains(Credentials.identityToken("t0ken"));
    }

    @Test
    void what_it_writes_only_its_owner_can_read() throws IOException {
        Path deep = folder.resolve("new/folder/config.json");
        CredentialFile.at(deep).store("registry.example", ALICE);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(deep)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(deep.getParent())))
                .isEqualTo("rwx------");
        Files.setPosixFilePermissions(deep, PosixFilePermissions.fromString("rw-rw-rw-"));
        CredentialFile.at(deep).store("registry.example", ALICE);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(deep)))
                .isEqualTo("rw-------");
        assertThat(deep.getParent().toFile().list()).containsExactly("config.json");
    }

    @Test
    void writes_through_a_link_and_leaves_the_link() throws IOException {
        Path real = Files.writeString(folder.resolve("dotfiles.json"), "{}");
        Files.createSymbolicLink(file, real);

        CredentialFile.at(file).store("registry.example", ALICE);

        assertThat(file).isSymbolicLink();
        assertThat(CredentialFile.at(real).credentialsFor("registry.example")).contains(ALICE);
    }

    @Test
    void a_file_that_cannot_be_read_is_not_overwritten() throws IOException {
        CredentialFile logins = containing("{\"auths\":");

        assertThatThrownBy(() -> logins.store("registry.example", ALICE)).isInstanceOf(DavitException.class);
        assertThat(Files.readString(file)).isEqualTo("{\"auths\":");
    }

    @Test
    void forgets_a_login_under_all_names_of_the_registry() throws IOException {
        CredentialFile logins = of(
                "docker.io", auth("a", "1"),
                "https://index.docker.io/v1/", auth("b", "2"),
                "docker.io/acme", auth("c", "3"),
                "other.example", auth("d", "4"));

        assertThat(logins.erase("docker.io")).isTrue();
        assertThat(logins.credentialsFor("docker.io")).isEmpty();
        assertThat(logins.erase("docker.io")).isFalse();
        assertThat(user(logins.credentialsFor("docker.io", "acme/server"))).isEqualTo("c");
        assertThat(user(logins.credentialsFor("other.example"))).isEqualTo("d");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"auths\":{\"registry.example\":null,\"other.example\":{\"auth\":\"YTpi\"}}}",
                "{\"auths\":{\"registry.example\":{\"auth\":null,\"identitytoken\":null},\"other.example\":{\"auth\":\"YTpi\"}}}",
                "{\"auths\":{\"registry.example\":{\"username\":null,\"password\":null,\"email\":null},\"other.example\":{\"auth\":\"YTpi\"}}}",
                "{\"auths\":{\"registry.example\":{},\"other.example\":{\"auth\":\"YTpi\",\"identitytoken\":\"\"}}}"
            })
    void null_is_no_login(String json) throws IOException {
        CredentialFile logins = containing(json);

        assertThat(logins.credentialsFor("registry.example")).isEmpty();
        assertThat(logins.credentialsFor("other.example")).contains(new Credentials("a", "b"));
    }
}
