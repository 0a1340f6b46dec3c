package dev.davit.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.MalformedContentException;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.TransferException;
import dev.davit.oci.auth.CredentialSource;
import dev.davit.oci.auth.Credentials;
import dev.davit.registry.FakeServer.Answer;
import dev.davit.registry.FakeServer.Seen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Mirrors, blocked registries and short names, as the files of containerd and Podman say it. */
@Timeout(60)
class MirrorsTest {
    @TempDir
    Path folder;

    private final AtomicLong clock = new AtomicLong();
    private volatile Function<Seen, Answer> atMirror = request -> Samples.manifest();
    private volatile Function<Seen, Answer> atHome = request -> Samples.manifest();
    private FakeServer mirror;
    private FakeServer home;
    private RegistryClient client;
    private CredentialSource credentials = CredentialSource.anonymous();

    @BeforeEach
    void start() {
        mirror = FakeServer.answering(request -> atMirror.apply(request));
        home = FakeServer.answering(request -> atHome.apply(request));
    }

    @AfterEach
    void stop() {
        if (client != null) {
            client.close();
        }
        mirror.close();
        home.close();
    }

    private RegistryClient.Builder builder() {
        return Samples.client().credentials(credentials).clock(clock::get);
    }

    private void hosts(String registry, String toml) throws IOException {
        Path file = folder.resolve("certs.d").resolve(registry).resolve("hosts.toml");
        Files.createDirectories(file.getParent());
        Files.writeString(file, filled(toml));
        client = builder().hostsFolders(folder.resolve("certs.d")).build();
    }

    private void conf(String toml) throws IOException {
        Path file = Files.writeString(folder.resolve("registries.conf"), filled(toml));
        client = builder().registriesConf(file).build();
    }

    private String filled(String text) {
        return text.replace("MIRROR", mirror.address()).replace("HOME", home.address());
    }

    private void resolve() {
        client.resolve(home.address() + "/acme/server:1.0");
    }

    @Test
    void content_comes_from_the_mirror_that_has_it_and_is_told_which_registry_is_meant() throws IOException {
        hosts(home.address(), "server = 'http://HOME'\n[host.'http://MIRROR']\ncapabilities = ['pull', 'resolve']\n");

        resolve();
        client.repository(home.address() + "/acme/server").fetch(Samples.MANIFEST.descriptor());

        assertThat(mirror.lines())
                .containsExactly(
                        "HEAD /v2/acme/server/manifests/1.0?ns=" + home.address(),
                        "GET /v2/acme/server/manifests/" + Samples.MANIFEST.digest() + "?ns=" + home.address());
        assertThat(home.seen()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 429, 500, 503})
    void what_a_mirror_does_not_give_comes_from_the_registry_at_once(int status) throws IOException {
        hosts(home.address(), "server = 'http://HOME'\n[host.'http://MIRROR']\n");
        atMirror = request -> Answer.of(status).header("Retry-After", "20");

        resolve();

        assertThat(home.lines()).containsExactly("HEAD /v2/acme/server/manifests/1.0");
    }

    @Test
    void a_mirror_that_cannot_be_reached_is_left_alone_for_a_minute() throws IOException {
        hosts(home.address(), "server = 'http://HOME'\n[host.'http://MIRROR']\n");
        atMirror = request -> FakeServer.NOTHING;

        resolve();
        int asked = mirror.connections();
        resolve();
        assertThat(mirror.connections()).isEqualTo(asked);
        clock.addAndGet(Duration.ofSeconds(61).toNanos());
        resolve();
        assertThat(mirror.connections()).isGreaterThan(asked);
        assertThat(home.seen()).hasSize(3);
    }

    @Test
    void mirrors_are_asked_in_the_order_of_the_file() throws IOException {
        try (FakeServer first = FakeServer.answering(request -> Answer.of(404))) {
            hosts(home.address(), "[host.'http://" + first.address() + "']\n[host.'http://MIRROR']\n");

            resolve();

            assertThat(first.seen()).hasSize(1);
            assertThat(mirror.seen()).hasSize(1);
            assertThat(home.seen()).isEmpty();
        }
    }

    @Test
    void a_mirror_is_asked_only_for_what_it_is_capable_of() throws IOException {
        hosts(home.address(), "[host.'http://MIRROR']\ncapabilities = ['pull']\n");

        resolve();
        client.repository(home.address() + "/acme/server").fetch(Samples.MANIFEST.descriptor());

        assertThat(home.lines()).containsExactly("HEAD /v2/acme/server/manifests/1.0");
        assertThat(mirror.lines()).hasSize(1).allMatch(line -> line.contains("sha256:"));
    }

