package dev.davit.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.DavitException;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.TransferException;
import dev.davit.oci.UnauthorizedException;
import dev.davit.oci.auth.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that keep credentials: real processes, good and bad. */
@Timeout(60)
@EnabledOnOs({OS.LINUX, OS.MAC})
class CredentialHelperTest {
    /** Keeps one secret in a file, as the protocol wants it. */
    private static final String GOOD = """
            kept="$0.secret"
            case $1 in
                store) cat > "$kept" ;;
                erase) cat > "$0.erased"; rm "$kept" ;;
                get)
                    cat > "$0.asked"
                    [ -e "$kept" ] || { echo "credentials not found in native keychain"; exit 1; }
                    cat "$kept" ;;
            esac
            """;

    private static final Credentials ALICE = new Credentials("alice", "top \"secret\" ä\n");

    @TempDir
    Path folder;

    private CredentialHelper running(String script) throws IOException {
        return running(script, Duration.ofSeconds(30));
    }

    private CredentialHelper running(String script, Duration patience) throws IOException {
        Path program = folder.resolve("docker-credential-test");
        Files.writeString(program, "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        return new CredentialHelper("test", program.toString(), patience);
    }

    @Test
    void stores_gets_and_erases() throws IOException {
        CredentialHelper helper = running(GOOD);

        assertThat(helper.credentialsFor("registry.example:5000")).isEmpty();
        helper.store("registry.example:5000", ALICE);
        assertThat(helper.credentialsFor("registry.example:5000")).contains(ALICE);
        assertThat(folder.resolve("docker-credential-test.asked")).hasContent("registry.example:5000");
        helper.erase("registry.example:5000");
        assertThat(folder.resolve("docker-credential-test.erased")).hasContent("registry.example:5000");
        assertThat(helper.credentialsFor("registry.example:5000")).isEmpty();
    }

    @Test
    void docker_hub_is_asked_for_by_the_name_that_docker_has_for_it() throws IOException {
        running(GOOD).credentialsFor("docker.io");

        assertThat(folder.resolve("docker-credential-test.asked")).hasContent("https://index.docker.io/v1/");
    }

    @Test
    void a_user_that_is_a_token_makes_an_identity_token() throws IOException {
        CredentialHelper helper = running("echo '{\"ServerURL\":\"x\",\"Username\":\"<token>\",\"Secret\":\"t0ken\"}'");

        assertThat(helper.credentialsFor("registry.example")).contains(Credentials.identityToken("t0ken"));
        assertThat(helper.credentialsFor("registry.example").orElseThrow().isIdentityToken())
                .isTrue();
    }

    @Test
    void empty_credentials_are_none() throws IOException {
        assertThat(running("echo '{\"Username\":\"\",\"Secret\":\"\"}'").credentialsFor("registry.example"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "echo '{\"Username\":\"alice\",\"Secret\":\"s3cr3t'",
                "echo '{\"Username\":\"alice\",\"Secret\":[\"s3cr3t\"]}'",
                "echo s3cr3t",
                "true",
                "echo '{\"Username\":\"alice\",\"Secret\":\"s3cr3t\"}'; exit 1",
                "head -c 70000 /dev/zero | tr '\\0' x",
                "kill -9 $$"
            })
    void an_answer_that_is_none_is_an_error_without_the_secret(String script) throws IOException {
        CredentialHelper helper = running(script);

        assertThatThrownBy(() -> helper.credentialsFor("registry.example"))
                .isInstanceOf(UnauthorizedException.class)
                .hasMessageStartingWith("credentials of registry.example: docker-credential-test get ")
                .hasMessageNotContaining("s3cr3t")
                .hasNoCause();
    }

    @Test
    void what_a_program_says_of_its_failure_is_told_on_one_line() throws IOException {
        CredentialHelper helper = running("printf 'the key ring\\nis locked\\033[31m'; exit 2");

        assertThatThrownBy(() -> helper.credentialsFor("registry.example"))
                .isInstanceOf(UnauthorizedException.class)
                .hasMessageEndingWith("ended with exit code 2 and said \"the key ring\\u000ais locked\\u001b[31m\"");
    }

    @Test
    void a_secret_that_cannot_be_stored_is_not_told() throws IOException {
        CredentialHelper helper = running("echo no: s3cr3t; exit 1");

        assertThatThrownBy(() -> helper.store("registry.example", new Credentials("alice", "s3cr3t")))
                .isInstanceOf(UnauthorizedException.class)
                .hasMessageEndingWith("store ended with exit code 1");
    }

    @Test
    void a_program_that_is_not_there_is_named() {
        CredentialHelper helper = CredentialHelper.named("of-nobody-at-all");

        assertThatThrownBy(() -> helper.credentialsFor("registry.example"))
                .isInstanceOf(UnauthorizedException.class)
                .hasMessageContaining("docker-credential-of-nobody-at-all get could not be run");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "../pass", "/bin/sh", "a b", "pass\n", "-x", "pass;id"})
    void a_name_that_leads_elsewhere_is_refused(String name) {
        assertThatThrownBy(() -> CredentialHelper.named(name)).isInstanceOf(MalformedContentException.class);
    }

    @Test
    void a_registry_that_would_be_two_questions_is_refused() throws IOException {
        CredentialHelper helper = running(GOOD);

        assertThatThrownBy(() -> helper.credentialsFor("registry.example\nother.example"))
                .isInstanceOf(MalformedContentException.class);
        assertThat(folder.resolve("docker-credential-test.asked")).doesNotExist();
    }

    @Test
    void a_program_that_does_not_answer_is_ended_with_all_that_it_started() throws Exception {
        Path pid = folder.resolve("pid");
        CredentialHelper helper = running("sleep 1000 & echo $! > " + pid + "; wait", Duration.ofMillis(500));

        assertThatThrownBy(() -> helper.credentialsFor("registry.example"))
                .isInstanceOf(UnauthorizedException.class)
                .hasMessageContaining("did not answer within");
        long sleeping = Long.parseLong(Files.readString(pid).strip());
        ProcessHandle.of(sleeping).ifPresent(process -> process.onExit().join());
    }

    @Test
    void an_interrupt_ends_the_program() throws Exception {
        CredentialHelper helper = running("sleep 1000");
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> helper.credentialsFor("registry.example")).isInstanceOf(TransferException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void a_file_asks_the_helper_that_it_names() throws IOException {
        CredentialHelper helper = running(GOOD);
        Path file = folder.resolve("config.json");
        Files.writeString(
                file,
                "{\"credHelpers\":{\"registry.example\":\"test\"},\"credsStore\":\"other\",\"auths\":"
                        + "{\"registry.example\":{},\"registry.example/acme\":{\"auth\":\"YTpi\"}},\"more\":true}");
        CredentialFile logins = new CredentialFile(file, name -> {
            assertThat(name).isEqualTo("test");
            return helper;
        });

        assertThat(logins.credentialsFor("registry.example")).isEmpty();
        assertThat(logins.store("registry.example", ALICE)).isEqualTo("docker-credential-test");
        assertThat(logins.credentialsFor("registry.example")).contains(ALICE);
        assertThat(Files.readString(file))
                .isEqualTo("{\"credHelpers\":{\"registry.example\":\"test\"},\"credsStore\":\"other\",\"auths\":"
                        + "{\"registry.example\":{},\"registry.example/acme\":{\"auth\":\"YTpi\"}},\"more\":true}");
        assertThat(logins.erase("registry.example")).isTrue();
        assertThat(logins.erase("registry.example")).isFalse();
        assertThatThrownBy(() -> new CredentialFile(file, CredentialHelper::named).credentialsFor("other.example"))
                .isInstanceOf(DavitException.class)
                .hasMessageContaining("docker-credential-other");
    }
}
