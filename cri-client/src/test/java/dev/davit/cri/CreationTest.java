package dev.davit.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.cri.internal.Endpoint;
import dev.davit.cri.raw.RuntimeServiceGrpc;
import dev.davit.cri.raw.VersionRequest;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What there is of pods and containers when the call that was to make them has failed. */
@Timeout(60)
class CreationTest {
    private static final ContainerSpec WEB = ContainerSpec.of("web", "image");
    private static final PodSpec GREETER = PodSpec.named("greeter");

    @TempDir
    private Path logs;

    private final FakeServices services = new FakeServices();
    private FakeRuntime runtime;
    private CriClient cri;
    private CriClient hasty;

    @BeforeEach
    void connect() throws IOException {
        runtime = FakeRuntime.serving(services.all());
        cri = client(Duration.ofSeconds(30));
        hasty = client(Duration.ofMillis(500));
        services.images.add("image");
        services.calls.clear();
    }

    private CriClient client(Duration timeout) {
        return CriClient.builder()
                .endpoint(runtime.endpoint())
                .logDirectory(logs)
                .timeout(timeout)
                .connect();
    }

    @AfterEach
    void disconnect() throws IOException {
        Thread.interrupted();
        cri.close();
        hasty.close();
        runtime.close();
    }

    private interface Action {
        void run() throws InterruptedException;
    }