    @Test
    void nothing_is_written_to_a_mirror_nor_asked_there_before_writing() throws IOException {
        hosts(home.address(), "[host.'http://MIRROR']\n");
        atHome = request -> switch (request.method()) {
            case "HEAD" -> Answer.of(404);
            case "POST" -> Answer.of(202).header("Location", "/v2/acme/server/blobs/uploads/1");
            default -> Answer.of(201);
        };

        client.repository(home.address() + "/acme/server").put(Samples.layer());

        assertThat(home.seen()).hasSize(3);
        assertThat(mirror.seen()).isEmpty();
    }

    @Test
    void a_path_and_headers_are_the_mirrors_own_and_do_not_follow_a_redirect() throws IOException {
        hosts(home.address(), """
                server = 'http://HOME'
                [host.'http://MIRROR/proxy/hub']
                override_path = true
                [host.'http://MIRROR/proxy/hub'.header]
                x-key = 'k1'
                x-list = ['a', 'b']
                """);
        try (FakeServer storage = FakeServer.answering(request -> Samples.manifest())) {
            atMirror = request -> Answer.of(307).header("Location", storage.url("/there"));

            resolve();

            Seen asked = mirror.seen().get(0);
            assertThat(asked.target()).startsWith("/proxy/hub/acme/server/manifests/1.0");
            assertThat(asked.header("x-key")).isEqualTo("k1");
            assertThat(asked.header("x-list")).isEqualTo("a, b");
            assertThat(storage.seen().get(0).headers()).doesNotContainKeys("x-key", "x-list");
        }
    }

    @Test
    void each_server_gets_its_own_credentials_alone() throws IOException {
        Credentials ofMirror = new Credentials("mirror", "1");
        Credentials ofHome = new Credentials("home", "2");
        Map<String, Credentials> known = Map.of(mirror.address(), ofMirror, home.address(), ofHome);
        credentials = asked -> java.util.Optional.ofNullable(known.get(asked));
        hosts(home.address(), "server = 'http://HOME'\n[host.'http://MIRROR']\n");
        Function<Seen, Answer> refusing = request -> Answer.of(request.header("Authorization") == null ? 401 : 404)
                .header("WWW-Authenticate", "Basic realm=x");
        atMirror = refusing;
        atHome = refusing;

        assertThatThrownBy(this::resolve).isInstanceOf(NotFoundException.class);

        assertThat(mirror.seen()).extracting(r -> r.header("Authorization")).contains(Access.basic(ofMirror));
        assertThat(mirror.seen()).extracting(r -> r.header("Authorization")).doesNotContain(Access.basic(ofHome));
        assertThat(home.seen()).extracting(r -> r.header("Authorization")).doesNotContain(Access.basic(ofMirror));
    }

    @Test
    void the_default_folder_is_for_all_registries_without_one_of_their_own() throws IOException {
        hosts("_default", "[host.'http://MIRROR']\n");

        client.resolve("registry.example/acme/server:1.0");

        assertThat(mirror.lines()).containsExactly("HEAD /v2/acme/server/manifests/1.0?ns=registry.example");
    }

    @Test
    void a_folder_may_be_named_without_a_colon() throws IOException {
        hosts(home.address().replace(':', '_') + "_", "[host.'http://MIRROR']\n");

        resolve();

        assertThat(mirror.seen()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "s3cr3t",
                "server = 's3cr3t",
                "server = 5",
                "server = 'ftp://s3cr3t'",
                "server = 'http://user:s3cr3t@x'",
                "host = 's3cr3t'",
                "[host.'http://x']\ncapabilities = ['s3cr3t']",
                "[host.'http://x']\nskip_verify = 's3cr3t'",
                "[host.'http://x']\nca = [['s3cr3t']]",
                "[host.'http://x']\nclient = [1]",
                "[host.'http://x'.header]\nauthorization = \"s3cr3t\\r\\nx: y\"",
                "[host.'http://x'.header]\n'a b' = 's3cr3t'",
                "[host.'http://x'.header]\na = {b = 's3cr3t'}"
            })
    void a_malformed_file_is_named_with_the_place_and_without_its_content(String toml) throws IOException {
        hosts(home.address(), toml);

        assertThatThrownBy(this::resolve)
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("hosts.toml")
                .hasMessageContaining("expected")
                .hasMessageNotContaining("s3cr3t");
        assertThat(home.seen()).isEmpty();
    }

