package dev.davit.it.cri.scenario;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.cri.AttachSpec;
import dev.davit.cri.CriClient;
import dev.davit.cri.CriException;
import dev.davit.cri.ExecProcess;
import dev.davit.cri.ExecResult;
import dev.davit.cri.ExecSpec;
import dev.davit.cri.PodSpec;
import dev.davit.cri.PortConnection;
import dev.davit.cri.PortForward;
import dev.davit.cri.RunningContainer;
import dev.davit.cri.RunningPod;
import dev.davit.cri.StreamTransport;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams that carry much, streams by the hundred, terminals and ports. */
@OnOneVersion
class StreamsTest extends Scenario {
    private static final int LARGE = 100_000_000;
    private static final int ECHO_PORT = 7;
    private static final String ECHO = "busybox nc -ll -p 7 -e cat";

    @Test
    void a_hundred_megabytes_go_through_a_command_and_come_back_as_they_were() {
        Numbers.Check output = new Numbers.Check();
        ExecSpec cat = ExecSpec.of("cat").stdin(new Numbers(LARGE)).stdout(output);
        assertThat(start(idle("box")).exec(cat).exitCode()).isZero();
        assertThat(output.count()).isEqualTo(LARGE);
    }

    @Test
    void they_do_over_web_socket_too_if_the_command_knows_when_it_has_all() {
        Numbers.Check output = new Numbers.Check();
        ExecSpec head = ExecSpec.of("head", "-c", Integer.toString(LARGE))
                .stdin(new Numbers(LARGE))
                .stdout(output);
        String box = start(idle("box")).id();
        try (CriClient client = connect(StreamTransport.WEBSOCKET)) {
            assertThat(client.containers().exec(box, head).exitCode()).isZero();
        }
        assertThat(output.count()).isEqualTo(LARGE);
    }

    @Test
    void more_output_than_fits_into_a_message_of_the_runtime_is_kept_apart_from_as_many_error_messages() {
        int much = 20_000_000;
        String script = "head -c " + much + " /dev/zero & head -c " + much
                + " /dev/zero | busybox tr '\\0' e >&2; wait; exit 3";
        ExecResult result = start(idle("box")).exec(ExecSpec.of("sh", "-c", script));
        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.stdout().equals("\0".repeat(much))).isTrue();
        assertThat(result.stderr().equals("e".repeat(much))).isTrue();
    }

    @Test
    void a_terminal_has_the_size_that_it_is_given() throws Exception {
        String script = "until [ \"$(busybox stty size 2> /dev/null)\" = '40 100' ]; do :; done; echo ready;"
                + " until [ \"$(busybox stty size 2> /dev/null)\" = '20 60' ]; do :; done; test -t 0 && test -t 2 && exit 5";
        try (ExecProcess shell =
                start(idle("box")).spawn(ExecSpec.of("sh", "-c", script).tty(100, 40))) {
            assertThat(new String(shell.stdout().readNBytes(7), UTF_8)).isEqualTo("ready\r\n");
            shell.resize(60, 20);
            assertThat(shell.waitFor(SOON)).isEqualTo(5);
        }
    }

    @Test
    void a_running_container_reads_and_answers_whom_is_attached() throws Exception {
        RunningContainer box = start(
                shell("while read line; do echo got $line; echo err >&2; done").stdin());
        try (ExecProcess process = box.attach(AttachSpec.output().stdin())) {
            OutputStream stdin = process.stdin();
            for (String word : List.of("one", "two")) {
                stdin.write((word + "\n").getBytes(UTF_8));
                assertThat(new String(process.stdout().readNBytes(8), UTF_8)).isEqualTo("got " + word + "\n");
                assertThat(new String(process.stderr().readNBytes(4), UTF_8)).isEqualTo("err\n");
            }
            assertThat(process.exitCode()).isEmpty();
            box.stop(Duration.ZERO);
            assertThat(process.waitFor(SOON)).isEqualTo(137);
        }
    }

    @Test
    void a_hundred_connections_to_a_port_carry_what_was_sent_some_at_a_time() throws Exception {
        RunningPod pod = run(PodSpec.named("echo"));
        pod.start(idle("echo").args(ECHO));
        awaitEcho(pod);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (PortForward forward = pod.forward(0, ECHO_PORT)) {
            List<Future<byte[]>> echoes = IntStream.range(0, 100)
                    .mapToObj(i -> threads.submit(() -> echo(forward.localPort(), Numbers.bytes(1 + i * 3_000))))
                    .toList();
            for (int i = 0; i < echoes.size(); i++) {
                assertThat(echoes.get(i).get()).isEqualTo(Numbers.bytes(1 + i * 3_000));
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static byte[] echo(int port, byte[] sent) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) SOON.toMillis());
            CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
                try {
                    socket.getOutputStream().write(sent);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            byte[] received = socket.getInputStream().readNBytes(sent.length);
            writer.join();
            return received;
        }
    }

    private static void awaitEcho(RunningPod pod) throws IOException {
        for (int listening = -1; listening < 0; ) {
            try (PortConnection connection = pod.portForward(ECHO_PORT)) {
                connection.out().write('.');
                listening = connection.in().read();
            } catch (CriException e) {
                // not yet
            }
        }
    }

    @Test
    void three_hundred_commands_leave_no_thread_and_no_socket_behind() throws Exception {
        commands(300);
    }

    @Test
    @Tag("soak")
    @Timeout(value = 2, unit = TimeUnit.HOURS)
    void ten_thousand_commands_leave_no_thread_and_no_socket_behind() throws Exception {
        commands(10_000);
        System.out.println("result: 10,000 commands over SPDY: each with its output, no thread and no socket left");
    }

    private void commands(int count) throws Exception {
        RunningContainer box = start(idle("box"));
        ExecSpec spec = ExecSpec.of("echo", "a");
        box.exec(spec);
        int descriptors = descriptors();
        for (int i = 0; i < count; i++) {
            assertThat(box.exec(spec)).isEqualTo(new ExecResult("a\n", "", 0));
        }
        awaitNoStreamOf(box);
        assertThat(descriptors()).isLessThan(descriptors + 10); // the JVM opens some for itself
    }

    private static int descriptors() throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return (int) all.count();
        }
    }
}