    private static Thread begin(Action action) {
        Thread thread = new Thread(() -> {
            try {
                action.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        thread.start();
        return thread;
    }

    /** Interrupts the calling thread when a call has reached the runtime. */
    private static Thread interruptAfter(CountDownLatch reached, Action then) {
        Thread caller = Thread.currentThread();
        return begin(() -> {
            reached.await();
            caller.interrupt();
            then.run();
        });
    }

    /** Lets a call happen that nobody waits for any longer, when a list has been asked for some times. */
    private Thread happenLate(FakeServices.Late call, String list) {
        return begin(() -> {
            while (services.count(list) < 3) {
                Thread.sleep(1);
            }
            call.happen();
        });
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertFails(
            CriException.Code code, ThrowingCallable call) {
        return assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        CriException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void an_interrupted_run_waits_for_the_answer_and_removes_the_pod() throws Exception {
        FakeServices.Late run = services.delayIn("run");
        Thread interrupter = interruptAfter(run.reached, () -> {
            Thread.sleep(100);
            assertThat(services.count("listPods")).isZero();
            run.happen();
        });
        assertFails(CriException.Code.CANCELLED, () -> cri.pods().run(GREETER))
                .hasMessage("interrupted while it should run pod default/greeter")
                .hasNoSuppressedExceptions();
        assertThat(Thread.interrupted()).isTrue();
        interrupter.join();
        assertThat(services.calls).contains("removePod pod-1");
        assertThat(services.count("listPods")).isEqualTo(1);
        assertThat(services.pods).isEmpty();
        assertThat(logs).isEmptyDirectory();
    }

    @Test
    void an_interrupted_run_that_fails_says_why_it_failed() throws Exception {
        FakeServices.Late run = services.delayIn("run");
        services.failIn("run", Status.UNKNOWN.withDescription("no address left"));
        Thread interrupter = interruptAfter(run.reached, run::happen);
        assertFails(CriException.Code.UNKNOWN, () -> cri.pods().run(GREETER)).hasMessageEndingWith("no address left");
        assertThat(Thread.interrupted()).isTrue();
        interrupter.join();
        assertThat(services.pods).isEmpty();
    }

    @Test
    void an_interrupted_run_without_an_answer_ends_and_removes_the_pod() throws Exception {
        CountDownLatch reached = services.hangIn("run");
        Thread interrupter = interruptAfter(reached, () -> {});
        long before = System.nanoTime();
        assertFails(CriException.Code.CANCELLED, () -> hasty.pods().run(GREETER));
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
        assertThat(Thread.interrupted()).isTrue();
        interrupter.join();
        assertThat(services.pods).isEmpty();
        assertThat(logs).isEmptyDirectory();
    }

    @Test
    void a_call_whose_answer_does_not_come_is_cancelled_in_the_end() throws Exception {
        try (Wire wire = Wire.to(Endpoint.parse(runtime.endpoint()), Duration.ofMillis(100))) {
            Thread interrupter = interruptAfter(services.hangIn("version"), () -> {});
            assertFails(
                    CriException.Code.CANCELLED,
                    () -> wire.callToItsAnswer(
                            "ask",
                            RuntimeServiceGrpc.getVersionMethod(),
                            VersionRequest.getDefaultInstance(),
                            Duration.ofHours(1)));
            assertThat(Thread.interrupted()).isTrue();
            interrupter.join();
            while (!services.cancelled.contains("version")) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void a_pod_that_appears_after_the_time_for_its_run_is_removed() throws Exception {
        Thread late = happenLate(services.delayIn("run"), "listPods");
        assertFails(CriException.Code.DEADLINE_EXCEEDED, () -> hasty.pods().run(GREETER))
                .hasMessage("cannot run pod default/greeter: no answer in time");
        late.join();
        assertThat(services.calls).contains("removePod pod-1");
        assertThat(services.pods).isEmpty();
    }

    @Test
    void gives_up_looking_for_a_pod_that_never_appears() {
        services.delayIn("run");
        long before = System.nanoTime();
        assertFails(CriException.Code.DEADLINE_EXCEEDED, () -> hasty.pods().run(GREETER));
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(15));
        assertThat(services.count("listPods")).isGreaterThan(3);
    }

    @Test
    void a_failure_of_the_runtime_needs_no_second_look() {
        services.failIn("run", Status.UNKNOWN.withDescription("no"));
        assertFails(CriException.Code.UNKNOWN, () -> cri.pods().run(GREETER));
        assertThat(services.count("listPods")).isEqualTo(1);
        assertThat(services.pods).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = CriException.Code.class,
            names = {"CANCELLED", "DEADLINE_EXCEEDED", "UNAVAILABLE"})
    void a_call_may_end_without_an_answer(CriException.Code code) {
        assertThat(Creation.isAnswer(new CriException(code, "no", null))).isFalse();
        assertThat(Creation.isAnswer(new CriException(CriException.Code.INTERNAL, "no", null)))
                .isTrue();
    }

    @Test
    void an_interrupted_thread_makes_nothing() {
        RunningPod pod = cri.pods().run(GREETER);
        services.calls.clear();
        Thread.currentThread().interrupt();
        assertFails(CriException.Code.CANCELLED, () -> cri.pods().run(GREETER))
                .hasMessage("interrupted while it should run pod default/greeter");
        assertFails(CriException.Code.CANCELLED, () -> pod.start(WEB))
                .hasMessage("interrupted while it should create container web in pod greeter");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(services.calls).isEmpty();
    }

    @Test
    void a_pod_of_the_same_name_that_was_there_before_stays() {
        RunningPod owner = cri.pods().run(GREETER.uid("u"));
        services.failIn("run", Status.UNKNOWN.withDescription("no"));
        assertFails(CriException.Code.UNKNOWN, () -> cri.pods().run(GREETER.uid("u")));
        assertThat(services.pods).containsOnlyKeys(owner.id());
    }

    @Test
    void an_interrupted_creation_waits_for_the_answer_and_removes_the_container() throws Exception {
        RunningPod pod = cri.pods().run(GREETER);
        FakeServices.Late create = services.delayIn("create web");
        Thread interrupter = interruptAfter(create.reached, create::happen);
        assertFails(CriException.Code.CANCELLED, () -> pod.start(WEB))
                .hasMessage("interrupted while it should create container web in pod greeter");
        assertThat(Thread.interrupted()).isTrue();
        interrupter.join();
        assertThat(services.calls).contains("remove container-2").doesNotContain("start");
        assertThat(services.containers).isEmpty();
        assertThat(pod.containers()).isEmpty();
    }

    @Test
    void a_container_that_appears_after_the_time_for_its_creation_is_removed() throws Exception {
        RunningPod pod = hasty.pods().run(GREETER);
        Thread late = happenLate(services.delayIn("create web"), "listContainers");
        assertFails(CriException.Code.DEADLINE_EXCEEDED, () -> pod.start(WEB))
                .hasMessage("cannot create container web in pod greeter: no answer in time");
        late.join();
        assertThat(services.calls).contains("remove container-2");
        assertThat(services.containers).isEmpty();
    }

    @Test
    void a_container_of_the_same_name_that_was_there_before_stays() {
        RunningPod pod = cri.pods().run(GREETER);
        RunningContainer owner = pod.start(WEB);
        services.failIn("create web", Status.UNKNOWN.withDescription("no"));
        assertFails(CriException.Code.UNKNOWN, () -> pod.start(WEB));
        assertThat(services.containers).containsOnlyKeys(owner.id());
    }

    @Test
    void a_container_whose_start_is_interrupted_is_removed() throws Exception {
        RunningPod pod = cri.pods().run(GREETER);
        FakeServices.Late start = services.delayIn("start");
        Thread interrupter = interruptAfter(start.reached, () -> {
            Thread.sleep(100);
            assertThat(services.count("remove container-2")).isZero();
            start.happen();
        });
        assertFails(CriException.Code.CANCELLED, () -> pod.start(WEB))
                .hasMessage("interrupted while it should start container web in pod greeter");
        interrupter.join();
        assertThat(services.containers).isEmpty();
    }

    @Test
    void a_pod_that_runs_but_does_not_say_so_is_removed() {
        services.delayIn("podStatus");
        assertFails(CriException.Code.DEADLINE_EXCEEDED, () -> hasty.pods().run(GREETER))
                .hasMessage("cannot ask for pod pod-1: no answer in time");
        assertThat(services.pods).isEmpty();
    }

    @Test
    void calls_that_wait_for_a_process_have_its_time_too() throws Exception {
        RunningContainer web = hasty.pods().run(GREETER).start(WEB);
        FakeServices.Late exec = services.delayIn("exec");
        Thread answer = answerSlowly(exec);
        web.exec(Duration.ofSeconds(20), List.of("true"));
        answer.join();
        FakeServices.Late stop = services.delayIn("stop " + web.id());
        answer = answerSlowly(stop);
        web.stop(Duration.ofSeconds(20));
        answer.join();
        assertThat(web.status().state()).isEqualTo(ContainerState.EXITED);
    }

    /** Answers later than the basic timeout of a hasty client. */
    private static Thread answerSlowly(FakeServices.Late call) {
        return begin(() -> {
            call.reached.await();
            Thread.sleep(800);
            call.happen();
        });
    }
}
