package dev.davit.it.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.cri.ContainerSpec;
import dev.davit.cri.CriClient;
import dev.davit.cri.CriException;
import dev.davit.cri.PodSpec;
import dev.davit.cri.RunningContainer;
import dev.davit.cri.RunningPod;
import dev.davit.it.Parts;
import dev.davit.oci.NotFoundException;
import dev.davit.testkit.ContainerdInstance;
import dev.davit.testkit.EmbeddedRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** An interrupt, such as a timeout of JUnit, at any moment in the life of a pod: nothing stays on a real runtime. */
@ParameterizedClass(name = "containerd {0}")
@ValueSource(strings = {"1.6", "1.7", "2.1"})
@Timeout(90)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
record InterruptedPodsTest(String version) {
    /** From before the call reaches the runtime until after its answer. */
    private static final int[] MOMENTS_MILLIS = {1, 20, 100, 200, 400, 700};

    private static EmbeddedRegistry registry;
    private static String image;
    private static ContainerdInstance node;
    private static CriClient cri;
    private static ScheduledExecutorService clock;

    @BeforeParameterizedClassInvocation
    static void start(String version) {
        clock = Executors.newSingleThreadScheduledExecutor();
        registry = EmbeddedRegistry.start();
        image = registry.address() + "/test/busybox:1";
        Busybox.push(image);
        node = ContainerdInstance.builder().programs(Parts.containerd(version)).start();
        cri = node.client();
        cri.images().pull(image);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        if (node != null) {
            node.close();
        }
        registry.close();
        clock.shutdownNow();
        node = null;
    }

    @AfterEach
    void nothing_is_left() {
        Thread.interrupted();
        assertThat(cri.containers().list()).isEmpty();
        assertThat(cri.pods().list()).isEmpty();
    }

    /** Calls with an interrupt on its way, which is over afterwards. */
    private static void interrupted(int afterMillis, Runnable call) throws Exception {
        Thread caller = Thread.currentThread();
        ScheduledFuture<?> interrupt = clock.schedule(caller::interrupt, afterMillis, TimeUnit.MILLISECONDS);
        try {
            call.run();
        } catch (CriException e) {
            assertThat(e.code()).as(e.toString()).isEqualTo(CriException.Code.CANCELLED);
            assertThat(e).hasNoSuppressedExceptions();
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        }
        Thread.interrupted();
        interrupt.cancel(false);
        try {
            interrupt.get();
        } catch (CancellationException | InterruptedException e) {
            // It was not needed any longer, or comes now.
        }
        Thread.interrupted();
    }

    private static ContainerSpec idle(String name) {
        return ContainerSpec.of(name, image).args("trap exit TERM; sleep 1000 & wait");
    }

    private interface Work {
        void at(int moment) throws Exception;
    }

    /** All at the same time, since most of it is waiting. */
    private static void atEachMoment(Work work) throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(MOMENTS_MILLIS.length);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int moment : MOMENTS_MILLIS) {
                all.add(callers.submit(() -> {
                    work.at(moment);
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        } finally {
            callers.shutdownNow();
        }
    }

    /** The first, so that what comes later disturbs the others. */
    @Test
    @Order(1)
    void running_a_pod() throws Exception {
        atEachMoment(moment -> interrupted(
                moment, () -> cri.pods().run(PodSpec.named("hasty-" + moment)).close()));
    }

    @Test
    void starting_a_container() throws Exception {
        try (RunningPod pod = cri.pods().run(PodSpec.named("hasty").hostNetwork())) {
            atEachMoment(moment -> {
                AtomicReference<RunningContainer> web = new AtomicReference<>();
                interrupted(moment, () -> web.set(pod.start(idle("web-" + moment))));
                if (web.get() != null) {
                    web.get().remove();
                }
            });
            assertThat(cri.containers().list()).isEmpty();
        }
    }

    @Test
    void closing_a_pod() {
        RunningPod pod = cri.pods().run(PodSpec.named("hasty"));
        RunningContainer web = pod.start(idle("web"));
        Thread.currentThread().interrupt();
        pod.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThatThrownBy(pod::status).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(web::status).isInstanceOf(NotFoundException.class);
    }

    @Test
    void closing_a_pod_when_the_interrupt_comes_in_the_middle() throws Exception {
        atEachMoment(moment -> {
            RunningPod pod = cri.pods().run(PodSpec.named("hasty-" + moment).hostNetwork());
            pod.start(idle("web"));
            interrupted(moment, pod::close);
        });
    }
}
