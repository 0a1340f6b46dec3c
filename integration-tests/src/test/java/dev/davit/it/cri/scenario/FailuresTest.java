package dev.davit.it.cri.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.cri.ContainerSpec;
import dev.davit.cri.CriException;
import dev.davit.cri.ImageNotFoundException;
import dev.davit.cri.Mount;
import dev.davit.cri.NameTakenException;
import dev.davit.cri.PodSpec;
import dev.davit.cri.RegistryUnavailableException;
import dev.davit.cri.Resources;
import dev.davit.cri.RunningContainer;
import dev.davit.cri.RunningPod;
import dev.davit.cri.RuntimeHandlerUnknownException;
import dev.davit.cri.WrongStateException;
import dev.davit.oci.AlreadyExistsException;
import dev.davit.oci.NotFoundException;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What ends without a failure, and failures with a type, where versions answer with many codes and words. */
@OnEachVersion
class FailuresTest extends Scenario {
    private static final String NONE = "0123456789abcdef";

    @Test
    void ending_a_container_that_never_was_is_none() {
        cri.containers().stop(NONE, Duration.ZERO);
        cri.containers().remove(NONE);
    }

    @Test
    void ending_a_pod_that_never_was_is_none() {
        cri.pods().stop(NONE);
        cri.pods().remove(NONE);
    }

    @Test
    void ending_a_container_twice_is_none() {
        RunningContainer box = start(shell("true"));
        box.waitForExit(SOON);
        box.stop(Duration.ZERO);
        box.stop(Duration.ZERO);
        box.remove();
        box.stop(Duration.ZERO);
        box.remove();
    }

    @Test
    void stopping_a_container_that_was_never_started_is_none() {
        create(idle("box")).stop(Duration.ZERO);
    }

    @Test
    void ending_a_pod_twice_is_none() {
        RunningPod pod = run(lean());
        cri.pods().stop(pod.id());
        cri.pods().stop(pod.id());
        cri.pods().remove(pod.id());
        cri.pods().stop(pod.id());
        cri.pods().remove(pod.id());
    }

    @Test
    void removing_an_image_that_is_not_there_is_none() {
        cri.images().remove("davit.test/none:1");
        cri.images().remove("sha256:" + "0".repeat(64));
        cri.images().remove("davit.test/none:1");
    }

