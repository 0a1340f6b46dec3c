package dev.davit.it.cli;

import static dev.davit.it.cli.Shell.davit;
import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.it.Command;
import dev.davit.it.Parts;
import dev.davit.it.cli.Shell.Result;
import dev.davit.testkit.ContainerdInstance;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CriCommandsTest {
    @TempDir
    private static Path work;

    private static ContainerdInstance containerd;
    private static String image;

    @BeforeAll
    static void start_containerd_and_build_an_image() {
        Path programs = Parts.containerd("1.6");
        Parts.require("busybox");
        containerd = ContainerdInstance.builder().programs(programs).start();
        image = "oci:" + work.resolve("layout") + ":1";
        Result built = davit(
                "build",
                "--layer=/bin/busybox=/bin/sh",
                "--entrypoint=/bin/sh",
                "--entrypoint=-c",
                "--cmd=echo out; echo err >&2; exit 7",
                "-t",
                image);
        assertThat(built.exitCode()).as(built.err()).isZero();
    }

    @AfterAll
    static void stop_containerd() {
        if (containerd != null) {
            containerd.close();
        }
    }

    @AfterEach
    void remove_all_pods() {
        cri("rmp", "-fa");
    }

    @Test
    void names_the_runtime() {
        assertThat(cri("version").out()).startsWith("containerd 1.6");
    }

    @Test
    void run_prints_what_the_container_writes_and_ends_with_its_code() {
        Result result = cri("run", image);

        assertThat(result.exitCode()).as(result.err()).isEqualTo(7);
        assertThat(result.out()).isEqualTo("out\n");
        assertThat(cri("pods").out()).hasLineCount(1);
    }

    @Test
    void run_takes_other_arguments() {
        assertThat(cri("run", "--name", "other", image, "--", "echo other").out())
                .isEqualTo("other\n");
    }

    @Test
    void a_detached_container_is_listed_until_it_is_removed() {
        String[] ids = cri("run", "-d", "--name", "sleeper", image, "--", "echo started; exec sleep 1000")
                .out()
                .strip()
                .split(" ", -1);

        assertThat(cri("ps").out()).contains("sleeper", "RUNNING", ids[1].substring(0, 13));
        assertThat(cri("pods").out()).contains("sleeper", "READY", ids[0].substring(0, 13));
        assertThat(cri("images").out()).contains("davit/run");

        assertThat(cri("rm", ids[0].substring(0, 13)).exitCode()).isZero();
        assertThat(cri("ps").out()).doesNotContain("sleeper");
        assertThat(cri("pods").out()).doesNotContain("sleeper");
    }

    @Test
    void images_come_and_go_without_a_registry() {
        String name = "example.org/acme/shell:1";
        Result imported = cri("import", image, name);
        assertThat(imported.exitCode()).as(imported.err()).isZero();
        assertThat(imported.out()).startsWith("sha256:");
        assertThat(cri("tag", name, "example.org/acme/shell:2").exitCode()).isZero();
        assertThat(cri("untag", name).exitCode()).isZero();
        assertThat(cri("untag", name).err()).contains("no image \"example.org/acme/shell:1\" in containerd");

        String exported = "oci:" + work.resolve("exported") + ":1";
        String digest = cri("export", "example.org/acme/shell:2", exported).out();
        assertThat(digest).startsWith("sha256:");
        assertThat(davit("inspect", "--raw", exported).out())
                .isNotEmpty()
                .isEqualTo(davit("inspect", "--raw", image).out());
        assertThat(cri("import", image).err()).contains("expected a NAME for the node");
    }

    @Test
    void logs_are_those_of_the_container() {
        String[] ids = cri("run", "-d", "--name", "talker", image, "--", "echo hello; echo to all")
                .out()
                .strip()
                .split(" ", -1);
        containerd.client().containers().waitForExit(ids[1], java.time.Duration.ofSeconds(30));

        assertThat(cri("logs", ids[1]).out()).isEqualTo("hello\nto all\n");
        assertThat(cri("logs", "-f", "--tail=1", "--timestamps", ids[1]).out()).matches("20[0-9-]+T[0-9:.]+Z to all\n");
        assertThat(cri("logs", "--since=2100-01-01T00:00:00Z", ids[1]).out()).isEmpty();
        assertThat(cri("logs", "--previous", ids[1]).err()).contains("no container was before talker");
    }

    @Test
    void lists_are_of_what_was_asked_for() {
        String[] first = sleeper("first");
        String[] second = sleeper("second");

        assertThat(cri("pods", "-q").out().lines()).containsExactly(second[0], first[0]);
        assertThat(cri("pods", "-q", "--name", "^fir").out()).isEqualTo(first[0] + "\n");
        assertThat(cri("pods", "-q", "--latest").out()).isEqualTo(second[0] + "\n");
        assertThat(cri("pods", "-q", "--id", first[0].substring(0, 10)).out()).isEqualTo(first[0] + "\n");
        assertThat(cri("pods", "-q", "--state", "not_ready").out()).isEmpty();
        assertThat(cri("pods", "-q", "--label", "no=such").out()).isEmpty();
        assertThat(cri("pods", "-q", "--namespace", "^no$").out()).isEmpty();
        assertThat(cri("pods", "--no-trunc").out()).contains(first[0]);
        assertThat(cri("ps", "-q", "--pod", first[0].substring(0, 8)).out()).isEqualTo(first[1] + "\n");
        assertThat(cri("ps", "-q", "--last", "1").out()).isEqualTo(second[1] + "\n");
        assertThat(cri("ps", "-q", "--image", "example.org/none:1").out()).isEmpty();
        assertThat(cri("ps", "-o", "json").out()).contains("\"id\" : \"" + first[1]);

        assertThat(cri("stop", first[1].substring(0, 8)).out()).isEqualTo(first[1] + "\n");
        assertThat(cri("ps", "-q").out()).isEqualTo(second[1] + "\n");
        assertThat(cri("ps", "-aq", "--state", "exited").out()).isEqualTo(first[1] + "\n");

        assertThat(cri("rmp", second[0]).err()).contains("still runs");
        assertThat(cri("stopp", second[0]).out()).isEqualTo(second[0] + "\n");
        assertThat(cri("rmp", second[0]).exitCode()).isZero();
        assertThat(cri("rmp").err()).contains("expected IDs of pods, or --all");
        assertThat(cri("rmp", "-fa").out()).isEqualTo(first[0] + "\n");
        assertThat(cri("pods", "-q").out()).isEmpty();
    }

    @Test
    void what_is_shown_is_what_the_node_itself_shows() throws Exception {
        String[] ids = sleeper("shown");
        assertThat(cri("import", image, "example.org/acme/shown:1").exitCode()).isZero();

        assertThat(ctr("containers", "ls", "-q").lines())
                .contains(cri("ps", "-q").out().strip(), ids[0]);
        List<String> images =
                cri("images", "--no-trunc", "--digests").out().lines().skip(1).toList();
        // an image that was imported by others has no digest, in the eyes of CRI
        assertThat(images)
                .filteredOn(row -> row.contains("acme/shown"))
                .hasSize(1)
                .allSatisfy(row -> {
                    String[] cells = row.split(" {3,}", -1);
                    assertThat(ctr("images", "ls"))
                            .as(row)
                            .containsPattern(Pattern.quote(cells[0]) + " +\\S+ +" + Pattern.quote(cells[1]));
                });
    }

    @Test
    void all_there_is_to_say_is_json_or_yaml() {
        String[] ids = sleeper("told");

        assertThat(cri("inspect", ids[1]).out()).startsWith("{").contains("\"state\" : \"RUNNING\"", "\"pid\" : ");
        assertThat(cri("inspectp", "-o", "yaml", ids[0]).out()).contains("name: told", "runtimeSpec:");
        String id = cri("images", "-q").out().lines().findFirst().orElseThrow();
        assertThat(cri("inspecti", id.substring(7, 20)).out()).contains(id);
        assertThat(cri("info").out()).contains("RuntimeReady").contains("true");
        assertThat(cri("info", "-o", "json").out()).contains("\"sandboxImage\"");
        assertThat(cri("runtime-config").out()).startsWith("cgroup driver: ");
        assertThat(cri("update-runtime-config", "--pod-cidr=10.1.0.0/16").exitCode())
                .isZero();
        assertThat(cri("imagefsinfo").out()).contains("images");
        assertThat(cri("update", "--cpu-share=512", ids[1]).out()).isEqualTo(ids[1] + "\n");
        assertThat(cri("stats", ids[1].substring(0, 8)).out()).contains("told").hasLineCount(2);
        assertThat(cri("metricdescs").err()).startsWith("davit: ");
        assertThat(cri("checkpoint", "--export=/tmp/no", ids[1]).err()).startsWith("davit: ");
        assertThat(cri("inspect", "ffff").err()).isEqualTo("davit: no container has the ID ffff\n");
    }

    @Test
    void commands_run_in_containers() {
        String id = sleeper("busy")[1].substring(0, 10);

        assertThat(cri("exec", id, "/bin/sh", "-c", "echo $0", "-i").out()).isEqualTo("-i\n");
        Result done = cri("exec", id, "--", "/bin/sh", "-c", "echo out; echo err >&2; exit 7");
        assertThat(done.out()).isEqualTo("out\n");
        assertThat(done.err()).isEqualTo("err\n");
        assertThat(done.exitCode()).isEqualTo(7);
        Result terminal = cri("exec", "-t", id, "--", "/bin/sh", "-c", "[ -t 1 ] && echo terminal; exit 3");
        assertThat(terminal.out()).isEqualTo("terminal\r\n");
        assertThat(terminal.err()).isEmpty();
        assertThat(terminal.exitCode()).isEqualTo(3);
        assertThat(cri("exec", "--timeout=1", id, "--", "/bin/sh", "-c", "while :; do :; done")
                        .err())
                .contains("has not ended within 1000 ms");
        assertThat(cri("exec", "-t", "--timeout=1", id, "/bin/sh", "-c", "while :; do :; done")
                        .err())
                .contains("has not ended within 1000 ms");
        Result synchronous = cri("exec", "--sync", id, "/bin/sh", "-c", "echo out; echo err >&2; exit 7");
        assertThat(synchronous).isEqualTo(new Result(7, "out\n", "err\n"));
        assertThat(cri("exec", "-s", "--timeout=1", id, "/bin/sh", "-c", "while :; do :; done")
                        .err())
                .contains("timeout 1s exceeded");
        assertThat(cri("exec", "-s", "-t", id, "/bin/sh").err()).contains("expected neither -i nor -t");
        assertThat(cri("exec", "-r", "websocket", id, "/bin/sh", "-c", "echo w").out())
                .isEqualTo("w\n");
        assertThat(cri("exec", "-r", "pigeon", id, "/bin/sh").exitCode()).isEqualTo(2);
        assertThat(cri("exec", id, "--", "/no/such").err())
                .startsWith("davit: ")
                .contains("/no/such");
        assertThat(cri("exec", id).exitCode()).isEqualTo(2);
        assertThat(cri("port-forward", id, "x").err()).contains("no pod has the ID");
    }

    @Test
    void what_happens_is_told() {
        String[] ids = sleeper("watched");

        assertThat(cri("events", "-n", "2").out())
                .contains("pod " + ids[0].substring(0, 13) + " watched")
                .hasLineCount(2);
    }

    @Test
    void images_are_removed_by_whatever_they_are_called() {
        cri("import", image, "example.org/acme/gone:1");
        String id = cri("images", "-q", "example.org/acme/gone:1").out().strip();

        assertThat(cri("rmi", "example.org/acme/gone:1").out()).isEqualTo(id + "\n");
        assertThat(cri("images", "-q").out()).doesNotContain(id);
        assertThat(cri("rmi", "--prune").exitCode()).isZero();
        assertThat(cri("rmi").err()).contains("expected images, or --all, or --prune");
    }

    private static String[] sleeper(String name) {
        Result run = cri("run", "-d", "--name", name, image, "--", "exec sleep 1000");
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run.out().strip().split(" ", -1);
    }

    private static String ctr(String... args) {
        List<String> all = new ArrayList<>(
                List.of("--address", containerd.endpoint().substring("unix://".length()), "--namespace", "k8s.io"));
        all.addAll(List.of(args));
        return Command.of("ctr", all.toArray(String[]::new)).run();
    }

    @Test
    void what_cannot_start_is_one_line_and_leaves_nothing() {
        String broken = "oci:" + work.resolve("broken") + ":1";
        davit("build", "--layer=/etc/hostname=/etc/hostname", "--entrypoint=/no/such/program", "-t", broken);

        Result result = cri("run", broken);

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err().lines().filter(line -> line.startsWith("davit: ")))
                .singleElement()
                .asString()
                .contains("/no/such/program");
        assertThat(cri("pods").out()).hasLineCount(1);
    }

    @Test
    void a_missing_image_is_named() {
        assertThat(cri("pull", "127.0.0.1:9/no/such:image").err())
                .startsWith("davit: ")
                .contains("127.0.0.1:9");
    }

    @Test
    void removing_what_is_not_there_is_an_error() {
        Result result = cri("rm", "ffffffffffff");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).startsWith("davit: no pod or container has the ID");
    }

    private static Result cri(String... args) {
        List<String> all = new ArrayList<>(List.of("cri", "--endpoint", containerd.endpoint()));
        all.addAll(List.of(args));
        return davit(all.toArray(String[]::new));
    }
}
