package dev.davit.it.cri;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.cri.ContainerSpec;
import dev.davit.cri.CriClient;
import dev.davit.cri.CriEvent;
import dev.davit.cri.CriEvent.Kind;
import dev.davit.cri.PodSpec;
import dev.davit.cri.RunningContainer;
import dev.davit.cri.RunningPod;
import dev.davit.it.Parts;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.image.Image;
import dev.davit.testkit.ContainerdInstance;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The same story of pods and containers, be it told by a runtime with events for all, for one, or for nobody. */
@ParameterizedClass(name = "containerd {0}")
@ValueSource(strings = {"1.6", "1.7", "2.1"})
@Timeout(90)
class EventsTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private static Image busybox;
    private static ContainerdInstance node;
    private static CriClient cri;

    @Parameter
    private String version;

    private final BlockingQueue<CriEvent> events = new LinkedBlockingQueue<>();
    private Stream<CriEvent> stream;
    private Thread reader;

    @BeforeParameterizedClassInvocation
    static void start(String version) {
        Path programs = Parts.containerd(version);
        busybox = Busybox.build(LocalStore.inMemory(64 << 20));
        node = ContainerdInstance.builder().programs(programs).start();
        cri = node.client();
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        if (node != null) {
            node.close();
        }
        node = null;
    }

    @BeforeEach
    void watch() {
        stream = cri.events();
        reader = new Thread(() -> stream.forEach(events::add));
        reader.start();
    }

    @AfterEach
    void end() throws InterruptedException {
        stream.close();
        reader.join(10_000);
        assertThat(reader.isAlive()).isFalse();
    }

    private static ContainerSpec shell(String name, String script) {
        return ContainerSpec.of(name, busybox).args(script);
    }

    private static PodSpec pod(String name) {
        return PodSpec.named(name).hostNetwork();
    }

    /** Takes events up to one, and gives those of a pod. */
    private List<CriEvent> until(Kind kind, String id) throws InterruptedException {
        List<CriEvent> taken = new ArrayList<>();
        while (true) {
            CriEvent event = events.poll(30, TimeUnit.SECONDS);
            assertThat(event)
                    .as("containerd %s: %s of %s after %s", version, kind, id, taken)
                    .isNotNull();
            taken.add(event);
            if (event.kind() == kind
                    && event.containerId().orElse(event.podId()).equals(id)) {
                return taken;
            }
        }
    }

    private static List<String> of(List<CriEvent> all, String name) {
        return all.stream()
                .filter(event -> event.name().equals(name))
                .map(event -> (event.initial() ? "found " : "")
                        + event.kind()
                        + (event.exitCode().isPresent() ? " " + event.exitCode().getAsInt() : ""))
                .toList();
    }

    @Test
    void tells_the_life_of_a_pod_and_its_container() throws Exception {
        List<CriEvent> told;
        Instant before = Instant.now();
        RunningPod pod = cri.pods().run(pod("told"));
        RunningContainer web = pod.start(shell("web", "sleep 1; exit 7"));
        told = until(Kind.STOPPED, web.id());
        assertThat(of(told, "web")).containsExactly("CREATED", "STARTED", "STOPPED 7");
        assertThat(told).allSatisfy(event -> {
            assertThat(event.podId()).isEqualTo(pod.id());
            assertThat(event.time()).isBetween(before, Instant.now());
        });
        assertThat(told.get(told.size() - 1).time())
                .isBetween(web.status().finishedAt().orElseThrow(), Instant.now());
        pod.close();
        told.addAll(until(Kind.DELETED, pod.id()));
        assertThat(of(told, "web")).containsExactly("CREATED", "STARTED", "STOPPED 7", "DELETED");
        assertThat(of(told, "told")).containsExactly("CREATED", "STARTED", "STOPPED", "DELETED");
    }

    @Test
    void two_watchers_see_the_same() throws Exception {
        try (Stream<CriEvent> other = cri.events();
                RunningPod pod = cri.pods().run(pod("shared"))) {
            var seen = other.iterator();
            for (int i = 0; i < 4; i++) {
                RunningContainer web = pod.start(shell("web" + i, "exit " + i));
                web.waitForExit(SOON);
                until(Kind.STOPPED, web.id());
                CriEvent event;
                do {
                    event = seen.next();
                } while (event.kind() != Kind.STOPPED || !event.name().equals("web" + i));
                assertThat(event.exitCode()).hasValue(i);
            }
        }
    }

    @Test
    void a_runtime_that_was_killed_and_started_again_hides_nothing() throws Exception {
        try (RunningPod pod = cri.pods().run(pod("survivor"))) {
            RunningContainer web = pod.start(shell("web", "trap exit TERM; sleep 1000 & wait"));
            RunningContainer job = pod.start(shell("job", "sleep 1; exit 9"));
            List<CriEvent> told = until(Kind.STARTED, job.id());
            node.kill();
            Thread.sleep(1500); // the job ends while nobody notes it
            node.revive();
            told.addAll(until(Kind.STOPPED, job.id()));
            assertThat(of(told, "job"))
                    .startsWith("CREATED", "STARTED")
                    .last()
                    .isEqualTo("STOPPED " + job.status().exitCode().orElseThrow());
            web.stop(Duration.ofSeconds(1));
            told.addAll(until(Kind.STOPPED, web.id()));
            web.remove();
            told.addAll(until(Kind.DELETED, web.id()));
            assertThat(of(told, "web"))
                    .hasSize(4)
                    .startsWith("CREATED", "STARTED")
                    .endsWith("DELETED");
        }
    }
}
