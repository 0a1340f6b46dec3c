package dev.davit.it.cri.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.davit.cri.ContainerFilter;
import dev.davit.cri.ContainerSpec;
import dev.davit.cri.ContainerState;
import dev.davit.cri.ContainerStatus;
import dev.davit.cri.ContainerSummary;
import dev.davit.cri.CriException;
import dev.davit.cri.ExecResult;
import dev.davit.cri.LogLine;
import dev.davit.cri.Resources;
import dev.davit.cri.RunningContainer;
import dev.davit.cri.RunningPod;
import dev.davit.image.ImageBuilder;
import dev.davit.oci.NotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The life of a container, what it is told, and what it says. */
@OnOneVersion
class ContainersTest extends Scenario {
    @TempDir
    private Path folder;

    @Test
    void is_created_without_running() {
        RunningContainer box = create(idle("box"));
        assertThat(box.status().state()).isEqualTo(ContainerState.CREATED);
        assertThat(box.status().startedAt()).isEmpty();
        assertThat(box.status().exitCode()).isEmpty();
        assertThat(states(ContainerFilter.all().id(box.id()))).containsExactly(ContainerState.CREATED);
    }

    @Test
    void has_the_attributes_it_was_given() {
        Instant before = Instant.now().minusSeconds(1);
        RunningPod pod = run(lean());
        RunningContainer box =
                pod.create(idle("web").attempt(2).label("tier", "front").annotation("note", "text"));
        ContainerStatus status = box.status();
        assertThat(status.id()).isEqualTo(box.id());
        assertThat(status.name()).isEqualTo("web");
        assertThat(status.attempt()).isEqualTo(2);
        assertThat(status.image()).isEqualTo(IMAGE);
        assertThat(status.labels()).containsEntry("tier", "front");
        assertThat(status.annotations()).containsEntry("note", "text");
        assertThat(status.createdAt()).isBetween(before, Instant.now());
        assertThat(status.logPath()).hasValueSatisfying(path -> assertThat(path).isAbsolute());
        ContainerSummary listed =
                cri.containers().list(ContainerFilter.all().id(box.id())).get(0);
        assertThat(listed.podId()).isEqualTo(pod.id());
        assertThat(listed.name()).isEqualTo("web");
        assertThat(listed.attempt()).isEqualTo(2);
        assertThat(listed.createdAt()).isEqualTo(status.createdAt());
        assertThat(listed.labels()).isEqualTo(status.labels());
        assertThat(listed.annotations()).isEqualTo(status.annotations());
    }

    @Test
    void is_started() {
        RunningContainer box = create(idle("box"));
        box.start();
        ContainerStatus status = box.status();
        assertThat(status.state()).isEqualTo(ContainerState.RUNNING);
        assertThat(status.startedAt())
                .hasValueSatisfying(time -> assertThat(time).isAfterOrEqualTo(status.createdAt()));
        assertThat(status.finishedAt()).isEmpty();
    }

    @Test
    void is_stopped() {
        RunningContainer box = start(idle("box"));
        box.stop(SOON);
        ContainerStatus status = box.status();
        assertThat(status.state()).isEqualTo(ContainerState.EXITED);
        assertThat(status.finishedAt()).isPresent();
        assertThat(states(ContainerFilter.all().id(box.id()))).containsExactly(ContainerState.EXITED);
    }

    @Test
    void is_killed_if_it_does_not_heed_the_signal() {
        RunningContainer deaf = start(shell("trap '' TERM; while true; do sleep 0.1; done"));
        deaf.stop(Duration.ZERO);
        assertThat(deaf.status().exitCode()).hasValue(137);
    }

    @Test
    void gets_the_stop_signal_of_its_image() {
        node.load(
                "davit.test/stop:1",
                ImageBuilder.from(SharedNode.box()).config(config -> config.stopSignal("SIGUSR1")));
        RunningContainer box =
                start(ContainerSpec.of("box", "davit.test/stop:1").args("trap 'exit 42' USR1; sleep 1000 & wait"));
        box.stop(SOON);
        assertThat(box.status().exitCode()).hasValue(42);
    }

