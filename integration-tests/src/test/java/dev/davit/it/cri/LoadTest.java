package dev.davit.it.cri;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.cri.ContainerSpec;
import dev.davit.cri.CriClient;
import dev.davit.cri.CriException;
import dev.davit.cri.LogLine;
import dev.davit.cri.NameTakenException;
import dev.davit.cri.PodSpec;
import dev.davit.cri.PodSummary;
import dev.davit.cri.RunningContainer;
import dev.davit.cri.RunningPod;
import dev.davit.it.Parts;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.image.Image;
import dev.davit.testkit.ContainerdInstance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many at once, and a runtime that dies meanwhile. */
@Timeout(280)
class LoadTest {
    private static Image busybox;
    private static ContainerdInstance node;
    private static CriClient cri;

    @BeforeAll
    static void start() {
        node = ContainerdInstance.builder().programs(Parts.containerd("2.1")).start();
        cri = node.client();
        busybox = Busybox.build(LocalStore.inMemory(64 << 20));
        cri.containerd().load(busybox, "example.org/busybox:1");
    }

    @AfterAll
    static void stop() {
        if (node != null) {
            node.close();
        }
    }

    @Test
    void a_runtime_that_is_killed_under_load_is_found_again() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        ExecutorService callers = Executors.newFixedThreadPool(8);
        try {
            List<Future<Integer>> failures = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                failures.add(callers.submit(
                        () -> failures(over, () -> cri.containers().list())));
            }
            for (int i = 0; i < 2; i++) {
                PodSpec spec = PodSpec.named("maker-" + i).hostNetwork();
                failures.add(callers.submit(
                        () -> failures(over, () -> cri.pods().run(spec).close())));
            }
            while (cri.pods().list().isEmpty()) {
                Thread.sleep(5);
            }
            node.kill();
            node.revive();
            over.set(true);
            for (Future<Integer> each : failures) {
                assertThat(each.get()).isPositive();
            }
        } finally {
            over.set(true);
            callers.shutdownNow();
        }
        assertThat(cri.runtime().status().isRuntimeReady()).isTrue();
        // what was half made, and nobody could be told of, can be removed
        for (PodSummary pod : cri.pods().list()) {
            cri.pods().stop(pod.id());
            cri.pods().remove(pod.id());
        }
        assertThat(cri.pods().list()).isEmpty();
        try (RunningPod pod = cri.pods().run(PodSpec.named("after").hostNetwork())) {
            assertThat(pod.start(ContainerSpec.of("hello", busybox)).waitForExit(Duration.ofSeconds(30)))
                    .isZero();
        }
    }

    /** Calls again and again. */
    private static int failures(AtomicBoolean over, Runnable call) {
        int failed = 0;
        while (!over.get()) {
            try {
                call.run();
            } catch (NameTakenException e) {
                // half made when the runtime was killed
                failed++;
            } catch (CriException e) {
                assertThat(e.code()).isIn(CriException.Code.UNAVAILABLE, CriException.Code.UNKNOWN);
                failed++;
            }
        }
        return failed;
    }

    @Test
    void eight_pods_run_at_the_same_time() throws Exception {
        runAtTheSameTime(8);
    }

    @Test
    @Tag("soak")
    void fifty_pods_run_at_the_same_time() throws Exception {
        long begun = System.nanoTime();
        runAtTheSameTime(50);
        System.out.println("result: 50 pods with a container each, from nothing to nothing: "
                + Duration.ofNanos(System.nanoTime() - begun).toSeconds() + " s");
    }

    private static void runAtTheSameTime(int pods) throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(pods);
        try {
            List<Future<List<LogLine>>> logs = new ArrayList<>();
            for (int i = 0; i < pods; i++) {
                String name = "pod-" + i;
                logs.add(callers.submit(() -> {
                    try (RunningPod pod = cri.pods().run(PodSpec.named(name).hostNetwork())) {
                        RunningContainer hello =
                                pod.start(ContainerSpec.of("hello", busybox).args("echo " + name));
                        hello.waitForExit(Duration.ofMinutes(2));
                        return hello.logs();
                    }
                }));
            }
            for (int i = 0; i < pods; i++) {
                assertThat(logs.get(i).get()).extracting(LogLine::text).containsExactly("pod-" + i);
            }
        } finally {
            callers.shutdownNow();
        }
        assertThat(cri.pods().list()).isEmpty();
    }
}
