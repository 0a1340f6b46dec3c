package dev.davit.it.cri.scenario;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.cri.CriClient;
import dev.davit.cri.CriException;
import dev.davit.cri.ExecProcess;
import dev.davit.cri.ExecResult;
import dev.davit.cri.ExecSpec;
import dev.davit.cri.PodSpec;
import dev.davit.cri.PortConnection;
import dev.davit.cri.RunningContainer;
import dev.davit.cri.RunningPod;
import dev.davit.cri.StreamTransport;
import dev.davit.cri.WrongStateException;
import java.io.OutputStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Commands in containers, whose streams each version of containerd serves in its own way. */
@OnEachVersion
class ExecTest extends Scenario {
    @Test
    void gives_output_error_messages_and_exit_code_apart() {
        RunningContainer box = start(idle("box"));
        ExecSpec spec = ExecSpec.of("sh", "-c", "cat; echo err >&2; exit 7").stdin("in\n");
        assertThat(box.exec(spec)).isEqualTo(new ExecResult("in\n", "err\n", 7));
        assertThat(box.exec(ExecSpec.of("true"))).isEqualTo(new ExecResult("", "", 0));
        assertThat(box.exec(ExecSpec.of("sh", "-c", "kill -9 $$")).exitCode()).isEqualTo(137);
    }

    @Test
    void does_the_same_over_web_socket_except_for_the_end_of_input() {
        RunningContainer box = start(idle("box"));
        ExecSpec spec =
                ExecSpec.of("sh", "-c", "head -c 3; echo err >&2; exit 7").stdin("in\n");
        try (CriClient client = connect(StreamTransport.WEBSOCKET)) {
            assertThat(client.containers().exec(box.id(), spec)).isEqualTo(new ExecResult("in\n", "err\n", 7));
            try (ExecProcess cat = client.containers().spawn(box.id(), ExecSpec.of("cat"))) {
                assertThatThrownBy(() -> cat.stdin().close())
                        .isInstanceOf(CriException.class)
                        .hasMessageContaining("has no end of file; use SPDY");
            }
        }
    }

    @Test
    void a_process_is_written_to_and_read_as_it_goes() throws Exception {
        try (ExecProcess cat = start(idle("box")).spawn(ExecSpec.of("cat"))) {
            OutputStream stdin = cat.stdin();
            for (String word : new String[] {"one", "two", "three"}) {
                stdin.write(word.getBytes(UTF_8));
                assertThat(new String(cat.stdout().readNBytes(word.length()), UTF_8))
                        .isEqualTo(word);
            }
            assertThat(cat.exitCode()).isEmpty();
            stdin.close();
            assertThat(cat.stdout().read()).isEqualTo(-1);
            assertThat(cat.stderr().read()).isEqualTo(-1);
            assertThat(cat.waitFor(SOON)).isZero();
            assertThat(cat.exitCode()).hasValue(0);
        }
    }

    @Test
    void a_command_that_cannot_be_run_is_said_so() {
        RunningContainer box = start(idle("box"));
        assertThatThrownBy(() -> box.exec(ExecSpec.of("/nope")))
                .isInstanceOf(CriException.class)
                .hasMessage("cannot run /nope in container " + box.id().substring(0, 13)
                        + ": exec: \"/nope\": stat /nope: no such file or directory");
        box.stop(Duration.ZERO);
        assertThatThrownBy(() -> box.exec(ExecSpec.of("true"))).isInstanceOf(WrongStateException.class);
    }

    @Test
    void a_command_ends_with_its_container() throws Exception {
        RunningContainer box = start(idle("box"));
        try (ExecProcess sleep = box.spawn(ExecSpec.of("sh", "-c", "echo begun; sleep 1000"))) {
            assertThat(sleep.stdout().readNBytes(6)).hasSize(6);
            box.stop(Duration.ZERO);
            assertThat(sleep.waitFor(SOON)).isEqualTo(137);
        }
        awaitNoStreamOf(box);
    }

    @Test
    void a_command_that_is_cut_off_leaves_no_thread_and_says_so() {
        RunningContainer box = start(idle("box"));
        ExecProcess cat = box.spawn(ExecSpec.of("cat"));
        cat.close();
        assertThatThrownBy(() -> cat.waitFor(SOON))
                .isInstanceOfSatisfying(
                        CriException.class, e -> assertThat(e.code()).isEqualTo(CriException.Code.CANCELLED))
                .hasMessageContaining("it was closed before it ended");
        awaitNoStreamOf(box);
        if (since("2.1")) {
            awaitNoProcess(box, "cat");
        }
    }

    @Test
    void a_command_does_not_outlive_its_client() {
        RunningContainer box = start(idle("box"));
        ExecProcess cat;
        try (CriClient client = connect(StreamTransport.AUTO)) {
            cat = client.containers().spawn(box.id(), ExecSpec.of("cat"));
        }
        assertThatThrownBy(() -> cat.waitFor(SOON))
                .isInstanceOfSatisfying(
                        CriException.class, e -> assertThat(e.code()).isEqualTo(CriException.Code.CANCELLED))
                .hasMessageContaining("its client was closed");
        awaitNoStreamOf(box);
    }

    private static void awaitNoProcess(RunningContainer box, String name) {
        while (sh(box, "busybox ps").lines().anyMatch(line -> line.endsWith(" " + name))) {
            Thread.onSpinWait();
        }
    }

    @Test
    void a_port_at_which_nobody_listens_is_said_so_when_it_is_used() {
        RunningPod pod = run(PodSpec.named("silent"));
        try (PortConnection connection = pod.portForward(9)) {
            assertThatThrownBy(() -> connection.in().read())
                    .isInstanceOf(CriException.class)
                    .hasMessageContaining(
                            "cannot connect to port 9 of pod " + pod.id().substring(0, 13))
                    .hasMessageContaining("refused");
        }
    }
}
