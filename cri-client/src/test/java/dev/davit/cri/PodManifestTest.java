package dev.davit.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.oci.MalformedContentException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a pod of Kubernetes. */
@Timeout(60)
class PodManifestTest {
    private static final String SMALL =
            "{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [{name: web, image: a:1%s}]%s}}";

    private static PodManifest parse(String yaml) {
        return PodManifest.parse("pod.yaml", yaml.getBytes(StandardCharsets.UTF_8), Path.of("/volumes"));
    }

    private static ContainerSpec container(String more) {
        PodManifest manifest = parse(SMALL.formatted(", " + more, ""));
        assertThat(manifest.leftOut()).isEmpty();
        return manifest.containers().get(0);
    }

    private static PodSpec pod(String more) {
        PodManifest manifest = parse(SMALL.formatted("", ", " + more));
        assertThat(manifest.leftOut()).isEmpty();
        return manifest.pod();
    }

    private static ContainerSpec plain() {
        return ContainerSpec.of("web", "a:1");
    }

    @Test
    void the_smallest_one_is_what_a_builder_makes() {
        PodManifest manifest = parse(SMALL.formatted("", ""));
        assertThat(manifest.pod()).isEqualTo(PodSpec.named("web"));
        assertThat(manifest.containers()).containsExactly(plain());
        assertThat(manifest.initContainers()).isEmpty();
        assertThat(manifest.leftOut()).isEmpty();
        assertThat(manifest.terminationGracePeriod()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void a_whole_one_says_what_it_left_out() {
        PodManifest manifest = parse("""
                apiVersion: v1
                kind: Pod
                metadata:
                  name: shop
                  namespace: acme
                  labels: {app: shop}
                  annotations: {acme.example/team: blue}
                  ownerReferences: []
                spec:
                  restartPolicy: Always
                  nodeSelector: {disk: ssd}
                  hostAliases: [{ip: 10.0.0.1, hostnames: [db]}]
                  terminationGracePeriodSeconds: 5
                  dnsPolicy: ClusterFirst
                  initContainers:
                  - name: prepare
                    image: example.org/tools:2
                    command: [sh, -c]
                    args: ["touch /data/$(FILE)"]
                    env: [{name: FILE, value: ready}]
                    volumeMounts: [{name: data, mountPath: /data}]
                  containers:
                  - name: web
                    image: example.org/shop:1
                    imagePullPolicy: Always
                    env:
                    - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
                    - {name: KEY, valueFrom: {secretKeyRef: {name: s, key: k}}}
                    livenessProbe: {httpGet: {path: /, port: 80}}
                    ports: [{containerPort: 80, hostPort: 8080, hostIP: 127.0.0.1, name: http}]
                    volumeMounts:
                    - {name: data, mountPath: /data, subPath: a/b, readOnly: true}
                    - {name: host, mountPath: /host, mountPropagation: HostToContainer}
                    - {name: settings, mountPath: /etc/shop}
                  volumes:
                  - {name: data, emptyDir: {medium: Memory}}
                  - {name: host, hostPath: {path: /srv, type: Directory}}
                  - {name: settings, configMap: {name: shop}}
                """);
        assertThat(manifest.leftOut())
                .containsExactlyInAnyOrder(
                        "metadata.ownerReferences",
                        "spec.restartPolicy",
                        "spec.nodeSelector",
                        "spec.hostAliases",
                        "spec.dnsPolicy",
                        "spec.containers[0].imagePullPolicy",
                        "spec.containers[0].env[1].valueFrom",
                        "spec.containers[0].livenessProbe",
                        "spec.containers[0].volumeMounts[2].name",
                        "spec.volumes[0].emptyDir.medium",
                        "spec.volumes[1].hostPath.type",
                        "spec.volumes[2].configMap");
        assertThat(manifest.pod())
                .isEqualTo(PodSpec.named("shop")
                        .namespace("acme")
                        .label("app", "shop")
                        .annotation("acme.example/team", "blue")
                        .port(new PortMapping(PortMapping.Protocol.TCP, "127.0.0.1", 8080, 80)));
        assertThat(manifest.initContainers())
                .containsExactly(ContainerSpec.of("prepare", "example.org/tools:2")
                        .env("FILE", "ready")
                        .command("sh", "-c")
                        .args("touch /data/ready")
                        .mount(Mount.of(Path.of("/volumes/data"), "/data")));
        assertThat(manifest.containers())
                .containsExactly(ContainerSpec.of("web", "example.org/shop:1")
                        .env("POD", "shop")
                        .mount(Mount.of(Path.of("/volumes/data/a/b"), "/data").readOnly())
                        .mount(Mount.of(Path.of("/srv"), "/host").propagation(Mount.Propagation.HOST_TO_CONTAINER)));
        assertThat(manifest.terminationGracePeriod()).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void the_network_and_the_processes_may_be_those_of_the_node() {
        assertThat(pod("hostNetwork: true, hostPID: true, hostIPC: true, hostname: h, runtimeClassName: kata"))
                .isEqualTo(PodSpec.named("web")
                        .hostname("h")
                        .runtimeHandler("kata")
                        .hostNetwork()
                        .hostPid()
                        .hostIpc());
        assertThat(pod("shareProcessNamespace: true"))
                .isEqualTo(PodSpec.named("web").sharedPid());
        assertThat(pod("dnsPolicy: None, dnsConfig: {nameservers: [10.0.0.1], searches: [a.example],"
                        + " options: [{name: ndots, value: '2'}, {name: edns0}]}"))
                .isEqualTo(PodSpec.named("web")
                        .dnsServers("10.0.0.1")
                        .dnsSearches("a.example")
                        .dnsOptions("ndots:2", "edns0"));
        assertThat(pod("securityContext: {sysctls: [{name: kernel.shm_rmid_forced, value: '1'}]}"))
                .isEqualTo(PodSpec.named("web").sysctl("kernel.shm_rmid_forced", "1"));
    }

    @Test
    void a_container_has_the_security_context_of_its_pod_unless_it_has_its_own() {
        PodManifest manifest = parse(SMALL.formatted(
                ", securityContext: {runAsUser: 7, readOnlyRootFilesystem: true, allowPrivilegeEscalation: false,"
                        + " capabilities: {add: [NET_ADMIN], drop: [ALL]}}",
                ", securityContext: {runAsUser: 5, runAsGroup: 6, runAsNonRoot: true, supplementalGroups: [8],"
                        + " fsGroup: 9, seccompProfile: {type: Unconfined}}"));
        assertThat(manifest.leftOut()).isEmpty();
        assertThat(manifest.containers())
                .containsExactly(plain().user(7, 6)
                        .supplementalGroups(8, 9)
                        .seccompUnconfined()
                        .readOnlyRoot()
                        .noNewPrivileges()
                        .addCapabilities("NET_ADMIN")
                        .dropCapabilities("ALL"));
    }

    @Test
    void a_privileged_container_takes_a_pod_that_allows_it() {
        PodManifest manifest = parse(SMALL.formatted(", securityContext: {privileged: true}", ""));
        assertThat(manifest.containers()).containsExactly(plain().privileged());
        assertThat(manifest.pod()).isEqualTo(PodSpec.named("web").privileged());
    }

    @Test
    void limits_and_requests_become_those_of_control_groups() {
        assertThat(container("resources: {limits: {cpu: 500m, memory: 128Mi}, requests: {cpu: '0.25'}}"))
                .isEqualTo(plain().resources(
                                Resources.none().cpuLimit(0.5).cpuShares(256).memoryLimit(128L << 20)));
        assertThat(container("resources: {limits: {cpu: 2}}"))
                .isEqualTo(plain().resources(Resources.none().cpuLimit(2).cpuShares(2048)));
    }

    @ParameterizedTest
    @CsvSource({"1,1", "1k,1000", "1Ki,1024", "1.5Gi,1610612736", "1e3,1000", "100m,1", "0,0", ".5M,500000"})
    void amounts_have_units(String text, long bytes) {
        assertThat(Quantity.whole(text)).hasValue(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "-1", "1x", "1 Mi", "Mi", "1e999", "99999999999999999999", "9EE", "9999999999999999999E"})
    void what_is_no_amount_is_refused(String text) {
        assertThat(Quantity.whole(text)).isEmpty();
    }

    @Test
    void variables_are_those_before() {
        ContainerSpec spec = container("env: [{name: A, value: x}, {name: B, value: $(A)y$(C)}, {name: C, value: z}],"
                + " command: [echo, $(B), $$(A), $(D), $A]");
        assertThat(spec)
                .isEqualTo(plain().env("A", "x")
                        .env("B", "xy$(C)")
                        .env("C", "z")
                        .command("echo", "xy$(C)", "$(A)", "$(D)", "$A"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[] | pod.yaml: expected keys and values, got a list",
                "{kind: Pod} | pod.yaml: apiVersion: expected text, got nothing",
                "{apiVersion: v1, kind: Service} | pod.yaml: expected apiVersion v1 and kind Pod",
                "{apiVersion: v1, kind: Pod, kind: Pod} | pod.yaml: line 1: found duplicate key kind",
                "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {}}"
                        + " | pod.yaml: spec.containers: expected at least one, got none",
                "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, image: b, args: [1]}]}}"
                        + " | pod.yaml: spec.containers[0].args[0]: expected text (in quotes if it looks like something"
                        + " else), got a number",
                "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {volumes: [{name: v, emptyDir: {}}], containers:"
                        + " [{name: a, image: b, volumeMounts: [{name: v, mountPath: /v, subPath: ../x}]}]}}"
                        + " | pod.yaml: spec.containers[0].volumeMounts[0].subPath: expected a path below the volume,"
                        + " without ..",
                "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {volumes: [{name: .., emptyDir: {}}]}}"
                        + " | pod.yaml: volume name: expected letters, digits, dots and dashes, got \"..\"",
                "!!java.net.URL [x] | pod.yaml: line 1: Global tag is not allowed:" + " tag:yaml.org,2002:java.net.URL",
            })
    void what_is_none_is_refused_with_its_place(String yaml, String message) {
        assertThatThrownBy(() -> parse(yaml))
                .isInstanceOf(MalformedContentException.class)
                .hasMessage(message);
    }

    @Test
    void hostile_documents_are_refused() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
        for (int i = 1; i < 30; i++) {
            bomb.append("a" + i + ": &a" + i + " [" + ("*a" + (i - 1) + ", ").repeat(9) + "]\n");
        }
        for (String hostile : new String[] {
            bomb.toString(),
            "[".repeat(10_000),
            "a: &a [*a]",
            "# " + "x".repeat(1 << 20),
            "{? &k {a: *k} : 1}",
            "\0",
            "a: 'b"
        }) {
            assertThatThrownBy(() -> parse(hostile)).isInstanceOf(MalformedContentException.class);
        }
    }
}
