package dev.davit.it.cli;

import static dev.davit.it.cli.Shell.davit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.it.cli.Shell.Result;
import dev.davit.it.registry.DockerRegistry;
import dev.davit.testkit.EmbeddedRegistry;
import dev.davit.testkit.Fault;
import dev.davit.testkit.RecordedRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands for what registries can do beyond images: lists, artifacts, deletion, mirrors. */
class RegistryCommandsTest {
    private final EmbeddedRegistry registry = EmbeddedRegistry.start();

    @TempDir
    private Path work;

    private String layout;
    private String digest;

    @BeforeEach
    void build() throws IOException {
        layout = "oci:" + work.resolve("layout") + ":1.0";
        Path file = Files.writeString(work.resolve("hello"), "hello");
        digest = ok("build", "--layer", file + "=/hello", "-t", layout).strip();
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private static String ok(String... args) {
        Result result = davit(args);
        assertThat(result.exitCode()).as(result.err()).isZero();
        return result.out();
    }

    private String in(String name) {
        return "docker://" + registry.address() + "/" + name;
    }

    private String push(String name) {
        ok("copy", layout, in(name));
        return in(name);
    }

    private String attach(String place) throws IOException {
        Path file = Files.writeString(work.resolve("bom.json"), "{}\n");
        return ok("attach", place, file.toString(), "--type", "application/spdx+json", "--annotation", "by=us")
                .strip();
    }

    @Test
    void lists_the_repositories_of_a_registry() {
        push("acme/b:1");
        push("acme/a:1");

        assertThat(ok("repos", registry.address())).isEqualTo("acme/a\nacme/b\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost/acme", "http://localhost:5000", "https://localhost:5000/", "a b", ""})
    void what_is_no_registry_is_told_by_what_was_written(String wrong) {
        assertThat(davit("repos", wrong).err())
                .isEqualTo("davit: registry \"" + wrong + "\": expected host[:port], such as localhost:5000\n");
    }

    @Test
    void what_cannot_be_attached_is_told_before_anything_is_asked() {
        assertThat(davit("attach", in("acme/a:1"), "/missing", "--type", "a/b").err())
                .isEqualTo("davit: /missing: no such file\n");
        assertThat(davit("attach", in("acme/a:1"), work.toString(), "--type", "a/b")
                        .err())
                .isEqualTo("davit: " + work + ": expected a file, got something else\n");
    }

    @Test
    void nothing_is_copied_by_nobody() {
        Result none = davit("copy", "--jobs", "0", layout, in("acme/a:1"));

        assertThat(none.exitCode()).isEqualTo(2);
        assertThat(none.err()).contains("--jobs: expected 1 to 64, got 0");
    }

    @Test
    void what_is_attached_is_listed_once_and_goes_along() throws IOException {
        String there = push("acme/a:1");
        String other = "oci:" + work.resolve("other") + ":1";

        String artifact = attach(there);

        assertThat(attach(there)).isEqualTo(artifact);
        assertThat(ok("referrers", there))
                .contains(artifact, "application/spdx+json")
                .hasLineCount(2);
        assertThat(ok("referrers", there, "--type", "text/plain")).hasLineCount(1);
        assertThat(ok("referrers", there, "-o", "json")).contains("\"by\" : \"us\"", artifact);
        ok("copy", there, other);
        assertThat(ok("referrers", other)).doesNotContain(artifact);
        ok("copy", "--referrers", "--jobs", "1", there, other);
        assertThat(ok("referrers", other)).contains(artifact);
        assertThat(davit("copy", "--referrers", there, "oci-archive:" + work.resolve("a.tar"))
                        .err())
                .contains("without its referrers");
    }

    @Test
    void a_file_is_attached_in_a_layout() throws IOException {
        String artifact = attach(layout);

        assertThat(ok("referrers", layout)).contains(artifact);
    }

    @Test
    void a_tag_is_deleted_alone() {
        push("acme/a:1");
        push("acme/a:2");

        assertThat(ok("delete", in("acme/a:1"))).isEqualTo("deleted tag 1 of " + registry.address() + "/acme/a\n");

        assertThat(ok("tags", in("acme/a"))).isEqualTo("2\n");
        assertThat(ok("inspect", in("acme/a@" + digest))).contains(digest);
        assertThat(davit("delete", in("acme/a:1")).err())
                .contains("acme/a:1: not found")
                .hasLineCount(1);
    }

    @Test
    void a_manifest_is_deleted_with_its_tags_only_if_that_is_said() {
        push("acme/a:1");
        push("acme/a:2");

        assertThat(ok("delete", "--manifest", in("acme/a:1")))
                .isEqualTo("deleted " + registry.address() + "/acme/a@" + digest + "\n");

        assertThat(davit("inspect", in("acme/a:2")).exitCode()).isEqualTo(1);
        push("acme/a:3");
        assertThat(ok("delete", in("acme/a@" + digest))).contains(digest);
        assertThat(davit("inspect", in("acme/a:3")).exitCode()).isEqualTo(1);
    }

    @Test
    void a_name_of_a_layout_is_deleted_and_nothing_else() {
        ok("copy", "--name", "2.0", layout, "oci:" + work.resolve("layout") + ":1.1");

        assertThat(ok("delete", "oci:" + work.resolve("layout") + ":1.1")).startsWith("deleted name 1.1 of ");

        assertThat(ok("tags", layout)).isEqualTo("1.0\n2.0\n");
    }

    @ParameterizedTest
    @CsvSource({
        "docker://localhost:1/acme/a, expected either a tag or a digest to delete, got none",
        "docker://localhost:1/acme/a:1@%, expected either a tag or a digest to delete, got both",
        "oci:there, expected a name to delete",
        "oci-archive:a.tar:1, delete the file itself"
    })
    void what_is_not_said_plainly_is_not_deleted(String place, String message) {
        Result result = davit("delete", place.replace("%", digest));

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains(message).hasLineCount(1);
    }

    @Test
    void a_registry_that_deletes_no_tags_gets_something_else_to_delete() throws IOException {
        try (DockerRegistry docker = DockerRegistry.start(Files.createDirectory(work.resolve("docker")))) {
            String name = "docker://" + docker.address() + "/acme/a";
            ok("copy", "--name", "2", layout, name + ":1");

            assertThat(davit("delete", name + ":1").err())
                    .contains("try --replace")
                    .hasLineCount(1);
            assertThat(ok("tags", name)).isEqualTo("1\n2\n");
            ok("delete", "--replace", name + ":1");

            assertThat(ok("tags", name)).isEqualTo("2\n");
            assertThat(ok("inspect", name + ":2")).contains(digest);
            assertThat(ok("repos", docker.address())).isEqualTo("acme/a\n");
        }
    }

    private Path plan(String yaml) throws IOException {
        return Files.writeString(work.resolve("mirror.yaml"), yaml);
    }

    @Test
    void mirrors_what_is_wanted_and_then_nothing_more() throws IOException {
        for (String name : new String[] {"acme/a:1.0", "acme/a:1.1", "acme/a:1.1-rc", "acme/a:old", "acme/b:1"}) {
            push(name);
        }
        String artifact = attach(in("acme/a:1.0"));
        Path mirror = work.resolve("mirror");
        Path plan = plan("mirrors:\n- {from: '" + in("acme/a") + "', to: '" + in("m/a")
                + "', tags: ['1.?*'], except: ['*-rc'], referrers: true}\n- {from: '" + in("acme/b") + "', to: 'oci:"
                + mirror + "'}\n");

        assertThat(ok("mirror", "--config", plan.toString()))
                .contains(in("m/a:1.0") + " " + digest)
                .containsPattern("(?m)m/a +2 +0 +0 ")
                .containsPattern("(?m)mirror +1 +0 +0 ");
        assertThat(ok("referrers", in("m/a:1.0"))).contains(artifact);
        assertThat(ok("tags", in("m/a")).lines())
                .filteredOn(tag -> !tag.startsWith("sha256-"))
                .containsExactly("1.0", "1.1");
        assertThat(ok("tags", "oci:" + mirror)).isEqualTo("1\n");

        int before = registry.requests().size();
        assertThat(ok("mirror", "--config", plan.toString()))
                .containsPattern("(?m)m/a +0 +2 +0 ")
                .containsPattern("(?m)mirror +0 +1 +0 +0 B$");
        assertThat(registry.requests().stream().skip(before))
                .filteredOn(request -> request.method().matches("PUT|PATCH"))
                .as("blobs are mounted, and only what refers to something is sent again")
                .extracting(RecordedRequest::path)
                .containsOnly("/v2/m/a/manifests/" + artifact);
    }

    @Test
    void a_mirror_goes_on_after_a_failure_and_the_next_one_completes_it() throws IOException {
        push("acme/a:1");
        push("acme/b:1");
        Path plan = plan("mirrors:\n- {from: '" + in("acme/a") + "', to: '" + in("m/a") + "'}\n- {from: '"
                + in("acme/b") + "', to: '" + in("m/b") + "'}\n");
        registry.inject(Fault.status(403).on("PUT", "/v2/m/a/manifests/*"));

        Result broken = davit("mirror", "--config", plan.toString());

        assertThat(broken.exitCode()).isEqualTo(1);
        assertThat(broken.err()).contains("acme/a:1: ").hasLineCount(1);
        assertThat(broken.out()).containsPattern("(?m)m/a +0 +0 +1 ").containsPattern("(?m)m/b +1 +0 +0 ");
        registry.heal();
        assertThat(ok("mirror", "--config", plan.toString()))
                .containsPattern("(?m)m/a +1 +0 +0 ")
                .containsPattern("(?m)m/b +0 +1 +0 ");
        assertThat(ok("tags", in("m/a"))).isEqualTo("1\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "mirrors: []                                                   | mirrors: expected at least one",
                "mirror: []                                                    | expected one of mirrors, got mirror",
                "mirrors: [{from: 'docker://a/b:1', to: 'oci:x'}]              | expected a place without a tag",
                "mirrors: [{from: 'docker://a/b', to: 'oci-archive:x'}]        | expected a repository or a layout",
                "mirrors: [{from: 'docker://a/b', to: 'oci:x', tags: [1.10]}]  | write it in quotes",
                "mirrors: [{from: 'docker://a/b', to: 'oci:x', tag: [a]}]      | got tag",
                "mirrors: [{from: 'docker://a/b', from: 'docker://a/c'}]       | line 1: found duplicate key",
                "mirrors: [{from: 'a/b', to: 'oci:x'}]                         | place \"a/b\"",
                "mirrors: [{to: 'oci:x'}]                                      | from: expected a place",
                "mirrors: [!!java.net.URL [a]]                                 | line 1: ",
                "'['                                                           | ",
            })
    void a_plan_that_is_none_is_refused_in_one_line(String yaml, String message) throws IOException {
        Result result = davit("mirror", "--config", plan(yaml).toString());

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err())
                .contains(message == null ? "mirror.yaml" : message)
                .hasLineCount(1);
    }
}
