package dev.davit.it.cri.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.cri.ContainerFilter;
import dev.davit.cri.ContainerStats;
import dev.davit.cri.CpuUsage;
import dev.davit.cri.MemoryUsage;
import dev.davit.cri.PodFilter;
import dev.davit.cri.PodSpec;
import dev.davit.cri.PodStats;
import dev.davit.cri.RunningContainer;
import dev.davit.cri.RunningPod;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What containers and pods use. */
@OnOneVersion
class StatsTest extends Scenario {
    @Test
    void of_a_container() {
        RunningContainer box = start(idle("box").label("app", "a"));
        ContainerStats stats = cri.stats().container(box.id());
        assertThat(stats.id()).isEqualTo(box.id());
        assertThat(stats.name()).isEqualTo("box");
        assertThat(stats.labels()).containsEntry("app", "a");
        assertThat(stats.cpu().flatMap(StatsTest::total))
                .hasValueSatisfying(nanos -> assertThat(nanos).isPositive());
        assertThat(stats.memory().map(MemoryUsage::workingSet)).isPresent();
    }

    private static Optional<Long> total(CpuUsage cpu) {
        return cpu.total().isPresent() ? Optional.of(cpu.total().getAsLong()) : Optional.empty();
    }

    @Test
    void of_a_busy_container_in_per_cent() {
        RunningContainer box = start(shell("while true; do true; done"));
        ContainerStats first = cri.stats().container(box.id());
        ContainerStats later = first;
        while (later.cpuPercentSince(first).orElse(0) == 0) {
            later = cri.stats().container(box.id());
        }
        assertThat(later.cpuPercentSince(first).getAsDouble()).isPositive();
        box.stop(Duration.ZERO);
    }

    @Test
    void of_all_containers_or_some() {
        RunningPod one = run(lean());
        RunningPod two = run(lean());
        RunningContainer a = one.start(idle("a").label("app", "a").label("tier", "front"));
        RunningContainer b = one.start(idle("b").label("app", "a"));
        RunningContainer c = two.start(idle("c").label("app", "c"));
        ContainerFilter all = ContainerFilter.all();
        assertThat(ids(all)).contains(a.id(), b.id(), c.id());
        assertThat(ids(all.id(a.id()))).containsExactly(a.id());
        assertThat(ids(all.pod(one.id()))).containsExactlyInAnyOrder(a.id(), b.id());
        assertThat(ids(all.label("app", "a"))).containsExactlyInAnyOrder(a.id(), b.id());
        assertThat(ids(all.label("app", "a").label("tier", "front"))).containsExactly(a.id());
        assertThat(ids(all.id(c.id()).pod(one.id()))).isEmpty();
    }

    private List<String> ids(ContainerFilter filter) {
        return cri.stats().containers(filter).stream().map(ContainerStats::id).toList();
    }

    @Test
    void of_a_pod_and_its_containers() {
        RunningPod pod = run(PodSpec.named("measured").label("app", "measured"));
        RunningContainer box = pod.start(idle("box"));
        PodStats stats = cri.stats().pod(pod.id());
        assertThat(stats.id()).isEqualTo(pod.id());
        assertThat(stats.name()).isEqualTo("measured");
        assertThat(stats.namespace()).isEqualTo("default");
        assertThat(stats.cpu()).isPresent();
        assertThat(stats.memory()).isPresent();
        assertThat(stats.network()).isPresent();
        assertThat(stats.containers()).extracting(ContainerStats::id).containsExactly(box.id());
    }

    @Test
    void of_all_pods_or_some() {
        RunningPod one = run(lean().label("app", "a"));
        RunningPod two = run(lean().label("app", "b"));
        assertThat(pods(PodFilter.all())).contains(one.id(), two.id());
        assertThat(pods(PodFilter.all().id(one.id()))).containsExactly(one.id());
        assertThat(pods(PodFilter.all().label("app", "b"))).containsExactly(two.id());
    }

    private List<String> pods(PodFilter filter) {
        return cri.stats().pods(filter).stream().map(PodStats::id).toList();
    }
}