    @Test
    void hostile_files_end_in_an_exception() throws IOException {
        for (String toml :
                List.of("a = " + "[".repeat(500_000), "a." + "b.".repeat(200_000) + "c = 1", "#".repeat(2 << 20))) {
            assertThatThrownBy(() -> conf(toml))
                    .isInstanceOf(MalformedContentException.class)
                    .hasMessageContaining("registries.conf");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "HOME, MIRROR, acme/server",
        "HOME, MIRROR/copy, copy/acme/server",
        "HOME/acme, MIRROR/copy/of, copy/of/server",
        "HOME/acme, MIRROR, server",
        "HOME/acme/server, MIRROR/one, one"
    })
    void podman_s_mirrors_have_the_content_under_names_of_their_own(String prefix, String location, String there)
            throws IOException {
        conf("[[registry]]\nprefix = '" + prefix + "'\nlocation = '" + prefix + "'\n[[registry.mirror]]\nlocation = '"
                + location + "'\n");

        resolve();
        client.repository(home.address() + "/acme/server").fetch(Samples.MANIFEST.descriptor());

        assertThat(mirror.lines())
                .containsExactly(
                        "HEAD /v2/" + there + "/manifests/1.0",
                        "GET /v2/" + there + "/manifests/" + Samples.MANIFEST.digest());
        assertThat(home.seen()).isEmpty();
    }

    @Test
    void a_token_for_a_mirror_is_for_the_name_that_the_content_has_there() throws IOException {
        conf("[[registry]]\nlocation = 'HOME/acme'\n[[registry.mirror]]\nlocation = 'MIRROR/copy'\n");
        atMirror = request -> request.target().startsWith("/token")
                ? Answer.json(200, "{\"token\":\"t1\"}")
                : "Bearer t1".equals(request.header("Authorization"))
                        ? Samples.manifest()
                        : Answer.of(401).header("WWW-Authenticate", "Bearer realm=\"/token\"");

        resolve();

        assertThat(mirror.lines()).contains("GET /token?scope=repository%3Acopy%2Fserver%3Apull");
    }

    @ParameterizedTest
    @CsvSource({
        "mirror-by-digest-only = true, '', sha256",
        "'', pull-from-mirror = 'digest-only', sha256",
        "'', pull-from-mirror = 'tag-only', 1.0",
    })
    void a_mirror_may_be_for_digests_or_for_tags_alone(String registry, String mirrored, String asked)
            throws IOException {
        conf("[[registry]]\nlocation = 'HOME'\n" + registry.replace('"', '\'')
                + "\n[[registry.mirror]]\nlocation = 'MIRROR'\n"
                + mirrored.replaceAll("= (.*)", "= '$1'").replace("''", "'"));

        resolve();
        client.repository(home.address() + "/acme/server").fetch(Samples.MANIFEST.descriptor());

        assertThat(mirror.lines()).hasSize(1).allMatch(line -> line.contains("/manifests/" + asked));
        assertThat(home.lines()).hasSize(1).noneMatch(line -> line.contains("/manifests/" + asked));
    }

    @Test
    void the_longest_prefix_counts_and_covers_whole_components() throws IOException {
        conf("""
                [[registry]]
                location = 'HOME'
                [[registry]]
                prefix = 'HOME/acme/serve'
                location = 'MIRROR/wrong'
                [[registry]]
                prefix = 'HOME/acme'
                location = 'MIRROR/right'
                """);

        resolve();

        assertThat(mirror.lines()).containsExactly("HEAD /v2/right/server/manifests/1.0");
    }

    @Test
    void a_blocked_registry_is_not_asked() throws IOException {
        conf("""
                [[registry]]
                prefix = 'HOME/acme'
                location = 'HOME/acme'
                blocked = true
                [[registry]]
                prefix = '*.example'
                blocked = true
                """);

        assertThatThrownBy(this::resolve)
                .isInstanceOf(RegistryException.class)
                .hasMessageEndingWith("/acme/server: blocked by " + folder.resolve("registries.conf"));
        assertThatThrownBy(() -> client.resolve("a.b.example/acme/server")).hasMessageContaining("blocked");
        assertThat(home.seen()).isEmpty();
        client.resolve(home.address() + "/other/server");
        assertThat(home.seen()).hasSize(1);
    }

    @Test
    void what_is_said_of_a_registry_is_not_said_of_another_port() throws IOException {
        conf("[[registry]]\nlocation = 'localhost'\nblocked = true\n");

        resolve();

        assertThat(home.seen()).hasSize(1);
    }

