package dev.davit.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.cri.raw.LinuxSandboxSecurityContext;
import dev.davit.cri.raw.NamespaceMode;
import dev.davit.cri.raw.PodSandboxConfig;
import dev.davit.cri.raw.RunPodSandboxRequest;
import dev.davit.cri.raw.SecurityProfile.ProfileType;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PodSpecTest {
    private static RunPodSandboxRequest request(PodSpec spec) {
        return spec.completed("uid-1", "");
    }

    private static PodSandboxConfig config(PodSpec spec) {
        return request(spec).getConfig();
    }

    private static LinuxSandboxSecurityContext security(PodSpec spec) {
        return config(spec).getLinux().getSecurityContext();
    }

    @Test
    void a_name_is_enough() {
        PodSandboxConfig config = config(PodSpec.named("greeter"));
        assertThat(config.getMetadata().getName()).isEqualTo("greeter");
        assertThat(config.getMetadata().getNamespace()).isEqualTo("default");
        assertThat(config.getMetadata().getUid()).isEqualTo("uid-1");
        assertThat(config.getHostname()).isEqualTo("greeter");
        assertThat(config.hasDnsConfig()).isFalse();
        assertThat(config.getPortMappingsList()).isEmpty();
    }

    @Test
    void has_a_network_and_processes_of_its_own_and_the_default_seccomp_profile() {
        LinuxSandboxSecurityContext security = security(PodSpec.named("greeter"));
        assertThat(security.getNamespaceOptions().getNetwork()).isEqualTo(NamespaceMode.POD);
        assertThat(security.getNamespaceOptions().getPid()).isEqualTo(NamespaceMode.CONTAINER);
        assertThat(security.getNamespaceOptions().getIpc()).isEqualTo(NamespaceMode.POD);
        assertThat(security.getSeccomp().getProfileType()).isEqualTo(ProfileType.RuntimeDefault);
        assertThat(security.getPrivileged()).isFalse();
        assertThat(security.hasRunAsUser()).isFalse();
    }

    @Test
    void says_everything_it_was_told() {
        RunPodSandboxRequest request = request(PodSpec.named("greeter")
                .namespace("test")
                .uid("my-uid")
                .attempt(2)
                .hostname("host")
                .logDirectory(Path.of("/var/log/pods/greeter"))
                .label("app", "greeter")
                .annotation("note", "text")
                .port(8080, 80)
                .dnsServers("10.0.0.2", "10.0.0.3")
                .dnsSearches("example.org")
                .dnsOptions("ndots:2")
                .runtimeHandler("kata")
                .cgroupParent("/tests")
                .sysctl("net.ipv4.ip_unprivileged_port_start", "0")
                .privileged()
                .user(1000, 2000)
                .seccompUnconfined());
        PodSandboxConfig config = request.getConfig();
        assertThat(request.getRuntimeHandler()).isEqualTo("kata");
        assertThat(config.getMetadata().getNamespace()).isEqualTo("test");
        assertThat(config.getMetadata().getUid()).isEqualTo("my-uid");
        assertThat(config.getMetadata().getAttempt()).isEqualTo(2);
        assertThat(config.getHostname()).isEqualTo("host");
        assertThat(config.getLogDirectory()).isEqualTo("/var/log/pods/greeter");
        assertThat(config.getLabelsMap()).containsEntry("app", "greeter");
        assertThat(config.getAnnotationsMap()).containsEntry("note", "text");
        assertThat(config.getPortMappings(0).getHostPort()).isEqualTo(8080);
        assertThat(config.getPortMappings(0).getContainerPort()).isEqualTo(80);
        assertThat(config.getDnsConfig().getServersList()).containsExactly("10.0.0.2", "10.0.0.3");
        assertThat(config.getDnsConfig().getSearchesList()).containsExactly("example.org");
        assertThat(config.getDnsConfig().getOptionsList()).containsExactly("ndots:2");
        assertThat(config.getLinux().getCgroupParent()).isEqualTo("/tests");
        assertThat(config.getLinux().getSysctlsMap()).hasSize(1);
        LinuxSandboxSecurityContext security = config.getLinux().getSecurityContext();
        assertThat(security.getPrivileged()).isTrue();
        assertThat(security.getRunAsUser().getValue()).isEqualTo(1000);
        assertThat(security.getRunAsGroup().getValue()).isEqualTo(2000);
        assertThat(security.getSeccomp().getProfileType()).isEqualTo(ProfileType.Unconfined);
    }

    @Test
    void a_pod_on_the_network_of_the_node_has_its_host_name() {
        PodSpec spec = PodSpec.named("greeter").hostname("ignored").hostNetwork();
        assertThat(config(spec).getHostname()).isEmpty();
        assertThat(security(spec).getNamespaceOptions().getNetwork()).isEqualTo(NamespaceMode.NODE);
    }

    @Test
    void shares_namespaces_when_told_so() {
        assertThat(security(PodSpec.named("p").hostPid()).getNamespaceOptions().getPid())
                .isEqualTo(NamespaceMode.NODE);
        assertThat(security(PodSpec.named("p").sharedPid())
                        .getNamespaceOptions()
                        .getPid())
                .isEqualTo(NamespaceMode.POD);
        assertThat(security(PodSpec.named("p").hostIpc()).getNamespaceOptions().getIpc())
                .isEqualTo(NamespaceMode.NODE);
    }

    @Test
    void goes_below_the_control_group_of_the_client_unless_it_names_one() {
        assertThat(PodSpec.named("p")
                        .completed("u", "/all")
                        .getConfig()
                        .getLinux()
                        .getCgroupParent())
                .isEqualTo("/all");
        assertThat(PodSpec.named("p")
                        .cgroupParent("/mine")
                        .completed("u", "/all")
                        .getConfig()
                        .getLinux()
                        .getCgroupParent())
                .isEqualTo("/mine");
    }

    @Test
    void never_changes() {
        PodSpec spec = PodSpec.named("greeter");
        PodSpec other = spec.label("a", "b");
        assertThat(spec).isEqualTo(PodSpec.named("greeter")).isNotEqualTo(other);
        assertThat(config(spec).getLabelsMap()).isEmpty();
        assertThat(spec.namespace("x")).hasToString("pod x/greeter");
    }

    @Test
    void cuts_a_long_name_to_a_host_name() {
        String name = "x".repeat(62) + "-" + "y".repeat(20);
        assertThat(config(PodSpec.named(name)).getHostname()).isEqualTo("x".repeat(62));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "../up", "a/b", "-a", "a-", "a\n", "ä"})
    void refuses_names_that_are_none(String name) {
        assertThatThrownBy(() -> PodSpec.named(name)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PodSpec.named("p").namespace(name)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ContainerSpec.of(name, "image")).isInstanceOf(IllegalArgumentException.class);
    }
}
