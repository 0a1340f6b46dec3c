package dev.davit.it.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.cri.ContainerSpec;
import dev.davit.cri.ContainerState;
import dev.davit.cri.CriClient;
import dev.davit.cri.LogLine;
import dev.davit.cri.LogOptions;
import dev.davit.cri.NameTakenException;
import dev.davit.cri.PodSpec;
import dev.davit.cri.RegistryUnavailableException;
import dev.davit.cri.RunningContainer;
import dev.davit.cri.RunningPod;
import dev.davit.cri.RuntimeHandlerUnknownException;
import dev.davit.cri.WrongStateException;
import dev.davit.it.Parts;
import dev.davit.testkit.ContainerdInstance;
import dev.davit.testkit.EmbeddedRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Logs that grow while they are read, and failures that each version of the runtime words differently. */
@ParameterizedClass(name = "containerd {0}")
@ValueSource(strings = {"1.6", "1.7", "2.1"})
@Timeout(60)
class LogsTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private static EmbeddedRegistry registry;
    private static String image;
    private static ContainerdInstance node;
    private static CriClient cri;

    @Parameter
    private String version;

    @BeforeParameterizedClassInvocation
    static void start(String version) {
        Path programs = Parts.containerd(version);
        registry = EmbeddedRegistry.start();
        image = registry.address() + "/test/busybox:1";
        Busybox.push(image);
        node = ContainerdInstance.builder().programs(programs).start();
        cri = node.client();
        cri.images().pull(image);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        if (node != null) {
            node.close();
        }
        if (registry != null) {
            registry.close();
        }
        node = null;
        registry = null;
    }

    private static ContainerSpec shell(String name, String script) {
        return ContainerSpec.of(name, image).args(script);
    }

    @Test
    void follows_a_log_over_new_files_until_the_container_ends() throws Exception {
        try (RunningPod pod = cri.pods().run(PodSpec.named("talker"))) {
            RunningContainer talker = pod.start(
                    shell("talker", "for i in $(seq 300); do echo line $i; [ $((i % 10)) != 0 ] || sleep 0.05; done"));
            try (Stream<LogLine> lines = talker.logs(LogOptions.all().follow())) {
                Iterator<LogLine> each = lines.iterator();
                for (int i = 1; i <= 300; i++) {
                    assertThat(each.next().text()).isEqualTo("line " + i);
                    if (i == 40 || i == 160) {
                        Path log = talker.status().logPath().orElseThrow();
                        Files.move(log, log.resolveSibling(log.getFileName() + ".20261122-08330" + i / 100));
                        cri.containers().reopenLog(talker.id());
                    }
                }
                assertThat(each.hasNext()).isFalse();
            }
            assertThat(talker.logs())
                    .extracting(LogLine::text)
                    .isEqualTo(IntStream.rangeClosed(1, 300)
                            .mapToObj(i -> "line " + i)
                            .toList());
            assertThat(texts(talker, LogOptions.all().tail(2))).containsExactly("line 299", "line 300");
        }
    }

    @Test
    void follows_restarts_and_finds_the_log_before() {
        try (RunningPod pod = cri.pods().run(PodSpec.named("again"))) {
            RunningContainer first = pod.start(shell("web", "echo first"));
            first.waitForExit(SOON);
            RunningContainer second =
                    pod.start(shell("web", "echo second; echo oops >&2").attempt(1));
            second.waitForExit(SOON);
            assertThat(texts(second, LogOptions.all().previous())).containsExactly("first");
            try (Stream<LogLine> lines = first.logs(LogOptions.all().followRestarts().stream(LogLine.Stream.STDOUT))) {
                assertThat(lines.limit(2).map(LogLine::text)).containsExactly("first", "second");
            }
        }
    }

    private static List<String> texts(RunningContainer container, LogOptions options) {
        try (Stream<LogLine> lines = container.logs(options)) {
            return lines.map(LogLine::text).toList();
        }
    }

    @Test
    void a_container_can_be_created_now_and_started_later() {
        try (RunningPod pod = cri.pods().run(PodSpec.named("later"))) {
            RunningContainer web = pod.create(shell("web", "echo ran"));
            assertThat(web.status().state()).isEqualTo(ContainerState.CREATED);
            assertThatThrownBy(() -> pod.create(shell("web", "echo ran")))
                    .isInstanceOfSatisfying(
                            NameTakenException.class,
                            e -> assertThat(e.otherId()).isEqualTo(web.id()));
            web.start();
            assertThat(web.waitForExit(SOON)).isZero();
            assertThat(web.logs()).extracting(LogLine::text).containsExactly("ran");
            assertThatThrownBy(web::start).isInstanceOf(WrongStateException.class);
            assertThatThrownBy(() -> cri.containers().reopenLog(web.id())).isInstanceOf(WrongStateException.class);
            assertThatThrownBy(() -> web.exec("true")).isInstanceOf(WrongStateException.class);
        }
    }

    @Test
    void failures_have_a_type_whatever_the_runtime_calls_them() {
        assertThatThrownBy(() -> cri.pods().run(PodSpec.named("odd").runtimeHandler("nope")))
                .isInstanceOfSatisfying(
                        RuntimeHandlerUnknownException.class,
                        e -> assertThat(e.handler()).isEqualTo("nope"));
        assertThatThrownBy(() -> cri.images().pull("127.0.0.1:9/nobody/here:1"))
                .as("containerd " + version)
                .isInstanceOf(RegistryUnavailableException.class);
    }
}
