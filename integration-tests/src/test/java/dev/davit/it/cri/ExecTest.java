package dev.davit.it.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.cri.ContainerSpec;
import dev.davit.cri.CriClient;
import dev.davit.cri.CriException;
import dev.davit.cri.ExecProcess;
import dev.davit.cri.ExecResult;
import dev.davit.cri.ExecSpec;
import dev.davit.cri.PodSpec;
import dev.davit.cri.RunningContainer;
import dev.davit.cri.RunningPod;
import dev.davit.cri.StreamTransport;
import dev.davit.cri.WrongStateException;
import dev.davit.it.Parts;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.TemporaryStore;
import dev.davit.testkit.ContainerdInstance;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Commands in containers of each version of containerd, whose streams work alike as far as these tests see. */
@ParameterizedClass(name = "containerd {0}")
@ValueSource(strings = {"1.6", "1.7", "2.1"})
@Timeout(60)
class ExecTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String IDLE = "trap exit TERM; sleep 1000 & wait";

    @Parameter
    @SuppressWarnings("UnusedVariable") // the methods around all tests get it only if it is declared
    private String version;

    private static ContainerdInstance node;
    private static CriClient webSocket;
    private static RunningPod pod;
    private static RunningContainer box;

    @BeforeParameterizedClassInvocation
    static void start(String version) {
        node = ContainerdInstance.builder().programs(Parts.containerd(version)).start();
        pod = node.client().pods().run(PodSpec.named("streams"));
        try (TemporaryStore store = LocalStore.temporary()) {
            box = pod.start(ContainerSpec.of("box", Busybox.build(store)).args(IDLE));
        }
        webSocket = CriClient.builder()
                .endpoint(node.endpoint())
                .streamTransport(StreamTransport.WEBSOCKET)
                .connect();
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        if (webSocket != null) {
            webSocket.close();
        }
        if (node != null) {
            node.close();
        }
        webSocket = null;
        node = null;
    }

    @Test
    void gives_output_error_messages_and_exit_code_apart() {
        ExecSpec spec = ExecSpec.of("sh", "-c", "cat; echo err >&2; exit 7").stdin("in\n");
        assertThat(box.exec(spec)).isEqualTo(new ExecResult("in\n", "err\n", 7));
        assertThat(box.exec(ExecSpec.of("true"))).isEqualTo(new ExecResult("", "", 0));
        assertThat(box.exec(ExecSpec.of("sh", "-c", "kill -9 $$")).exitCode()).isEqualTo(137);
    }

    @Test
    void does_the_same_over_web_socket_except_for_the_end_of_input() {
        ExecSpec spec =
                ExecSpec.of("sh", "-c", "head -c 3; echo err >&2; exit 7").stdin("in\n");
        assertThat(webSocket.containers().exec(box.id(), spec)).isEqualTo(new ExecResult("in\n", "err\n", 7));
        try (ExecProcess cat = webSocket.containers().spawn(box.id(), ExecSpec.of("cat"))) {
            assertThatThrownBy(() -> cat.stdin().close())
                    .isInstanceOf(CriException.class)
                    .hasMessageContaining("has no end of file; use SPDY");
        }
    }

    @Test
    void a_process_is_written_to_and_read_as_it_goes() throws Exception {
        try (ExecProcess cat = box.spawn(ExecSpec.of("cat"))) {
            OutputStream stdin = cat.stdin();
            for (String word : new String[] {"one", "two", "three"}) {
                stdin.write(word.getBytes(StandardCharsets.UTF_8));
                assertThat(new String(cat.stdout().readNBytes(word.length()), StandardCharsets.UTF_8))
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
        assertThatThrownBy(() -> box.exec(ExecSpec.of("/nope")))
                .isInstanceOf(CriException.class)
                .hasMessage("cannot run /nope in container " + box.id().substring(0, 13)
                        + ": exec: \"/nope\": stat /nope: no such file or directory");
        RunningContainer ended = pod.start(
                ContainerSpec.of("ended-" + System.nanoTime(), box.status().image())
                        .args("true"));
        ended.waitForExit(SOON);
        assertThatThrownBy(() -> ended.exec(ExecSpec.of("true"))).isInstanceOf(WrongStateException.class);
    }
}
