package dev.davit.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.davit.cri.raw.ContainerConfig;
import dev.davit.cri.raw.NamespaceMode;
import dev.davit.cri.raw.PodSandboxConfig;
import dev.davit.cri.raw.PortMapping;
import dev.davit.cri.raw.Protocol;
import dev.davit.cri.raw.SecurityProfile.ProfileType;
import dev.davit.oci.MalformedContentException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigJsonTest {
    private static PodSandboxConfig pod(String json) {
        return PodSpec.ofJson(json).completed("uid-1", "/parent").getConfig();
    }

    private static ContainerConfig container(String json) {
        return ContainerSpec.ofJson(json).completed(pod("{'metadata': {'name': 'pod'}}".replace('\'', '"')));
    }

    @Test
    void a_pod_is_what_the_file_says() {
        PodSandboxConfig config = pod("""
                {
                  "metadata": {"name": "web", "namespace": "shop", "uid": "abc", "attempt": 4294967295},
                  "hostname": "web-1",
                  "log_directory": "/var/log/pods/web",
                  "dns_config": {"servers": ["10.0.0.2", "10.0.0.3"]},
                  "port_mappings": [{"protocol": 1, "container_port": 53, "host_port": 5353}, {"container_port": 80}],
                  "labels": {"app": "web", "tier": ""},
                  "linux": {
                    "cgroup_parent": "/shop",
                    "sysctls": {"net.ipv4.ip_forward": "1"},
                    "security_context": {
                      "namespace_options": {"network": 2, "pid": "CONTAINER"},
                      "run_as_user": {"value": 0},
                      "seccomp": {"profile_type": 1},
                      "privileged": true,
                      "supplemental_groups": [7, 8]
                    }
                  },
                  "windows": null
                }
                """);
        assertThat(config.getMetadata().getNamespace()).isEqualTo("shop");
        assertThat(config.getMetadata().getUid()).isEqualTo("abc");
        assertThat(Integer.toUnsignedLong(config.getMetadata().getAttempt())).isEqualTo(4294967295L);
        assertThat(config.getLogDirectory()).isEqualTo("/var/log/pods/web");
        assertThat(config.getDnsConfig().getServersList()).containsExactly("10.0.0.2", "10.0.0.3");
        assertThat(config.getPortMappingsList())
                .extracting(PortMapping::getProtocol)
                .containsExactly(Protocol.UDP, Protocol.TCP);
        assertThat(config.getLabelsMap()).containsOnlyKeys("app", "tier").containsEntry("app", "web");
        assertThat(config.getLinux().getCgroupParent()).isEqualTo("/shop");
        assertThat(config.getLinux().getSysctlsMap()).containsEntry("net.ipv4.ip_forward", "1");
        var security = config.getLinux().getSecurityContext();
        assertThat(security.getNamespaceOptions().getNetwork()).isEqualTo(NamespaceMode.NODE);
        assertThat(security.getNamespaceOptions().getPid()).isEqualTo(NamespaceMode.CONTAINER);
        assertThat(security.hasRunAsUser()).isTrue();
        assertThat(security.getSeccomp().getProfileType()).isEqualTo(ProfileType.Unconfined);
        assertThat(security.getPrivileged()).isTrue();
        assertThat(security.getSupplementalGroupsList()).containsExactly(7L, 8L);
        assertThat(config.hasWindows()).isFalse();
    }

    @Test
    void of_what_a_pod_needs_only_the_name_must_be_said() {
        PodSandboxConfig config = pod("{\"metadata\": {\"name\": \"web\"}}");
        assertThat(config.getMetadata().getNamespace()).isEqualTo("default");
        assertThat(config.getMetadata().getUid()).isEqualTo("uid-1");
        assertThat(config.getHostname()).isEqualTo("web");
        assertThat(config.getLinux().hasSecurityContext()).isFalse();
    }

    @Test
    void a_container_is_what_the_file_says() {
        ContainerConfig config = container("""
                {
                  "metadata": {"name": "web"},
                  "image": {"image": "busybox:1"},
                  "command": ["top"],
                  "envs": [{"key": "NAME", "value": "\u00e4"}],
                  "mounts": [{"container_path": "/data", "host_path": "/srv/data", "readonly": true, "propagation": 1}],
                  "log_path": "web/0.log",
                  "stdin": true,
                  "linux": {"resources": {"memory_limit_in_bytes": 8589934592, "unified": {"memory.high": "max"}}}
                }
                """);
        assertThat(config.getImage().getImage()).isEqualTo("busybox:1");
        assertThat(config.getCommandList()).containsExactly("top");
        assertThat(config.getEnvs(0).getValue()).isEqualTo(ByteString.copyFromUtf8("ä"));
        assertThat(config.getMounts(0).getHostPath()).isEqualTo("/srv/data");
        assertThat(config.getMounts(0).getPropagationValue()).isEqualTo(1);
        assertThat(config.getLogPath()).isEqualTo("web/0.log");
        assertThat(config.getStdin()).isTrue();
        assertThat(config.getLinux().getResources().getMemoryLimitInBytes()).isEqualTo(8L << 30);
        assertThat(config.getLinux().getResources().getUnifiedMap()).containsEntry("memory.high", "max");
    }

    @Test
    void a_container_without_a_name_for_its_log_gets_one() {
        assertThat(container("{\"metadata\": {\"name\": \"web\"}, \"image\": {\"image\": \"i\"}}")
                        .getLogPath())
                .isEqualTo("web.log");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "[]                                                    | at /",
                "{'metadata': {}}                                      | pod name: expected letters",
                "{'metadata': {'name': 'a', 'namespace': 'b/c'}}       | namespace name: expected letters",
                "{'metadata': {'name': 7}}                             | at /metadata/name",
                "{'metadata': {'name': 'a', 'attempt': -1}}            | at /metadata/attempt",
                "{'metadata': {'name': 'a'}, 'hostnam': 'b'}           | expected a field of PodSandboxConfig",
                "{'metadata': {'name': 'a'}, 'Hostname': 'b'}          | expected the member \"hostname\"",
                "{'metadata': {'name': 'a'}, 'dns_config': {'x': 1}}   | at /dns_config/x",
                "{'port_mappings': [{'protocol': 'tcp'}]}              | expected one of [TCP (0), UDP (1), SCTP (2)]",
                "{'port_mappings': [{'protocol': 9}]}                  | expected one of [TCP (0), UDP (1), SCTP (2)]",
                "{'port_mappings': [{'host_port': 3000000000}]}        | expected a number from -2147483648 to 2147483647",
                "{'labels': {'a': 1}}                                  | at /labels/a",
                "{'linux': {'security_context': {'privileged': 'y'}}}  | expected true or false",
            })
    void what_is_wrong_is_said_with_its_place(String json, String message) {
        assertThatThrownBy(() -> PodSpec.ofJson(json.replace('\'', '"')))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageStartingWith("pod configuration")
                .hasMessageContaining(message);
    }

    @Test
    void values_stay_out_of_messages() {
        assertThatThrownBy(() -> ContainerSpec.ofJson("{\"envs\": [{\"key\": \"A\", \"value\": [\"s3cret\"]}]}"))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("at /envs/0/value")
                .hasMessageNotContaining("s3cret");
        assertThatThrownBy(() -> ContainerSpec.ofJson("{\"metadata\": {\"name\": \"a\"}}"))
                .isInstanceOf(MalformedContentException.class)
                .hasMessageContaining("image: expected a reference");
    }
}