    @Test
    void is_removed_before_it_was_started() {
        assertRemoved(create(idle("box")));
    }

    @Test
    void is_removed_while_it_runs() {
        assertRemoved(start(idle("box")));
    }

    @Test
    void is_removed_after_its_end() {
        RunningContainer box = start(shell("true"));
        box.waitForExit(SOON);
        assertRemoved(box);
    }

    private void assertRemoved(RunningContainer container) {
        container.remove();
        assertThatThrownBy(container::status).isInstanceOf(NotFoundException.class);
        assertThat(states(ContainerFilter.all().id(container.id()))).isEmpty();
    }

    private List<ContainerState> states(ContainerFilter filter) {
        return cri.containers().list(filter).stream()
                .map(ContainerSummary::state)
                .toList();
    }

    @Test
    void executes_a_command() {
        RunningContainer box = start(idle("box"));
        assertThat(box.exec("sh", "-c", "echo out; echo err >&2; exit 3"))
                .isEqualTo(new ExecResult("out\n", "err\n", 3));
        assertThat(box.exec("sh", "-c", "kill -9 $$").exitCode()).isEqualTo(137);
    }

    @Test
    void ends_a_command_that_takes_too_long() {
        RunningContainer box = start(idle("box"));
        assertThatThrownBy(() -> box.exec(Duration.ofSeconds(1), List.of("sleep", "999")))
                .isInstanceOfSatisfying(
                        CriException.class, e -> assertThat(e.code()).isEqualTo(CriException.Code.DEADLINE_EXCEEDED));
        assertThat(sh(box, "ps | grep 'sleep [9]99'")).isEmpty();
        assertThat(box.status().state()).isEqualTo(ContainerState.RUNNING);
    }

    @Test
    void is_listed_by_id_pod_state_and_label() {
        RunningPod one = run(lean());
        RunningPod two = run(lean());
        RunningContainer idle = one.start(idle("idle").label("app", "a").label("tier", "front"));
        RunningContainer made = one.create(idle("made").label("app", "a"));
        RunningContainer other = two.start(idle("idle").label("app", "b"));
        ContainerFilter all = ContainerFilter.all();
        assertThat(ids(all)).contains(idle.id(), made.id(), other.id());
        assertThat(ids(all.id(idle.id().substring(0, 16)))).containsExactly(idle.id());
        assertThat(ids(all.pod(one.id()))).containsExactlyInAnyOrder(idle.id(), made.id());
        assertThat(ids(all.pod(one.id()).state(ContainerState.RUNNING))).containsExactly(idle.id());
        assertThat(ids(all.label("app", "a").label("tier", "front"))).containsExactly(idle.id());
        assertThat(ids(all.label("app", "b").pod(one.id()))).isEmpty();
        assertThat(ids(all.id("none"))).isEmpty();
    }

    private List<String> ids(ContainerFilter filter) {
        return cri.containers().list(filter).stream().map(ContainerSummary::id).toList();
    }

    @Test
    void sees_a_folder_of_the_node() throws Exception {
        Files.writeString(folder.resolve("file"), "from outside");
        assertThat(output(shell("cat /mnt/file; echo from inside > /mnt/answer").mount(folder, "/mnt")))
                .isEqualTo("from outside");
        assertThat(folder.resolve("answer")).hasContent("from inside");
    }

    @Test
    void sees_what_a_link_of_the_node_leads_to() throws Exception {
        Path there = Files.createDirectory(folder.resolve("there"));
        Files.writeString(there.resolve("file"), "from outside");
        Path link = Files.createSymbolicLink(folder.resolve("link"), there);
        RunningContainer box = start(idle("box").mount(link, "/mnt"));
        assertThat(box.exec("cat", "/mnt/file").stdout()).isEqualTo("from outside");
    }

