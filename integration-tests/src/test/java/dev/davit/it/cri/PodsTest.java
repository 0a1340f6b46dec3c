package dev.davit.it.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.cri.ContainerSpec;
import dev.davit.cri.ContainerState;
import dev.davit.cri.ContainerStatus;
import dev.davit.cri.ContainerSummary;
import dev.davit.cri.CriClient;
import dev.davit.cri.CriException;
import dev.davit.cri.ExecResult;
import dev.davit.cri.ImageNotFoundException;
import dev.davit.cri.LogLine;
import dev.davit.cri.NodeImage;
import dev.davit.cri.PodSpec;
import dev.davit.cri.PodState;
import dev.davit.cri.PodSummary;
import dev.davit.cri.RunningContainer;
import dev.davit.cri.RunningPod;
import dev.davit.it.Parts;
import dev.davit.it.registry.DockerRegistry;
import dev.davit.oci.AlreadyExistsException;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.UnauthorizedException;
import dev.davit.oci.auth.Credentials;
import dev.davit.testkit.ContainerdInstance;
import dev.davit.testkit.EmbeddedRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The client against real runtimes; what the versions answer differently must not be seen here. */
@ParameterizedClass(name = "containerd {0}")
@ValueSource(strings = {"1.6", "1.7", "2.1"})
@Timeout(60)
class PodsTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    /** Does nothing, and ends at once when it is told to, which the first process of a container does not by itself. */
    private static final String IDLE = "trap exit TERM; sleep 1000 & wait";

    private static final PodSpec SPEC = PodSpec.named("greeter")
            .namespace("test")
            .uid("one")
            .label("app", "web")
            .annotation("note", "text")
            .dnsServers("10.1.2.3")
            .dnsSearches("test.example")
            .dnsOptions("ndots:2");

    private static EmbeddedRegistry registry;
    private static String image;
    private static ContainerdInstance node;
    private static CriClient cri;

    /** For all tests that need no other, because to run one takes longest. */
    private static RunningPod pod;

    @Parameter
    private String version;

    @TempDir
    private Path folder;

    @BeforeParameterizedClassInvocation
    static void start(String version) {
        Path programs = Parts.containerd(version);
        registry = EmbeddedRegistry.start();
        image = registry.address() + "/test/busybox:1";
        Busybox.push(image);
        node = ContainerdInstance.builder().programs(programs).start();
        cri = node.client();
        pod = cri.pods().run(SPEC);
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
        pod = null;
    }

    @BeforeEach
    void pull() {
        if (cri.images().status(image).isEmpty()) {
            cri.images().pull(image);
        }
    }

    @AfterEach
    void remove_containers() {
        cri.containers().list().forEach(container -> cri.containers().remove(container.id()));
    }

    private static ContainerSpec shell(String name, String script) {
        return ContainerSpec.of(name, image).args(script);
    }

    @Test
    void the_runtime_is_the_one_that_was_asked_for_and_ready() {
        assertThat(cri.runtime().version().name()).isEqualTo("containerd");
        assertThat(cri.runtime().version().version()).startsWith(version + ".");
        assertThat(cri.runtime().version().apiVersion()).isEqualTo("v1");
        assertThat(cri.runtime().status().isRuntimeReady()).isTrue();
        assertThat(cri.runtime().status().isNetworkReady()).isTrue();
    }

    @Test
    void pulls_lists_and_removes_an_image() {
        cri.images().remove(image);
        assertThat(cri.images().status(image)).isEmpty();
        NodeImage pulled = cri.images().pull(image);
        assertThat(pulled.tags()).containsExactly(image);
        assertThat(pulled.digests()).hasSize(1);
        assertThat(pulled.size()).isPositive();
        assertThat(cri.images().list()).contains(pulled);
        assertThat(cri.images().status(pulled.id())).contains(pulled);
        cri.images().remove(image);
        cri.images().remove(image);
        assertThat(cri.images().status(image)).isEmpty();
    }

    @Test
    void an_image_that_its_registry_does_not_have_is_not_found() {
        String none = registry.address() + "/test/none:1";
        assertThatThrownBy(() -> cri.images().pull(none))
                .isInstanceOfSatisfying(
                        ImageNotFoundException.class, e -> assertThat(e.image()).isEqualTo(none))
                .hasMessageStartingWith("cannot pull image " + none + ": ")
                .message()
                .doesNotContain("\n");
    }

    @Test
    void a_registry_that_cannot_be_reached_is_said_so() {
        assertThatThrownBy(() -> cri.images().pull("127.0.0.1:1/test/busybox:1"))
                .isInstanceOf(CriException.class)
                .hasMessageContaining("connection refused");
    }

    @Test
    void pulls_with_credentials() {
        Credentials right = new Credentials(DockerRegistry.USER, DockerRegistry.PASSWORD);
        try (DockerRegistry locked = DockerRegistry.builder(folder).basicAuth().start()) {
            String none = locked.address() + "/test/none:1";
            assertThatThrownBy(() -> cri.images().pull(none)).isInstanceOf(UnauthorizedException.class);
            assertThatThrownBy(() -> cri.images().pull(none, new Credentials("alice", "hunter2")))
                    .isInstanceOf(UnauthorizedException.class)
                    .message()
                    .doesNotContain("hunter2");
            // what it does not have is only said to those who may know
            assertThatThrownBy(() -> cri.images().pull(none, right)).isInstanceOf(ImageNotFoundException.class);
        }
    }

    @Test
    void runs_a_container_to_its_end() {
        Instant before = Instant.now().minusSeconds(1);
        RunningContainer web = pod.start(shell("web", "echo out; echo err >&2; printf half; exit 7"));
        assertThat(web.waitForExit(SOON)).isEqualTo(7);
        assertThat(web.logs())
                .extracting(line -> line.stream() + " " + line.text())
                .containsExactlyInAnyOrder("STDOUT out", "STDERR err", "STDOUT half");
        assertThat(web.logs()).allSatisfy(line -> assertThat(line.time()).isBetween(before, Instant.now()));
        assertThat(web.logs())
                .anySatisfy(
                        line -> assertThat(line.time()).isNotEqualTo(line.time().truncatedTo(ChronoUnit.MICROS)));
        ContainerStatus status = web.status();
        assertThat(status.state()).isEqualTo(ContainerState.EXITED);
        assertThat(status.exitCode()).hasValue(7);
        assertThat(status.startedAt()).isPresent();
        assertThat(status.finishedAt()).isPresent();
        assertThat(cri.containers().logs(web.id())).isEqualTo(web.logs());
        web.remove();
        web.remove();
        assertThatThrownBy(web::status).isInstanceOf(NotFoundException.class);
    }

    @Test
    void entry_point_arguments_and_environment_come_from_the_image() {
        RunningContainer plain = pod.start(ContainerSpec.of("plain", image));
        assertThat(plain.waitForExit(SOON)).isZero();
        assertThat(plain.logs()).extracting(LogLine::text).containsExactly("hello, world");
        RunningContainer other = pod.start(ContainerSpec.of("other", image)
                .command("/bin/sh", "-c", "echo $FROM_IMAGE $FROM_SPEC; pwd; echo $0 $1")
                .args("zero", "one")
                .env("FROM_SPEC", "ja, ✓")
                .workingDir("/www"));
        assertThat(other.waitForExit(SOON)).isZero();
        assertThat(other.logs()).extracting(LogLine::text).containsExactly("yes ja, ✓", "/www", "zero one");
    }

    @Test
    void reads_long_lines_whole() {
        RunningContainer talker = pod.start(shell("talker", "yes ä | head -n 40000 | tr -d '\\n'"));
        assertThat(talker.waitForExit(SOON)).isZero();
        assertThat(talker.logs()).extracting(LogLine::text).containsExactly("ä".repeat(40000));
    }

    @Test
    void the_pod_answers_at_its_address() throws Exception {
        pod.start(shell("httpd", "httpd -p 8080 -h /www; " + IDLE));
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + pod.ip() + ":8080/"))
                .timeout(SOON)
                .build();
        assertThat(answer(request)).isEqualTo("hello, world\n");
        assertThat(pod.status().ips()).containsExactly(pod.ip());
    }

    /** The program needs a moment until it listens. */
    private static String answer(HttpRequest request) throws Exception {
        HttpClient http = HttpClient.newHttpClient();
        long deadline = System.nanoTime() + SOON.toNanos();
        while (true) {
            try {
                return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
            } catch (IOException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                Thread.sleep(20);
            }
        }
    }

    @Test
    void pods_reach_each_other_and_the_machine() {
        try (RunningPod client = cri.pods().run(PodSpec.named("client"))) {
            pod.start(shell("httpd", "httpd -p 8080 -h /www; " + IDLE));
            String fetch = "until wget -q -O - http://" + pod.ip() + ":8080/; do sleep 0.1; done";
            RunningContainer wget = client.start(shell("wget", fetch));
            assertThat(wget.waitForExit(SOON)).isZero();
            assertThat(wget.logs()).extracting(LogLine::text).contains("hello, world");
        }
    }

    @Test
    void executes_commands() {
        RunningContainer box = pod.start(shell("box", IDLE));
        assertThat(box.exec("hostname").stdout()).isEqualTo("greeter\n");
        assertThat(box.exec("sh", "-c", "echo out; echo err >&2; exit 3"))
                .isEqualTo(new ExecResult("out\n", "err\n", 3));
        assertThatThrownBy(() -> box.exec("/nope"))
                .isInstanceOf(CriException.class)
                .hasMessageContaining("exec: \"/nope\": stat /nope: no such file or directory");
        assertThatThrownBy(() -> box.exec(Duration.ofSeconds(1), List.of("sleep", "1000")))
                .isInstanceOf(CriException.class)
                .extracting(e -> ((CriException) e).code())
                .isEqualTo(CriException.Code.DEADLINE_EXCEEDED);
        assertThat(box.status().state()).isEqualTo(ContainerState.RUNNING);
    }

    @Test
    void limits_rights_and_resources() throws IOException {
        Files.writeString(folder.resolve("file"), "from outside");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        RunningContainer box = pod.start(shell("box", IDLE)
                .user("user")
                .memoryLimit(64 << 20)
                .cpuLimit(0.5)
                .readOnlyRoot()
                .noNewPrivileges()
                .dropCapabilities("ALL")
                .readOnlyMount(folder, "/mnt/folder"));
        assertThat(box.exec("id").stdout()).startsWith("uid=1000(user) gid=1000(user)");
        assertThat(box.exec("cat", "/mnt/folder/file").stdout()).isEqualTo("from outside");
        assertThat(box.exec("touch", "/mnt/folder/x").exitCode()).isNotZero();
        assertThat(box.exec("touch", "/x").stderr()).contains("Read-only file system");
        String status = box.exec("cat", "/proc/self/status").stdout();
        assertThat(status).contains("NoNewPrivs:\t1", "Seccomp:\t2", "CapBnd:\t0000000000000000");
        assertThat(box.exec("sh", "-c", "echo x > /proc/sys/kernel/panic").exitCode())
                .isNotZero();
        assertThat(box.exec("ls", "/sys/firmware").stdout()).isEmpty();
    }

    @Test
    void a_container_that_cannot_start_leaves_nothing() {
        assertThatThrownBy(() -> pod.start(ContainerSpec.of("web", image).command("/nope")))
                .isInstanceOf(CriException.class)
                .hasMessage("cannot start container web in pod greeter: exec: \"/nope\": stat /nope: no such file or"
                        + " directory");
        assertThat(cri.containers().list())
                .filteredOn(container -> container.podId().equals(pod.id()))
                .isEmpty();
        assertThatThrownBy(() -> pod.start(shell("web", "true").user("nobody-knows")))
                .isInstanceOf(CriException.class)
                .hasMessageContaining("no users found");
        pod.start(shell("web", "true"));
    }

    @Test
    void an_image_that_is_not_on_the_node_is_not_found() {
        assertThatThrownBy(() -> pod.start(ContainerSpec.of("web", "registry.example/none:1")))
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessage("cannot create container web in pod greeter: image registry.example/none:1 is not on the"
                        + " node; pull it first");
    }

    @Test
    void names_can_be_taken_only_once() {
        assertThatThrownBy(() -> cri.pods().run(SPEC))
                .isInstanceOf(AlreadyExistsException.class)
                .hasMessageEndingWith("its ID is " + pod.id());
        RunningContainer web = pod.start(shell("web", IDLE));
        assertThatThrownBy(() -> pod.start(shell("web", "true")))
                .isInstanceOf(AlreadyExistsException.class)
                .hasMessageEndingWith("its ID is " + web.id());
        assertThat(pod.status().state()).isEqualTo(PodState.READY);
        pod.start(shell("web", "true").attempt(1));
    }

    @Test
    void a_pod_that_cannot_run_leaves_nothing() {
        assertThatThrownBy(() -> cri.pods().run(PodSpec.named("strange").runtimeHandler("none")))
                .isInstanceOf(CriException.class)
                .hasMessage("cannot run pod default/strange: no runtime for \"none\" is configured");
        assertThat(cri.pods().list()).extracting(PodSummary::name).doesNotContain("strange");
    }

    @Test
    void ending_what_has_ended_or_never_was_is_no_failure() {
        cri.pods().stop("none");
        cri.pods().remove("none");
        cri.containers().stop("none", Duration.ZERO);
        cri.containers().remove("none");
        cri.images().remove("registry.example/none:1");
        RunningPod other = cri.pods().run(PodSpec.named("other").hostNetwork());
        RunningContainer web = other.start(shell("web", "true"));
        web.waitForExit(SOON);
        web.stop(Duration.ZERO);
        cri.pods().stop(other.id());
        cri.pods().stop(other.id());
        assertThat(other.status().state()).isEqualTo(PodState.NOT_READY);
        cri.pods().remove(other.id());
        other.close();
        assertThatThrownBy(other::status).isInstanceOf(NotFoundException.class);
    }

    @Test
    void what_does_not_exist_is_not_found() {
        assertThatThrownBy(() -> cri.pods().status("none"))
                .isInstanceOf(NotFoundException.class)
                .hasMessage("cannot ask for pod none: not found");
        assertThatThrownBy(() -> cri.containers().status("none"))
                .isInstanceOf(NotFoundException.class)
                .hasMessage("cannot ask for container none: not found");
        assertThatThrownBy(() -> cri.containers().exec("none", "true")).isInstanceOf(NotFoundException.class);
    }

    @Test
    void stopping_gives_a_program_the_time_it_was_promised() {
        RunningContainer polite =
                pod.start(shell("polite", "trap 'echo bye; exit 0' TERM; echo ready; while true; do sleep 0.1; done"));
        RunningContainer deaf = pod.start(shell("deaf", "trap '' TERM; while true; do sleep 0.1; done"));
        while (polite.logs().isEmpty()) {
            Thread.onSpinWait();
        }
        polite.stop(SOON);
        assertThat(polite.waitForExit(SOON)).isZero();
        assertThat(polite.logs()).extracting(LogLine::text).containsExactly("ready", "bye");
        deaf.stop(Duration.ZERO);
        assertThat(deaf.waitForExit(SOON)).isEqualTo(137);
    }

    @Test
    void labels_and_annotations_come_back() {
        RunningContainer web =
                pod.start(shell("web", "true").label("tier", "front").annotation("a", "b"));
        assertThat(pod.status().namespace()).isEqualTo("test");
        assertThat(pod.status().labels()).containsEntry("app", "web");
        assertThat(pod.status().annotations()).containsEntry("note", "text");
        assertThat(web.status().labels()).containsEntry("tier", "front");
        assertThat(web.status().annotations()).containsEntry("a", "b");
        assertThat(cri.containers().list())
                .filteredOn(container -> container.id().equals(web.id()))
                .extracting(ContainerSummary::podId, ContainerSummary::image)
                .hasSize(1)
                .first()
                .extracting(tuple -> tuple.toList().get(0))
                .isEqualTo(pod.id());
    }

    @Test
    void a_pod_can_use_the_network_of_the_machine() {
        try (RunningPod host = cri.pods().run(PodSpec.named("host").hostNetwork())) {
            assertThat(host.ip()).isEqualTo("127.0.0.1");
            assertThat(host.status().ips()).isEmpty();
            RunningContainer fetch =
                    host.start(shell("fetch", "wget -q -O - " + registry.uri() + "/v2/ && echo reached"));
            assertThat(fetch.waitForExit(SOON)).as(fetch.logs().toString()).isZero();
        }
    }

    @Test
    void a_name_server_of_ones_own_is_used() {
        RunningContainer box = pod.start(shell("box", "cat /etc/resolv.conf"));
        assertThat(box.waitForExit(SOON)).isZero();
        assertThat(box.logs())
                .extracting(LogLine::text)
                .containsExactlyInAnyOrder("search test.example", "nameserver 10.1.2.3", "options ndots:2");
    }
}
