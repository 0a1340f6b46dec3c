package dev.davit.it.cri.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.davit.cri.LogLine;
import dev.davit.cri.PodSpec;
import dev.davit.cri.RunningContainer;
import dev.davit.cri.RunningPod;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Networks of pods and containers. */
@OnOneVersion
class NetworkTest extends Scenario {
    private static final String SERVE = "httpd -p 8080 -h /www; " + IDLE;

    private static String fetch(String host) {
        return "until wget -q -O - http://" + host + ":8080/ 2> /dev/null; do sleep 0.05; done";
    }

    @Test
    void a_pod_has_the_address_it_says() {
        RunningPod pod = run(PodSpec.named("addressed"));
        assertThat(output(pod.start(shell("ip -4 addr show eth0")))).contains("inet " + pod.ip() + "/");
    }

    @Test
    void a_pod_resolves_names_as_it_was_told() {
        RunningPod pod = run(PodSpec.named("resolver")
                .dnsServers("10.10.10.10", "10.10.10.11")
                .dnsSearches("google.example", "test.example")
                .dnsOptions("ndots:8", "timeout:3"));
        assertThat(output(pod.start(shell("cat /etc/resolv.conf"))).lines())
                .containsExactlyInAnyOrder(
                        "search google.example test.example",
                        "nameserver 10.10.10.10",
                        "nameserver 10.10.10.11",
                        "options ndots:8 timeout:3");
    }

    @Test
    void a_pod_resolves_names_as_the_node_if_it_was_told_nothing() throws Exception {
        String nodes = Files.readString(Path.of("/etc/resolv.conf")).strip();
        assertThat(output(shell("cat /etc/resolv.conf"))).isEqualTo(nodes);
    }

    @Test
    void a_pod_is_called_as_its_name_unless_it_is_told_otherwise() {
        assertThat(output(run(PodSpec.named("by-name")).start(shell("hostname"))))
                .isEqualTo("by-name");
        RunningPod other = run(PodSpec.named("by-name").hostname("test-hostname"));
        assertThat(output(other.start(shell("hostname; cat /etc/hostname")))).isEqualTo("test-hostname\ntest-hostname");
    }

    @Test
    void a_pod_on_the_network_of_the_node_is_called_as_the_node() throws Exception {
        assertThat(output(shell("hostname")))
                .isEqualTo(
                        Files.readString(Path.of("/proc/sys/kernel/hostname")).strip());
    }

    @Test
    void containers_of_a_pod_reach_each_other_at_the_loopback_address() {
        RunningPod pod = run(PodSpec.named("together"));
        pod.start(idle("httpd").args(SERVE));
        assertThat(output(pod.start(shell(fetch("127.0.0.1"))))).isEqualTo("hello, world");
    }

    @Test
    void pods_reach_each_other_at_their_addresses() {
        RunningPod server = run(PodSpec.named("server"));
        RunningPod client = run(PodSpec.named("client"));
        server.start(idle("httpd").args(SERVE));
        assertThat(output(client.start(shell(fetch(server.ip()))))).isEqualTo("hello, world");
    }

    @Test
    void containers_of_a_pod_have_logs_of_their_own() {
        RunningPod pod = run(lean());
        RunningContainer one = pod.start(idle("one").args("echo from one"));
        RunningContainer two = pod.start(idle("two").args("echo from two"));
        one.waitForExit(SOON);
        two.waitForExit(SOON);
        assertThat(lines(one, LogLine.Stream.STDOUT)).containsExactly("from one");
        assertThat(lines(two, LogLine.Stream.STDOUT)).containsExactly("from two");
    }

    @Test
    void containers_of_a_pod_execute_commands_of_their_own() {
        RunningPod pod = run(lean());
        RunningContainer one = pod.start(idle("one").env("WHO", "one"));
        RunningContainer two = pod.start(idle("two").env("WHO", "two"));
        assertThat(sh(one, "echo $WHO > /tmp/who; cat /tmp/who")).isEqualTo("one");
        assertThat(sh(two, "echo $WHO; cat /tmp/who")).isEqualTo("two");
    }

    @Test
    void a_pod_has_only_its_own_interfaces_and_sees_those_of_the_node_on_request() throws Exception {
        assertThat(output(run(PodSpec.named("alone")).start(shell("cd /sys/class/net; echo *")))
                        .split(" "))
                .contains("eth0", "lo")
                .noneMatch(name -> name.startsWith("davit"));
        assertThat(output(shell("readlink /proc/self/ns/net")))
                .isEqualTo(Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString());
    }
}
