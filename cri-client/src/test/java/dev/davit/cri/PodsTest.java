package dev.davit.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.davit.cri.raw.CreateContainerRequest;
import dev.davit.cri.raw.ExecSyncRequest;
import dev.davit.cri.raw.ExecSyncResponse;
import dev.davit.cri.raw.PodSandboxConfig;
import dev.davit.cri.raw.RunPodSandboxRequest;
import dev.davit.cri.raw.StopContainerRequest;
import dev.davit.oci.NotFoundException;
import io.grpc.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PodsTest {
    private static final ContainerSpec WEB = ContainerSpec.of("web", "image");

    @TempDir
    private Path logs;

    private final FakeServices services = new FakeServices();
    private FakeRuntime runtime;
    private CriClient cri;

    @BeforeEach
    void connect() throws IOException {
        runtime = FakeRuntime.serving(services.all());
        cri = CriClient.builder()
                .endpoint(runtime.endpoint())
                .logDirectory(logs)
                .cgroupParent("/all")
                .connect();
        services.images.add("image");
        services.calls.clear();
    }

    @AfterEach
    void disconnect() throws IOException {
        cri.close();
        runtime.close();
    }

    /** Interrupts the calling thread when a call has reached the runtime. */
    private static Thread interruptWhen(CountDownLatch reached, Runnable before) {
        Thread caller = Thread.currentThread();
        Thread interrupter = new Thread(() -> {
            try {
                reached.await();
            } catch (InterruptedException e) {
                return;
            }
            before.run();
            caller.interrupt();
        });
        interrupter.start();
        return interrupter;
    }

    @Test
    void runs_a_pod_and_knows_its_address() {
        RunningPod pod = cri.pods().run(PodSpec.named("greeter"));
        assertThat(pod.id()).isEqualTo("pod-1");
        assertThat(pod.name()).isEqualTo("greeter");
        assertThat(pod.ip()).isEqualTo("10.1.2.3");
        assertThat(pod.status().ips()).containsExactly("10.1.2.3", "fd00::3");
        assertThat(pod.status().state()).isEqualTo(PodState.READY);
        assertThat(pod.status().createdAt()).isEqualTo(Instant.ofEpochSecond(1_795_394_382L, 150_168_103));
        assertThat(cri.pods().list()).extracting(PodSummary::name).containsExactly("greeter");
    }

    @Test
    void each_run_has_an_id_and_a_folder_for_logs_of_its_own() throws IOException {
        PodSpec spec = PodSpec.named("greeter");
        try (RunningPod one = cri.pods().run(spec);
                RunningPod two = cri.pods().run(spec)) {
            assertThat(services.pods.values())
                    .extracting(pod -> pod.getMetadata().getUid())
                    .doesNotHaveDuplicates();
            assertThat(services.pods.values())
                    .extracting(PodSandboxConfig::getLogDirectory)
                    .doesNotHaveDuplicates()
                    .allMatch(folder -> Files.isDirectory(Path.of(folder)));
            assertThat(one.id()).isNotEqualTo(two.id());
        }
        assertThat(logs).isEmptyDirectory();
    }

    @Test
    void leaves_a_folder_for_logs_alone_that_it_has_not_made() throws IOException {
        Path mine = Files.createDirectory(logs.resolve("mine"));
        cri.pods().run(PodSpec.named("greeter").logDirectory(mine)).close();
        assertThat(mine).exists();
        cri.pods()
                .run(PodSpec.named("greeter").logDirectory(mine).annotation(LogDirectory.ANNOTATION, mine.toString()))
                .close();
        assertThat(mine).exists();
    }

    @Test
    void whoever_removes_a_pod_removes_its_folder_for_logs() {
        RunningPod pod = cri.pods().run(PodSpec.named("greeter"));
        assertThat(logs).isNotEmptyDirectory();
        cri.pods().remove(pod.id());
        assertThat(logs).isEmptyDirectory();
    }

    @Test
    void puts_pods_below_the_control_group_of_the_client() {
        cri.pods().run(PodSpec.named("greeter"));
        assertThat(services.request(RunPodSandboxRequest.class)
                        .getConfig()
                        .getLinux()
                        .getCgroupParent())
                .isEqualTo("/all");
    }

    @Test
    void removes_what_is_there_of_a_pod_that_could_not_be_run() {
        services.failIn("run", Status.UNKNOWN.withDescription("failed to setup network: cni plugin not initialized"));
        assertThatThrownBy(() -> cri.pods().run(PodSpec.named("greeter")))
                .isInstanceOf(CriException.class)
                .hasMessage("cannot run pod default/greeter: cni plugin not initialized");
        assertThat(services.pods).isEmpty();
        assertThat(logs).isEmptyDirectory();
    }

    @Test
    void leaves_other_pods_alone_when_one_could_not_be_run() {
        RunningPod other = cri.pods().run(PodSpec.named("greeter"));
        services.failIn("run", Status.UNKNOWN.withDescription("no"));
        assertThatThrownBy(() -> cri.pods().run(PodSpec.named("greeter"))).isInstanceOf(CriException.class);
        assertThat(services.pods).containsOnlyKeys(other.id());
    }

    @Test
    void says_that_a_name_is_taken_and_leaves_its_owner_alone() {
        RunningPod owner = cri.pods().run(PodSpec.named("greeter").uid("u"));
        services.failIn("run", Status.UNKNOWN.withDescription("name \"greeter_default_u_0\" is reserved for \"ab12\""));
        assertThatThrownBy(() -> cri.pods().run(PodSpec.named("greeter").uid("u")))
                .isInstanceOf(dev.davit.oci.AlreadyExistsException.class);
        assertThat(services.pods).containsKey(owner.id());
    }

    @Test
    void starts_containers_and_removes_them_in_reverse() {
        RunningPod pod = cri.pods().run(PodSpec.named("greeter"));
        RunningContainer web = pod.start(WEB);
        RunningContainer side = pod.start(ContainerSpec.of("side", "image"));
        assertThat(pod.containers()).containsExactly(web, side);
        assertThat(web.status().state()).isEqualTo(ContainerState.RUNNING);
        assertThat(cri.containers().list()).extracting(ContainerSummary::name).containsExactlyInAnyOrder("web", "side");
        services.calls.clear();
        pod.close();
        assertThat(services.calls.stream().filter(call -> !call.endsWith("Status")))
                .containsExactly(
                        "stop " + side.id(),
                        "remove " + side.id(),
                        "stop " + web.id(),
                        "remove " + web.id(),
                        "stopPod " + pod.id(),
                        "stopPod " + pod.id(),
                        "removePod " + pod.id());
        assertThat(services.containers).isEmpty();
        assertThat(services.pods).isEmpty();
    }

    @Test
    void closing_twice_does_nothing_the_second_time() {
        RunningPod pod = cri.pods().run(PodSpec.named("greeter"));
        pod.close();
        services.calls.clear();
        pod.close();
        assertThat(services.calls).isEmpty();
        assertThatThrownBy(() -> pod.start(WEB)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void an_interrupt_keeps_no_pod_from_being_closed() {
        RunningPod pod = cri.pods().run(PodSpec.named("greeter"));
        pod.start(WEB);
        Thread.currentThread().interrupt();
        pod.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(services.containers).isEmpty();
        assertThat(services.pods).isEmpty();
        assertThat(logs).isEmptyDirectory();
    }

    @Test
    void an_interrupt_in_the_middle_keeps_no_pod_from_being_closed() throws Exception {
        RunningPod pod = cri.pods().run(PodSpec.named("greeter"));
        RunningContainer web = pod.start(WEB);
        CountDownLatch reached = services.hangIn("stop " + web.id());
        Thread interrupter = interruptWhen(reached, services::heal);
        pod.close();
        assertThat(Thread.interrupted()).isTrue();
        interrupter.join();
        assertThat(services.containers).isEmpty();
        assertThat(services.pods).isEmpty();
    }

    @Test
    void closing_goes_on_after_a_failure_and_can_be_tried_again() {
        RunningPod pod = cri.pods().run(PodSpec.named("greeter"));
        RunningContainer web = pod.start(WEB);
        services.failIn("stop " + web.id(), Status.INTERNAL.withDescription("shim is busy"));
        services.failIn("stopPod " + pod.id(), Status.INTERNAL.withDescription("network is busy"));
        CriException failure = catchThrowableOfType(CriException.class, pod::close);
        assertThat(failure).hasMessage("cannot stop container " + web.id() + ": shim is busy");
        assertThat(failure.getSuppressed()).isNotEmpty();
        assertThat(services.containers).isEmpty();
        assertThat(services.count("stop " + web.id()))
                .as("only UNKNOWN may be over soon")
                .isEqualTo(1);
        services.heal();
        pod.close();
        assertThat(services.pods).isEmpty();
    }

    @Test
    void a_container_that_cannot_start_is_removed() {
        RunningPod pod = cri.pods().run(PodSpec.named("greeter"));
        services.failIn(
                "start",
                Status.UNKNOWN.withDescription(
                        "failed to create containerd task: exec: \"/nope\": no such file: unknown"));
        assertThatThrownBy(() -> pod.start(WEB))
                .isInstanceOf(CriException.class)
                .hasMessage("cannot start container web in pod greeter: exec: \"/nope\": no such file");
        assertThat(services.containers).isEmpty();
        assertThat(pod.containers()).isEmpty();
    }

    @Test
    void a_failure_to_clean_up_does_not_hide_the_first_failure() {
        RunningPod pod = cri.pods().run(PodSpec.named("greeter"));
        services.failIn("start", Status.UNKNOWN.withDescription("no such program"));
        services.failIn("remove container-2", Status.INTERNAL.withDescription("busy"));
        CriException failure = catchThrowableOfType(CriException.class, () -> pod.start(WEB));
        assertThat(failure).hasMessageEndingWith("no such program");
        assertThat(failure.getSuppressed()).hasSize(1);
    }

    @Test
    void tells_a_missing_image_from_a_missing_pod() {
        RunningPod pod = cri.pods().run(PodSpec.named("greeter"));
        assertThatThrownBy(() -> pod.start(ContainerSpec.of("web", "none")))
                .isInstanceOfSatisfying(
                        ImageNotFoundException.class, e -> assertThat(e.image()).isEqualTo("none"))
                .hasMessage("cannot create container web in pod greeter: image none is not on the node; pull it first");
        services.pods.clear();
        assertThatThrownBy(() -> pod.start(WEB))
                .isInstanceOf(NotFoundException.class)
                .isNotInstanceOf(ImageNotFoundException.class);
    }

    @Test
    void hands_the_configuration_of_the_pod_to_its_containers() {
        cri.pods().run(PodSpec.named("greeter").hostNetwork()).start(WEB);
        CreateContainerRequest request = services.request(CreateContainerRequest.class);
        assertThat(request.getSandboxConfig())
                .isEqualTo(services.request(RunPodSandboxRequest.class).getConfig());
    }

    @Test
    void ending_what_does_not_exist_is_no_failure() {
        cri.pods().stop("none");
        cri.pods().remove("none");
        cri.containers().stop("none", Duration.ZERO);
        cri.containers().remove("none");
        assertThatThrownBy(() -> cri.pods().status("none")).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> cri.containers().status("none")).isInstanceOf(NotFoundException.class);
    }

    @Test
    void tries_again_to_end_what_was_just_ending_by_itself() throws Exception {
        RunningPod pod = cri.pods().run(PodSpec.named("greeter"));
        RunningContainer web = pod.start(WEB);
        services.failIn("stop " + web.id(), Status.UNKNOWN.withDescription("ttrpc: closed"));
        Thread healer = new Thread(() -> {
            while (services.calls.stream().filter(("stop " + web.id())::equals).count() < 3) {
                Thread.onSpinWait();
            }
            services.heal();
        });
        healer.start();
        web.stop(Duration.ZERO);
        healer.join();
        services.failIn("remove " + web.id(), Status.UNKNOWN.withDescription("broken for good"));
        assertThatThrownBy(web::remove)
                .isInstanceOf(CriException.class)
                .hasMessage("cannot remove container " + web.id() + ": broken for good");
    }

    @Test
    void waits_for_the_end_of_a_container() throws Exception {
        RunningContainer web = cri.pods().run(PodSpec.named("greeter")).start(WEB);
        Thread stopper = new Thread(() -> web.stop(Duration.ofMillis(1500)));
        stopper.start();
        assertThat(web.waitForExit(Duration.ofSeconds(30))).isEqualTo(137);
        stopper.join();
        assertThat(services.request(StopContainerRequest.class).getTimeout()).isEqualTo(2);
    }

    @Test
    void does_not_wait_for_ever() {
        RunningContainer web = cri.pods().run(PodSpec.named("greeter")).start(WEB);
        assertThatThrownBy(() -> web.waitForExit(Duration.ofMillis(50)))
                .isInstanceOf(CriException.class)
                .hasMessage("container web has not ended within 50 ms")
                .extracting(e -> ((CriException) e).code())
                .isEqualTo(CriException.Code.DEADLINE_EXCEEDED);
    }

    @Test
    void an_interrupt_ends_the_waiting() {
        RunningContainer web = cri.pods().run(PodSpec.named("greeter")).start(WEB);
        Thread caller = Thread.currentThread();
        Thread interrupter = new Thread(() -> {
            while (services.calls.stream().filter("containerStatus"::equals).count() < 3) {
                Thread.onSpinWait();
            }
            caller.interrupt();
        });
        interrupter.start();
        assertThatThrownBy(() -> web.waitForExit(Duration.ofSeconds(30)))
                .isInstanceOf(CriException.class)
                .hasMessageStartingWith("interrupted while it should ")
                .extracting(e -> ((CriException) e).code())
                .isEqualTo(CriException.Code.CANCELLED);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void runs_a_command() {
        services.execAnswer = ExecSyncResponse.newBuilder()
                .setStdout(ByteString.copyFromUtf8("out\n"))
                .setStderr(ByteString.copyFromUtf8("err\n"))
                .setExitCode(3)
                .build();
        RunningContainer web = cri.pods().run(PodSpec.named("greeter")).start(WEB);
        assertThat(web.exec("ls", "-l")).isEqualTo(new ExecResult("out\n", "err\n", 3));
        ExecSyncRequest request = services.request(ExecSyncRequest.class);
        assertThat(request.getCmdList()).containsExactly("ls", "-l");
        assertThat(request.getTimeout()).isZero();
        services.requests.clear();
        web.exec(Duration.ofMillis(1001), List.of("true"));
        assertThat(services.request(ExecSyncRequest.class).getTimeout()).isEqualTo(2);
    }

    @Test
    void a_line_without_an_end_is_in_the_log_when_the_container_has_ended() throws IOException {
        RunningContainer web = cri.pods().run(PodSpec.named("greeter")).start(WEB);
        Path log = logs.resolve("web.log");
        services.logPath = log.toString();
        services.states.put(web.id(), dev.davit.cri.raw.ContainerState.CONTAINER_CREATED);
        assertThat(web.logs()).as("not started, so without a file").isEmpty();
        services.states.put(web.id(), dev.davit.cri.raw.ContainerState.CONTAINER_RUNNING);
        Files.writeString(log, "2026-01-01T00:00:00Z stdout F one\n2026-01-01T00:00:00Z stdout P half\n");
        assertThat(web.logs()).extracting(LogLine::text).containsExactly("one");
        web.stop(Duration.ZERO);
        assertThat(web.logs()).extracting(LogLine::text).containsExactly("one", "half");
    }

    @Test
    void who_follows_a_log_learns_that_the_client_was_closed() throws IOException {
        RunningContainer web = cri.pods().run(PodSpec.named("greeter")).start(WEB);
        Path log = logs.resolve("web.log");
        services.logPath = log.toString();
        Files.writeString(log, "2026-01-01T00:00:00Z stdout F one\n");
        try (Stream<LogLine> lines = web.logs(LogOptions.all().follow())) {
            Iterator<LogLine> iterator = lines.iterator();
            assertThat(iterator.next().text()).isEqualTo("one");
            cri.close();
            assertThat(catchThrowableOfType(CriException.class, iterator::hasNext)
                            .code())
                    .isEqualTo(CriException.Code.CANCELLED);
        }
    }

    @Test
    void a_log_goes_with_its_container_on_request_and_nothing_else_does() throws IOException {
        RunningContainer web = cri.pods().run(PodSpec.named("greeter")).start(WEB);
        RunningContainer other = cri.pods().run(PodSpec.named("other")).start(WEB);
        List<String> ofLog = List.of(
                "web.log",
                "web.log.20261122-083300",
                "web.log.20261122-083200.gz",
                "web.log.20261122-083300.gz.tmp",
                "web.log.20261122-083300.tmp");
        List<String> others = List.of("web.log.tmp", "web_1.log", "webXlog.20261122-083300", "web.log.2026-1");
        for (String name : Stream.concat(ofLog.stream(), others.stream()).toList()) {
            Files.writeString(logs.resolve(name), "text");
        }
        services.logPath = logs.resolve("web.log").toString();

        cri.containers().remove(other.id());
        assertThat(logs.resolve("web.log")).exists();

        cri.containers().removeWithLogs(web.id());
        assertThat(cri.containers().list()).isEmpty();
        assertThat(ofLog).allSatisfy(name -> assertThat(logs.resolve(name)).doesNotExist());
        assertThat(others).allSatisfy(name -> assertThat(logs.resolve(name)).exists());

        cri.containers().removeWithLogs(web.id());
    }

    @Test
    void reads_the_log_where_the_runtime_says_it_is() throws IOException {
        RunningContainer web = cri.pods().run(PodSpec.named("greeter")).start(WEB);
        assertThat(web.logs()).isEmpty();
        try (Stream<Path> folders = Files.list(logs)) {
            assertThat(folders).hasSize(1);
        }
    }
}
