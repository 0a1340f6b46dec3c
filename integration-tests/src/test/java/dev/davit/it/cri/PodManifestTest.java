package dev.davit.it.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.cri.CriException;
import dev.davit.cri.LogLine;
import dev.davit.cri.PodManifest;
import dev.davit.cri.RunningContainer;
import dev.davit.cri.RunningPod;
import dev.davit.it.Parts;
import dev.davit.oci.DavitException;
import dev.davit.oci.content.LocalStore;
import dev.davit.testkit.ContainerdExtension;
import dev.davit.testkit.ContainerdInstance;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Pods of Kubernetes on a real runtime. */
@Timeout(90)
class PodManifestTest {
    @RegisterExtension
    static final ContainerdExtension CRI =
            ContainerdExtension.create(ContainerdInstance.builder().programs(Parts.containerd("2.1")));

    @TempDir
    private Path folder;

    @BeforeAll
    static void load() {
        CRI.client().containerd().load(Busybox.build(LocalStore.inMemory(64 << 20)), "example.org/busybox:1");
    }

    private PodManifest parse(String init, String subPath) {
        String yaml = """
                apiVersion: v1
                kind: Pod
                metadata: {name: shop}
                spec:
                  hostNetwork: true
                  securityContext: {runAsUser: 1000}
                  initContainers:
                  - {name: first, image: 'example.org/busybox:1', args: ['%s'], volumeMounts: [{name: v, mountPath: /v}]}
                  containers:
                  - name: web
                    image: example.org/busybox:1
                    args: ['cat /v/$(NAME); id']
                    env: [{name: NAME, value: made}]
                    volumeMounts: [{name: v, mountPath: /v, readOnly: true, subPath: '%s'}]
                  volumes: [{name: v, emptyDir: {}}]
                """.formatted(init, subPath);
        return PodManifest.parse("pod.yaml", yaml.getBytes(StandardCharsets.UTF_8), folder.resolve("volumes"));
    }

    @Test
    void init_containers_come_first_and_share_volumes() {
        PodManifest manifest = parse("/bin/busybox mkdir /v/sub; echo done > /v/sub/made", "sub");
        assertThat(manifest.leftOut()).isEmpty();
        try (RunningPod pod = manifest.run(CRI.client())) {
            RunningContainer web = pod.containers().get(1);
            assertThat(web.waitForExit(Duration.ofSeconds(20))).isZero();
            assertThat(web.logs()).extracting(LogLine::text).first().isEqualTo("done");
            assertThat(web.logs().get(1).text()).startsWith("uid=1000(user)");
        }
    }

    @Test
    void an_init_container_that_fails_ends_the_pod() {
        assertThatThrownBy(() -> parse("exit 3", "").run(CRI.client()))
                .isInstanceOf(DavitException.class)
                .hasMessage("init container first ended with exit code 3");
        assertThat(CRI.client().pods().list()).isEmpty();
    }

    @Test
    void an_init_container_that_does_not_end_ends_the_pod() {
        PodManifest manifest = parse("trap exit TERM; sleep 1000 & wait", "");
        assertThatThrownBy(() -> manifest.run(CRI.client(), Duration.ofMillis(300)))
                .isInstanceOfSatisfying(
                        CriException.class, e -> assertThat(e.code()).isEqualTo(CriException.Code.DEADLINE_EXCEEDED))
                .hasMessage("container first has not ended within 300 ms");
        assertThat(CRI.client().pods().list()).isEmpty();
    }

    @Test
    void a_part_of_a_volume_that_became_a_link_is_not_mounted() {
        assertThatThrownBy(() -> parse("/bin/busybox ln -s / /v/sub", "sub/etc").run(CRI.client()))
                .isInstanceOf(DavitException.class)
                .hasMessageEndingWith("volumes/v/sub: it is a link in a volume");
        assertThat(CRI.client().pods().list()).isEmpty();
    }
}
