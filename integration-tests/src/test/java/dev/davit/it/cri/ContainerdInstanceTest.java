package dev.davit.it.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.cri.ContainerSpec;
import dev.davit.cri.CriClient;
import dev.davit.cri.CriException;
import dev.davit.cri.PodSpec;
import dev.davit.cri.PodState;
import dev.davit.cri.RunningPod;
import dev.davit.it.Parts;
import dev.davit.testkit.ContainerdInstance;
import dev.davit.testkit.EmbeddedRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class ContainerdInstanceTest {
    @TempDir
    private Path folder;

    private static ContainerdInstance start(String version) {
        return ContainerdInstance.builder().programs(Parts.containerd(version)).start();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.6", "1.7", "2.1"})
    void leaves_nothing_even_if_pods_still_run(String version) throws IOException {
        ContainerdInstance node = start(version);
        Traces traces = Traces.of(node);
        try (EmbeddedRegistry registry = EmbeddedRegistry.start()) {
            String image = registry.address() + "/test/busybox:1";
            Busybox.push(image);
            node.client().images().pull(image);
            RunningPod pod = node.client().pods().run(PodSpec.named("forgotten"));
            pod.start(ContainerSpec.of("sleeper", image).args("sleep 1000"));
            traces.addNetworkOf(pod);
            assertThat(traces.find()).isNotEmpty();
        } finally {
            node.close();
        }
        assertThat(traces.find()).isEmpty();
        node.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.6", "1.7", "2.1"})
    void leaves_nothing_if_the_daemon_was_killed(String version) throws Exception {
        ContainerdInstance node = start(version);
        Traces traces = Traces.of(node);
        try {
            RunningPod pod = node.client().pods().run(PodSpec.named("forgotten"));
            traces.addNetworkOf(pod);
            ProcessHandle.current()
                    .children()
                    .filter(child -> traces.belongsTo(child.pid()))
                    .forEach(ProcessHandle::destroyForcibly);
            assertThatThrownBy(() -> node.client().pods().list())
                    .isInstanceOf(CriException.class)
                    .extracting(e -> ((CriException) e).code())
                    .isEqualTo(CriException.Code.UNAVAILABLE);
            assertThat(traces.find()).isNotEmpty();
        } finally {
            node.close();
        }
        assertThat(traces.find()).isEmpty();
    }

    @Test
    void leaves_nothing_if_the_jvm_ends_without_closing_it() throws Exception {
        Traces traces = inAnotherJvm("exit");
        assertThat(traces.find()).isEmpty();
    }

    @Test
    void the_next_one_removes_what_a_killed_jvm_has_left() throws Exception {
        Traces traces = inAnotherJvm("halt");
        assertThat(traces.find()).isNotEmpty();
        start("1.6").close();
        assertThat(traces.find()).isEmpty();
    }

    /** Runs {@link Forgetful} and returns the traces of the instance that it has started. */
    private Traces inAnotherJvm(String end) throws Exception {
        Path output = folder.resolve("output");
        Process jvm = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Forgetful.class.getName(),
                        Parts.containerd("1.6").toString(),
                        end)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(jvm.waitFor(60, TimeUnit.SECONDS)).isTrue();
        String endpoint = Files.readString(output)
                .lines()
                .filter(line -> line.startsWith("unix://"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no endpoint"));
        return Traces.of(endpoint);
    }

    /** Starts an instance with a pod, says where, and ends without closing it. */
    static final class Forgetful {
        private Forgetful() {}

        public static void main(String[] args) {
            ContainerdInstance node =
                    ContainerdInstance.builder().programs(Path.of(args[0])).start();
            node.client().pods().run(PodSpec.named("forgotten"));
            System.out.println(node.endpoint());
            if (args[1].equals("halt")) {
                Runtime.getRuntime().halt(1);
            }
            System.exit(0);
        }
    }

    @Test
    void several_run_side_by_side() {
        try (ContainerdInstance one = start("1.6")) {
            RunningPod a = one.client().pods().run(PodSpec.named("same"));
            try (ContainerdInstance two = start("2.1");
                    ContainerdInstance three = start("1.6")) {
                RunningPod b = two.client().pods().run(PodSpec.named("same"));
                RunningPod c = three.client().pods().run(PodSpec.named("same"));
                assertThat(List.of(a.ip(), b.ip(), c.ip())).doesNotHaveDuplicates();
                assertThat(three.client().pods().list()).hasSize(1);
            }
            assertThat(a.status().state()).isEqualTo(PodState.READY);
            one.client().pods().run(PodSpec.named("another"));
        }
    }

    @Test
    void takes_its_images_from_a_mirror() {
        try (EmbeddedRegistry registry = EmbeddedRegistry.start();
                ContainerdInstance node = ContainerdInstance.builder()
                        .programs(Parts.containerd("2.1"))
                        .mirror("registry.example", registry.uri())
                        .start()) {
            Busybox.push(registry.address() + "/test/busybox:1");
            assertThat(node.client()
                            .images()
                            .pull("registry.example/test/busybox:1")
                            .tags())
                    .containsExactly("registry.example/test/busybox:1");
        }
    }

    @Test
    void can_be_reached_by_clients_of_ones_own() {
        try (ContainerdInstance node = start("1.6");
                CriClient other = CriClient.connect(node.endpoint())) {
            assertThat(other.runtime().version())
                    .isEqualTo(node.client().runtime().version());
            assertThat(node.log()).contains("containerd successfully booted");
            assertThat(node).hasToString("containerd at " + node.endpoint());
        }
    }

    @Test
    void keeps_its_log_and_refuses_its_client_when_it_is_closed() {
        ContainerdInstance node = start("1.6");
        node.close();
        assertThat(node.log()).contains("containerd successfully booted");
        assertThatThrownBy(node::client).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void misses_nothing_where_everything_is_installed() {
        Parts.containerd("1.6");
        assertThat(ContainerdInstance.missingParts()).isEmpty();
    }

    @Test
    void says_why_a_daemon_did_not_come_up() throws IOException {
        Path programs = Parts.containerd("1.6");
        for (String name : new String[] {"ctr", "containerd-shim-runc-v2"}) {
            Files.createSymbolicLink(folder.resolve(name), programs.resolve(name));
        }
        Path fake = Files.writeString(
                folder.resolve("containerd"),
                "#!/bin/sh\n[ \"$1\" = --version ] && exec " + programs.resolve("containerd")
                        + " --version\necho level=fatal out of luck\nexit 1\n");
        Files.setPosixFilePermissions(fake, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThatThrownBy(() -> ContainerdInstance.builder().programs(folder).start())
                .isInstanceOf(CriException.class)
                .hasMessage(fake + " ended before it could answer; its log ends with: level=fatal out of luck")
                .hasNoSuppressedExceptions();
    }
}
