package dev.davit.cri;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.cri.raw.ContainerConfig;
import dev.davit.cri.raw.LinuxContainerResources;
import dev.davit.cri.raw.LinuxContainerSecurityContext;
import dev.davit.cri.raw.NamespaceMode;
import dev.davit.cri.raw.PodSandboxConfig;
import dev.davit.cri.raw.SecurityProfile.ProfileType;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ContainerSpecTest {
    private static final PodSandboxConfig POD =
            PodSpec.named("pod").completed("uid", "").getConfig();

    private static ContainerConfig config(ContainerSpec spec) {
        return spec.completed(POD);
    }

    private static LinuxContainerSecurityContext security(ContainerSpec spec) {
        return config(spec).getLinux().getSecurityContext();
    }

    @Test
    void a_name_and_an_image_are_enough() {
        ContainerConfig config = config(ContainerSpec.of("web", "registry.example/web:1"));
        assertThat(config.getMetadata().getName()).isEqualTo("web");
        assertThat(config.getImage().getImage()).isEqualTo("registry.example/web:1");
        assertThat(config.getLogPath()).isEqualTo("web.log");
        assertThat(config.getCommandList()).isEmpty();
        assertThat(config.getArgsList()).isEmpty();
        assertThat(config.getLinux().hasResources()).isFalse();
    }

    @Test
    void hides_what_kubernetes_hides_and_filters_system_calls() {
        LinuxContainerSecurityContext security = security(ContainerSpec.of("web", "image"));
        assertThat(security.getMaskedPathsList()).contains("/proc/kcore", "/sys/firmware");
        assertThat(security.getReadonlyPathsList()).contains("/proc/sys");
        assertThat(security.getSeccomp().getProfileType()).isEqualTo(ProfileType.RuntimeDefault);
        assertThat(security.getPrivileged()).isFalse();
    }

    @Test
    void says_everything_it_was_told() {
        ContainerConfig config = config(ContainerSpec.of("web", "image")
                .attempt(3)
                .command("/bin/sh", "-c")
                .args("true")
                .env("A", "1")
                .env("B", "ä")
                .workingDir("/srv")
                .mount(Path.of("/data"), "/mnt/data")
                .readOnlyMount(Path.of("/etc/ssl"), "/etc/ssl")
                .tty()
                .stdin()
                .memoryLimit(64 << 20)
                .cpuLimit(0.5)
                .cpuShares(512)
                .label("l", "1")
                .annotation("a", "2"));
        assertThat(config.getMetadata().getAttempt()).isEqualTo(3);
        assertThat(config.getLogPath()).isEqualTo("web_3.log");
        assertThat(config.getCommandList()).containsExactly("/bin/sh", "-c");
        assertThat(config.getArgsList()).containsExactly("true");
        assertThat(config.getEnvsList())
                .extracting(variable ->
                        variable.getKey() + "=" + variable.getValue().toStringUtf8())
                .containsExactly("A=1", "B=ä");
        assertThat(config.getWorkingDir()).isEqualTo("/srv");
        assertThat(config.getMounts(0).getHostPath()).isEqualTo("/data");
        assertThat(config.getMounts(0).getContainerPath()).isEqualTo("/mnt/data");
        assertThat(config.getMounts(0).getReadonly()).isFalse();
        assertThat(config.getMounts(1).getReadonly()).isTrue();
        assertThat(config.getTty()).isTrue();
        assertThat(config.getStdin()).isTrue();
        LinuxContainerResources resources = config.getLinux().getResources();
        assertThat(resources.getMemoryLimitInBytes()).isEqualTo(64 << 20);
        assertThat(resources.getCpuQuota()).isEqualTo(50_000);
        assertThat(resources.getCpuPeriod()).isEqualTo(100_000);
        assertThat(resources.getCpuShares()).isEqualTo(512);
        assertThat(config.getLabelsMap()).containsEntry("l", "1");
        assertThat(config.getAnnotationsMap()).containsEntry("a", "2");
    }

    @Test
    void a_privileged_container_sees_everything() {
        LinuxContainerSecurityContext security =
                security(ContainerSpec.of("web", "image").privileged());
        assertThat(security.getPrivileged()).isTrue();
        assertThat(security.getMaskedPathsList()).isEmpty();
        assertThat(security.getReadonlyPathsList()).isEmpty();
    }

    @Test
    void changes_rights() {
        LinuxContainerSecurityContext security = security(ContainerSpec.of("web", "image")
                .addCapabilities("NET_ADMIN")
                .dropCapabilities("MKNOD", "CHOWN")
                .readOnlyRoot()
                .noNewPrivileges()
                .seccompUnconfined());
        assertThat(security.getCapabilities().getAddCapabilitiesList()).containsExactly("NET_ADMIN");
        assertThat(security.getCapabilities().getDropCapabilitiesList()).containsExactly("MKNOD", "CHOWN");
        assertThat(security.getReadonlyRootfs()).isTrue();
        assertThat(security.getNoNewPrivs()).isTrue();
        assertThat(security.getSeccomp().getProfileType()).isEqualTo(ProfileType.Unconfined);
    }

    @Test
    void the_last_user_counts() {
        ContainerSpec spec = ContainerSpec.of("web", "image").user("nobody").user(1000, 2000);
        assertThat(security(spec).getRunAsUsername()).isEmpty();
        assertThat(security(spec).getRunAsUser().getValue()).isEqualTo(1000);
        assertThat(security(spec).getRunAsGroup().getValue()).isEqualTo(2000);
        assertThat(security(spec.user(7)).hasRunAsGroup()).isFalse();
        assertThat(security(spec.user("nobody")).hasRunAsUser()).isFalse();
        assertThat(security(spec.user("nobody")).getRunAsUsername()).isEqualTo("nobody");
    }

    @Test
    void shares_the_namespaces_of_its_pod() {
        PodSandboxConfig pod = PodSpec.named("pod")
                .hostNetwork()
                .sharedPid()
                .completed("uid", "")
                .getConfig();
        ContainerConfig config = ContainerSpec.of("web", "image").completed(pod);
        assertThat(config.getLinux().getSecurityContext().getNamespaceOptions().getNetwork())
                .isEqualTo(NamespaceMode.NODE);
        assertThat(config.getLinux().getSecurityContext().getNamespaceOptions().getPid())
                .isEqualTo(NamespaceMode.POD);
    }

    @Test
    void does_not_show_its_environment() {
        assertThat(ContainerSpec.of("web", "image").env("PASSWORD", "secret"))
                .hasToString("container web of image image");
    }

    @Test
    void never_changes() {
        ContainerSpec spec = ContainerSpec.of("web", "image");
        assertThat(spec.env("A", "1")).isNotEqualTo(spec);
        assertThat(spec).isEqualTo(ContainerSpec.of("web", "image"));
    }

    @Test
    void refuses_a_processor_limit_that_lets_nothing_run() {
        ContainerSpec spec = ContainerSpec.of("web", "image");
        assertThatThrownBy(() -> spec.cpuLimit(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> spec.cpuLimit(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThat(config(spec.cpuLimit(0.0001)).getLinux().getResources().getCpuQuota())
                .isEqualTo(1000);
    }
}
