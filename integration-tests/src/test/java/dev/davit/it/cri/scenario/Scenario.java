package dev.davit.it.cri.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.cri.ContainerSpec;
import dev.davit.cri.CriClient;
import dev.davit.cri.LogLine;
import dev.davit.cri.PodSpec;
import dev.davit.cri.RunningContainer;
import dev.davit.cri.RunningPod;
import dev.davit.cri.StreamTransport;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.Parameter;

/** What all scenarios need: a runtime of the version that is asked for, and pods that end with the test. */
abstract class Scenario {
    static final String IMAGE = SharedNode.IMAGE;
    static final Duration SOON = Duration.ofSeconds(20);

    /** Does nothing, and ends at once when it is told to, which the first process of a container does not by itself. */
    static final String IDLE = "trap exit TERM; sleep 1000 & wait";

    @Parameter
    String version;

    SharedNode node;
    CriClient cri;

    private final Deque<RunningPod> pods = new ArrayDeque<>();
    private final Deque<RunningContainer> containers = new ArrayDeque<>();

    @BeforeEach
    final void connect() {
        node = SharedNode.of(version);
        cri = node.cri();
    }

    @AfterEach
    final void endAll() {
        while (!containers.isEmpty()) {
            containers.peek().stop(Duration.ZERO);
            containers.pop().remove();
        }
        while (!pods.isEmpty()) {
            pods.pop().close();
        }
    }

    /** {@return whether the runtime is of this version or a later one; all of them have one digit before and after the dot} */
    final boolean since(String first) {
        return version.compareTo(first) >= 0;
    }

    /** {@return a pod with the network of the node, which takes less time than one of its own} */
    static PodSpec lean() {
        return PodSpec.named("scenario").hostNetwork();
    }

    static ContainerSpec shell(String script) {
        return ContainerSpec.of("box", IMAGE).args(script);
    }

    static ContainerSpec idle(String name) {
        return ContainerSpec.of(name, IMAGE).args(IDLE);
    }

    final RunningPod run(PodSpec spec) {
        RunningPod pod = cri.pods().run(spec);
        pods.push(pod);
        return pod;
    }

    /** Starts a container in a pod that is there already, which has the network of the node. */
    final RunningContainer start(ContainerSpec spec) {
        RunningContainer container = node.pod().start(spec.attempt(node.nextAttempt()));
        containers.push(container);
        return container;
    }

    /** Creates a container in a pod that is there already, which has the network of the node. */
    final RunningContainer create(ContainerSpec spec) {
        RunningContainer container = node.pod().create(spec.attempt(node.nextAttempt()));
        containers.push(container);
        return container;
    }

    /** {@return what a container prints, in a pod that is there already, until it ends, which it has to do well} */
    final String output(ContainerSpec spec) {
        return output(start(spec));
    }

    /** {@return what a container prints until it ends, which it has to do well} */
    static String output(RunningContainer started) {
        int exitCode = started.waitForExit(SOON);
        String output = String.join("\n", lines(started, LogLine.Stream.STDOUT));
        assertThat(exitCode).as(output + lines(started, LogLine.Stream.STDERR)).isZero();
        return output;
    }

    static List<String> lines(RunningContainer container, LogLine.Stream stream) {
        return container.logs().stream()
                .filter(line -> line.stream() == stream)
                .map(LogLine::text)
                .toList();
    }

    /** {@return another client of the same runtime, to be closed by the caller} */
    final CriClient connect(StreamTransport transport) {
        return CriClient.builder()
                .endpoint("unix://" + node.socket())
                .streamTransport(transport)
                .connect();
    }

    /** Waits until no thread serves a stream of a container any more; the timeout of the test ends that. */
    static void awaitNoStreamOf(RunningContainer container) {
        String id = container.id().substring(0, 12);
        while (Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().contains(id))) {
            Thread.onSpinWait();
        }
    }

    /** {@return what a script prints in a running container} */
    static String sh(RunningContainer container, String script) {
        return container.exec("sh", "-c", script).stdout().strip();
    }
}