    @Test
    void what_does_not_exist_is_not_found() {
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> cri.pods().status(NONE),
                () -> cri.pods().info(NONE),
                () -> cri.pods().get(NONE),
                () -> cri.stats().pod(NONE),
                () -> cri.containers().status(NONE),
                () -> cri.containers().info(NONE),
                () -> cri.containers().start(NONE),
                () -> cri.containers().exec(NONE, "true"),
                () -> cri.containers().logs(NONE),
                () -> cri.containers().reopenLog(NONE),
                () -> cri.containers().update(NONE, Resources.none().cpuShares(100)),
                () -> cri.containers().waitForExit(NONE, SOON),
                () -> cri.stats().container(NONE))) {
            assertThatThrownBy(call).isInstanceOf(NotFoundException.class);
        }
    }

    @Test
    void a_container_in_a_pod_that_was_removed_is_not_found() {
        RunningPod pod = run(lean());
        cri.pods().remove(pod.id());
        assertThatThrownBy(() -> pod.start(idle("box")))
                .isInstanceOf(NotFoundException.class)
                .isNotInstanceOf(ImageNotFoundException.class);
    }

    @Test
    void a_container_in_a_pod_that_was_stopped_is_in_the_wrong_state() {
        RunningPod pod = run(lean());
        cri.pods().stop(pod.id());
        assertThatThrownBy(() -> pod.start(idle("box"))).isInstanceOf(WrongStateException.class);
    }

    @Test
    void a_name_that_is_taken_comes_with_the_id_of_what_has_it() {
        PodSpec spec = lean().uid("taken-" + version);
        RunningPod pod = run(spec);
        assertTaken(() -> cri.pods().run(spec), pod.id());
        RunningContainer box = pod.create(idle("box"));
        assertTaken(() -> pod.create(idle("box")), box.id());
        assertTaken(() -> pod.start(idle("box")), box.id());
    }

    private static void assertTaken(ThrowingCallable call, String id) {
        assertThatThrownBy(call)
                .isInstanceOf(AlreadyExistsException.class)
                .isInstanceOfSatisfying(
                        NameTakenException.class, e -> assertThat(e.otherId()).isEqualTo(id));
    }

    @Test
    void an_image_that_is_not_on_the_node_is_not_found_by_its_name() {
        assertThatThrownBy(() -> start(ContainerSpec.of("box", "davit.test/none:1")))
                .isInstanceOfSatisfying(
                        ImageNotFoundException.class, e -> assertThat(e.image()).isEqualTo("davit.test/none:1"));
        assertThat(cri.images().status("davit.test/none:1")).isEmpty();
    }

    @Test
    void an_image_to_be_mounted_that_is_not_on_the_node_is_not_found_or_cannot_be_mounted_at_all() {
        assertThatThrownBy(() -> start(idle("box").mount(Mount.ofImage("davit.test/none:1", "/mnt"))))
                .isInstanceOf(since("2.1") ? ImageNotFoundException.class : CriException.class);
    }

    @Test
    void an_unknown_runtime_handler_comes_with_its_name() {
        assertThatThrownBy(() -> run(lean().runtimeHandler("nope")))
                .isInstanceOfSatisfying(
                        RuntimeHandlerUnknownException.class,
                        e -> assertThat(e.handler()).isEqualTo("nope"));
    }

    @Test
    void a_registry_that_cannot_be_reached_is_unavailable() {
        assertThatThrownBy(() -> cri.images().pull("127.0.0.1:9/nobody/here:1"))
                .isInstanceOf(RegistryUnavailableException.class);
    }

    @Test
    void starting_or_entering_what_runs_or_has_ended_is_the_wrong_state() {
        RunningContainer running = start(idle("box"));
        RunningContainer ended = start(shell("true"));
        ended.waitForExit(SOON);
        RunningContainer created = create(idle("box"));
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                running::start,
                ended::start,
                () -> ended.exec("true"),
                () -> created.exec("true"),
                () -> cri.containers().reopenLog(ended.id()),
                () -> cri.containers().reopenLog(created.id()))) {
            assertThatThrownBy(call).isInstanceOf(WrongStateException.class);
        }
    }

    @Test
    void a_program_that_does_not_exist_is_named() {
        assertThatThrownBy(() -> start(ContainerSpec.of("box", IMAGE).command("/nope")))
                .isInstanceOf(CriException.class)
                .hasMessage("cannot start container box in pod shared: exec: \"/nope\": stat /nope: no such file or"
                        + " directory");
        RunningContainer box = start(idle("box"));
        assertThatThrownBy(() -> box.exec("/nope"))
                .isInstanceOf(CriException.class)
                .hasMessageContaining("exec: \"/nope\": stat /nope: no such file or directory");
    }

    @Test
    void a_user_that_does_not_exist_is_one() {
        assertThatThrownBy(() -> start(shell("true").user("nobody-knows")))
                .isInstanceOf(CriException.class)
                .hasMessageContaining("no users found");
    }

    @Test
    void output_that_is_too_large_for_an_answer_is_one() {
        RunningContainer box = start(idle("box"));
        assertThatThrownBy(() -> box.exec("head", "-c", "20000000", "/dev/zero"))
                .isInstanceOfSatisfying(
                        CriException.class, e -> assertThat(e.code()).isEqualTo(CriException.Code.RESOURCE_EXHAUSTED));
        assertThat(box.exec("echo", "still there").stdout()).isEqualTo("still there\n");
    }

    @Test
    void a_command_that_takes_too_long_is_one_with_a_code_of_its_own() {
        RunningContainer box = start(idle("box"));
        assertThatThrownBy(() -> box.exec(Duration.ofSeconds(1), List.of("sleep", "1000")))
                .isInstanceOfSatisfying(
                        CriException.class, e -> assertThat(e.code()).isEqualTo(CriException.Code.DEADLINE_EXCEEDED));
    }

    @Test
    void an_id_may_be_cut() {
        RunningContainer box = start(idle("box"));
        assertThat(cri.containers().status(box.id().substring(0, 16)).id()).isEqualTo(box.id());
        assertThat(cri.pods().status(node.pod().id().substring(0, 16)).id())
                .isEqualTo(node.pod().id());
    }
}
