package dev.davit.it.cri.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.cri.CgroupDriver;
import dev.davit.cri.CriException;
import dev.davit.cri.RuntimeStatus;
import dev.davit.cri.RuntimeVersion;
import org.junit.jupiter.api.Test;

/** What runtimes say of themselves, which each version does a little more. */
@OnEachVersion
class RuntimeTest extends Scenario {
    @Test
    void says_its_version() {
        RuntimeVersion runtime = cri.runtime().version();
        assertThat(runtime.name()).isEqualTo("containerd");
        assertThat(runtime.version()).startsWith(version + ".");
        assertThat(runtime.apiVersion()).isEqualTo("v1");
    }

    @Test
    void says_whether_it_is_ready() {
        RuntimeStatus status = cri.runtime().status();
        assertThat(status.isRuntimeReady()).isTrue();
        assertThat(status.isNetworkReady()).isTrue();
        assertThat(status.conditions())
                .extracting(RuntimeStatus.Condition::type)
                .contains("RuntimeReady", "NetworkReady");
        assertThat(cri.runtime().info()).containsKey("config");
    }

    @Test
    void says_what_it_can_do_since_2_0() {
        RuntimeStatus status = cri.runtime().status();
        assertThat(status.features().contains(RuntimeStatus.Feature.SUPPLEMENTAL_GROUPS_POLICY))
                .isEqualTo(since("2.0"));
        assertThat(status.handlers().stream().map(RuntimeStatus.Handler::name))
                .containsExactlyInAnyOrder(since("2.0") ? new String[] {"", "runc"} : new String[] {});
    }

    @Test
    void says_how_it_makes_control_groups_since_2_0() {
        if (since("2.0")) {
            assertThat(cri.runtime().cgroupDriver()).hasValue(CgroupDriver.CGROUPFS);
        } else {
            assertThat(cri.runtime().cgroupDriver()).isEmpty();
        }
    }

    @Test
    void has_no_metrics_before_2_2_and_says_so() {
        assertThatThrownBy(() -> cri.stats().metrics())
                .isInstanceOfSatisfying(
                        CriException.class, e -> assertThat(e.code()).isEqualTo(CriException.Code.UNIMPLEMENTED))
                .hasMessageStartingWith("cannot ask for metrics: this runtime does not know how");
        assertThatThrownBy(() -> cri.stats().metricDescriptors()).isInstanceOf(CriException.class);
    }

    @Test
    void takes_addresses_for_pods() {
        cri.runtime().updatePodCidr("10.9.8.0/24");
        assertThat(cri.runtime().status().isNetworkReady()).isTrue();
    }

    @Test
    void says_where_images_are() {
        assertThat(cri.images().fileSystems().images())
                .allSatisfy(usage -> assertThat(usage.toString()).contains("io.containerd.snapshotter.v1.overlayfs"))
                .isNotEmpty();
    }
}