    @Test
    void gets_a_folder_that_the_node_does_not_have_yet() throws Exception {
        Path there = folder.resolve("not/yet");
        assertThat(output(shell("echo here > /mnt/file").mount(there, "/mnt"))).isEmpty();
        assertThat(there.resolve("file")).hasContent("here");
    }

    @Test
    void sees_a_single_file_and_cannot_write_to_what_is_read_only() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "content");
        RunningContainer box = start(idle("box").readOnlyMount(file, "/etc/given"));
        assertThat(box.exec("cat", "/etc/given").stdout()).isEqualTo("content");
        assertThat(box.exec("sh", "-c", "echo x > /etc/given").stderr()).contains("Read-only file system");
        assertThat(box.status().mounts())
                .anySatisfy(mount -> assertThat(mount.toString()).isEqualTo(file + " at /etc/given (read-only)"));
    }

    @Test
    void writes_a_log() {
        RunningContainer box = start(shell("echo out; echo err >&2; printf half"));
        box.waitForExit(SOON);
        assertThat(lines(box, LogLine.Stream.STDOUT)).containsExactly("out", "half");
        assertThat(lines(box, LogLine.Stream.STDERR)).containsExactly("err");
        assertThat(box.status().logPath().orElseThrow()).isRegularFile();
    }

    @Test
    void goes_on_in_a_new_log_when_it_is_told_to() throws Exception {
        RunningContainer box = start(shell("trap 'echo two; exit' TERM; echo one; sleep 1000 & wait"));
        while (box.logs().isEmpty()) {
            Thread.sleep(5);
        }
        Path log = box.status().logPath().orElseThrow();
        Path old = Files.move(log, log.resolveSibling("old"));
        cri.containers().reopenLog(box.id());
        box.stop(SOON);
        assertThat(Files.readString(old)).endsWith("stdout F one\n");
        assertThat(Files.readString(log)).endsWith("stdout F two\n");
    }

    @Test
    void gets_command_arguments_environment_and_folder() {
        String script = "echo $FROM_IMAGE $FROM_SPEC; pwd; echo $0 $1";
        assertThat(output(ContainerSpec.of("box", IMAGE)
                        .command("/bin/sh", "-c", script)
                        .args("zero", "one")
                        .env("FROM_SPEC", "ja, ✓")
                        .workingDir("/www")))
                .isEqualTo("yes ja, ✓\n/www\nzero one");
    }

    @Test
    void has_a_terminal_if_it_asks_for_one() {
        assertThat(output(shell("tty; echo err >&2").tty())).isEqualTo("/dev/pts/0\nerr");
        assertThat(output(shell("tty || true"))).isEqualTo("not a tty");
    }

    @Test
    void ends_with_137_if_it_takes_more_memory_than_it_may() throws Exception {
        RunningContainer hungry = start(shell("tail /dev/zero").memoryLimit(16 << 20));
        assertThat(hungry.waitForExit(SOON)).isEqualTo(137);
        // the runtime hears of the end and of its reason by different ways
        while (!hungry.status().reason().equals("OOMKilled")) {
            Thread.sleep(20);
        }
    }

    @Test
    void can_be_given_other_limits_while_it_runs() {
        RunningContainer box = start(idle("box").memoryLimit(64 << 20));
        box.update(Resources.none().memoryLimit(96 << 20));
        assertThat(box.status().resources())
                .hasValueSatisfying(
                        resources -> assertThat(resources.memoryLimit()).hasValue(96 << 20));
    }

    @Test
    void the_next_attempt_has_the_same_name() {
        RunningPod pod = run(lean());
        RunningContainer first = pod.start(shell("exit 1"));
        first.waitForExit(SOON);
        RunningContainer second = pod.start(shell("exit 2").attempt(1));
        assertThat(second.waitForExit(SOON)).isEqualTo(2);
        assertThat(cri.containers().list(ContainerFilter.all().pod(pod.id())))
                .extracting(ContainerSummary::name, ContainerSummary::attempt)
                .containsExactlyInAnyOrder(tuple("box", 0), tuple("box", 1));
    }
}