    @Test
    void what_is_written_goes_where_its_name_says() throws IOException {
        conf("[[registry]]\nprefix = 'HOME'\nlocation = 'MIRROR'\n");
        atHome = request -> Answer.of(request.method().equals("HEAD") ? 200 : 500);

        client.repository(home.address() + "/acme/server").put(Samples.layer());

        assertThat(home.seen()).hasSize(1);
        assertThat(mirror.seen()).isEmpty();
    }

    @Test
    void when_all_fail_the_registry_s_own_failure_is_told_and_the_mirrors_are_behind_it() throws IOException {
        conf("[[registry]]\nlocation = 'HOME'\n[[registry.mirror]]\nlocation = 'MIRROR'\n");
        atMirror = request -> Answer.of(404);
        home.close();

        assertThatThrownBy(this::resolve)
                .isInstanceOf(TransferException.class)
                .hasMessageContaining(home.address())
                .satisfies(
                        e -> assertThat(e.getSuppressed()).hasSize(1).hasOnlyElementsOfType(NotFoundException.class));
    }

    @ParameterizedTest
    @CsvSource({
        "server:2, HOME/acme/server:2",
        "server, HOME/acme/server:latest",
        "other/thing:1, registry.example/other/thing:1",
        "thing, registry.example/thing:latest",
        "docker.io/thing, docker.io/library/thing:latest",
        "a.example/thing:1, a.example/thing:1",
        "localhost/thing, localhost/thing:latest"
    })
    void short_names_are_completed_as_the_file_says(String text, String meant) throws IOException {
        Path file = Files.writeString(
                folder.resolve("registries.conf"),
                filled(
                        "unqualified-search-registries = ['registry.example']\n[aliases]\n'server' = 'HOME/acme/server'\n"));

        assertThat(RegistriesConf.read(List.of(file)).reference(text)).hasToString(filled(meant));
    }

    @Test
    void a_short_name_that_could_be_of_several_registries_is_refused() throws IOException {
        conf("unqualified-search-registries = ['a.example', 'b.example']\n");

        assertThatThrownBy(() -> client.resolve("server"))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("a.example, b.example");
    }

    @Test
    void of_several_files_the_later_one_counts() throws IOException {
        Path home = folder.resolve("home");
        Surroundings surroundings = new Surroundings(Map.of(), home, folder.resolve("root"));
        write("root/etc/containers/registries.conf", """
                unqualified-search-registries = ['first.example']
                [[registry]]
                location = 'a.example'
                blocked = true
                [aliases]
                x = 'x.example/x'
                """);
        write("root/etc/containers/registries.conf.d/50-more.conf", "[[registry]]\nlocation = 'a.example'\n");
        write("root/etc/containers/registries.conf.d/ignored.txt", "s3cr3t");
        write("home/.config/containers/registries.conf.d/1.conf", "unqualified-search-registries = ['last.example']\n");
        write("home/.cache/containers/short-name-aliases.conf", "[aliases]\nx = 'y.example/x'\n");

        RegistriesConf conf = RegistriesConf.read(RegistriesConf.conventional(surroundings));

        assertThat(conf.reference("thing")).hasToString("last.example/thing:latest");
        assertThat(conf.reference("x:1")).hasToString("y.example/x:1");
        assertThat(conf.routes("a.example", "thing", (host, insecure, file) -> Server.named(host, insecure, Tls.USUAL)))
                .isPresent();
    }

    private void write(String file, String text) throws IOException {
        Path target = folder.resolve(file);
        Files.createDirectories(target.getParent());
        Files.writeString(target, text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[registries.search]\nregistries = ['docker.io']",
                "[[registry]]\nprefix = 'a.example'",
                "[[registry]]\nlocation = ''",
                "[[registry]]\nlocation = 'a.example/x:1'",
                "[[registry]]\nlocation = '../../etc'",
                "[[registry]]\nlocation = 'https://a.example'",
                "[[registry]]\nlocation = 'a.example'\nblocked = 'yes'",
                "[[registry]]\nlocation = 'a.example'\n[[registry.mirror]]\ninsecure = true",
                "[[registry]]\nprefix = '*.a.example'\n[[registry.mirror]]\nlocation = 'b.example'",
                "[[registry]]\nlocation = 'a.example'\n[[registry.mirror]]\nlocation = 'b'\npull-from-mirror = 'never'",
                "registry = 1",
                "aliases = 1",
                "unqualified-search-registries = 'x'\n[aliases]\nx = 1"
            })
    void a_file_that_says_something_else_than_the_format_has_is_refused(String toml) {
        assertThatThrownBy(() -> conf(toml))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageStartingWith(folder.resolve("registries.conf") + " at ");
    }
}
