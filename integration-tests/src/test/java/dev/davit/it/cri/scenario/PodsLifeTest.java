package dev.davit.it.cri.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.cri.ContainerFilter;
import dev.davit.cri.ContainerState;
import dev.davit.cri.PodFilter;
import dev.davit.cri.PodSpec;
import dev.davit.cri.PodState;
import dev.davit.cri.PodStatus;
import dev.davit.cri.PodSummary;
import dev.davit.cri.RunningContainer;
import dev.davit.cri.RunningPod;
import dev.davit.oci.NotFoundException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The life of a pod. */
@OnOneVersion
class PodsLifeTest extends Scenario {
    @Test
    void runs_without_containers() {
        RunningPod pod = run(lean());
        assertThat(pod.status().state()).isEqualTo(PodState.READY);
        assertThat(states(pod)).containsExactly(PodState.READY);
    }

    @Test
    void is_stopped_with_its_containers() {
        RunningPod pod = run(PodSpec.named("ending"));
        assertThat(pod.status().ips()).isNotEmpty();
        RunningContainer box = pod.start(idle("box"));
        cri.pods().stop(pod.id());
        assertThat(pod.status().state()).isEqualTo(PodState.NOT_READY);
        assertThat(pod.status().ips()).isEmpty();
        assertThat(states(pod)).containsExactly(PodState.NOT_READY);
        assertThat(box.status().state()).isEqualTo(ContainerState.EXITED);
    }

    @Test
    void is_removed_with_its_containers_also_if_it_runs() {
        RunningPod pod = run(lean());
        RunningContainer box = pod.start(idle("box"));
        cri.pods().remove(pod.id());
        assertThatThrownBy(pod::status).isInstanceOf(NotFoundException.class);
        assertThatThrownBy(box::status).isInstanceOf(NotFoundException.class);
        assertThat(states(pod)).isEmpty();
        assertThat(cri.containers().list(ContainerFilter.all().pod(pod.id()))).isEmpty();
    }

    private List<PodState> states(RunningPod pod) {
        return cri.pods().list(PodFilter.all().id(pod.id())).stream()
                .map(PodSummary::state)
                .toList();
    }

    @Test
    void has_the_attributes_it_was_given() {
        Instant before = Instant.now().minusSeconds(1);
        RunningPod pod = run(lean().namespace("test")
                .uid("uid-1")
                .attempt(3)
                .label("app", "web")
                .annotation("note", "text"));
        PodStatus status = pod.status();
        assertThat(status.name()).isEqualTo("scenario");
        assertThat(status.namespace()).isEqualTo("test");
        assertThat(status.uid()).isEqualTo("uid-1");
        assertThat(status.attempt()).isEqualTo(3);
        assertThat(status.labels()).containsEntry("app", "web");
        assertThat(status.annotations()).containsEntry("note", "text");
        assertThat(status.createdAt()).isBetween(before, Instant.now());
        PodSummary listed = cri.pods().list(PodFilter.all().id(pod.id())).get(0);
        assertThat(listed.name()).isEqualTo(status.name());
        assertThat(listed.namespace()).isEqualTo(status.namespace());
        assertThat(listed.uid()).isEqualTo(status.uid());
        assertThat(listed.attempt()).isEqualTo(status.attempt());
        assertThat(listed.labels()).isEqualTo(status.labels());
        assertThat(listed.annotations()).isEqualTo(status.annotations());
        assertThat(listed.createdAt()).isEqualTo(status.createdAt());
        assertThat(listed.runtimeHandler()).isEqualTo(status.runtimeHandler());
    }

    @Test
    void is_listed_by_id_state_and_label() {
        RunningPod one = run(lean().label("app", "a").label("tier", "front"));
        RunningPod two = run(lean().label("app", "a"));
        cri.pods().stop(two.id());
        PodFilter all = PodFilter.all();
        assertThat(ids(all)).contains(one.id(), two.id());
        assertThat(ids(all.id(one.id().substring(0, 16)))).containsExactly(one.id());
        assertThat(ids(all.state(PodState.NOT_READY))).containsExactly(two.id());
        assertThat(ids(all.label("app", "a"))).containsExactlyInAnyOrder(one.id(), two.id());
        assertThat(ids(all.label("app", "a").label("tier", "front"))).containsExactly(one.id());
        assertThat(ids(all.label("app", "a").state(PodState.READY))).containsExactly(one.id());
        assertThat(ids(all.label("app", "b"))).isEmpty();
        assertThat(ids(all.id("none"))).isEmpty();
    }

    private List<String> ids(PodFilter filter) {
        return cri.pods().list(filter).stream().map(PodSummary::id).toList();
    }

    @Test
    void can_run_again_when_it_was_removed_and_beside_itself_as_another_attempt() {
        PodSpec spec = lean().uid("again");
        RunningPod first = run(spec);
        RunningPod second = run(spec.attempt(1));
        assertThat(second.id()).isNotEqualTo(first.id());
        cri.pods().remove(first.id());
        assertThat(run(spec).status().state()).isEqualTo(PodState.READY);
    }

    @Test
    void is_found_again_by_its_id() {
        RunningPod pod = run(lean().label("app", "found"));
        RunningPod same = cri.pods().get(pod.id().substring(0, 16));
        assertThat(same.id()).isEqualTo(pod.id());
        assertThat(same.name()).isEqualTo("scenario");
        assertThat(output(same.start(shell("echo found")))).isEqualTo("found");
    }

    @Test
    void gets_safe_kernel_parameters() {
        RunningPod pod = run(PodSpec.named("tuned")
                .sysctl("kernel.shm_rmid_forced", "1")
                .sysctl("net.ipv4.ip_local_port_range", "1024 65000"));
        assertThat(output(pod.start(
                        shell("cd /proc/sys; cat kernel/shm_rmid_forced; cat net/ipv4/ip_local_port_range | xargs"))))
                .isEqualTo("1\n1024 65000");
    }

    @Test
    void gets_kernel_parameters_that_kubernetes_calls_unsafe() {
        RunningPod pod = run(PodSpec.named("tuned").sysctl("fs.mqueue.msg_max", "100"));
        assertThat(output(pod.start(shell("cat /proc/sys/fs/mqueue/msg_max")))).isEqualTo("100");
    }

    @Test
    void shares_memory_among_its_containers() {
        RunningPod pod = run(lean());
        assertThat(output(pod.start(idle("writer").args("echo shared > /dev/shm/file"))))
                .isEmpty();
        assertThat(output(pod.start(idle("reader").args("cat /dev/shm/file; stat -f -c %T /dev/shm"))))
                .isEqualTo("shared\ntmpfs");
    }
}
