package dev.davit.it.cri.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.davit.cri.ContainerSpec;
import dev.davit.cri.CriException;
import dev.davit.cri.PodSpec;
import dev.davit.cri.RunningContainer;
import dev.davit.cri.RunningPod;
import dev.davit.cri.SecurityProfile;
import dev.davit.image.ImageBuilder;
import dev.davit.image.LayerSpec;
import dev.davit.it.Parts;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What containers may do, and what they share. */
@OnOneVersion
class SecurityTest extends Scenario {
    private static final int CAP_CHOWN = 0;
    private static final int CAP_NET_ADMIN = 12;

    private static String ofNode(String namespace) throws Exception {
        return Files.readSymbolicLink(Path.of("/proc/self/ns", namespace)).toString();
    }

    private static ContainerSpec showing(String namespace) {
        return shell("readlink /proc/self/ns/" + namespace);
    }

    // Namespaces

    @Test
    void a_container_sees_its_own_processes_alone() throws Exception {
        RunningPod pod = run(lean());
        pod.start(idle("other").env("MARK", "other"));
        assertThat(output(pod.start(shell("echo $$; ps | grep -c 'sleep 100[0]' || true; readlink /proc/self/ns/pid")))
                        .lines())
                .startsWith("1", "0")
                .doesNotContain(ofNode("pid"));
    }

    @Test
    void containers_see_each_others_processes_if_their_pod_says_so() {
        RunningPod pod = run(lean().sharedPid());
        pod.start(idle("other"));
        assertThat(output(pod.start(shell("until ps | grep -q 'sleep 100[0]'; do sleep 0.05; done; echo seen"))))
                .isEqualTo("seen");
    }

    @Test
    void a_container_sees_the_processes_of_the_node_if_its_pod_says_so() throws Exception {
        assertThat(output(run(lean().hostPid()).start(showing("pid")))).isEqualTo(ofNode("pid"));
    }

    @Test
    void a_container_sees_the_processes_of_another_one_that_it_names() {
        RunningPod pod = run(lean());
        RunningContainer target = pod.start(idle("target"));
        assertThat(output(pod.start(showing("pid").processesOf(target.id()))))
                .isEqualTo(sh(target, "readlink /proc/self/ns/pid"));
    }

    @Test
    void a_pod_shares_memory_and_semaphores_with_the_node_only_if_it_says_so() throws Exception {
        assertThat(output(showing("ipc"))).isNotEqualTo(ofNode("ipc"));
        assertThat(output(run(lean().hostIpc()).start(showing("ipc")))).isEqualTo(ofNode("ipc"));
    }

    @Test
    void a_pod_shares_the_network_of_the_node_only_if_it_says_so() throws Exception {
        assertThat(output(run(PodSpec.named("own")).start(showing("net")))).isNotEqualTo(ofNode("net"));
        assertThat(output(showing("net"))).isEqualTo(ofNode("net"));
    }

    // Users and groups

    @Test
    void runs_as_a_user_by_number() {
        assertThat(output(shell("id").user(1234))).isEqualTo("uid=1234 gid=0(root) groups=0(root)");
    }

    @Test
    void runs_as_a_user_by_name_with_its_group() {
        assertThat(output(shell("id").user("user"))).startsWith("uid=1000(user) gid=1000(user)");
    }

    @Test
    void runs_as_a_user_and_a_group() {
        assertThat(output(shell("id").user(1000, 4321))).startsWith("uid=1000(user) gid=4321");
    }

    @Test
    void runs_as_the_user_of_its_image() {
        load("davit.test/user:1", "user");
        load("davit.test/uid:1", "1000:4321");
        assertThat(output(ContainerSpec.of("box", "davit.test/user:1").args("id")))
                .startsWith("uid=1000(user) gid=1000");
        assertThat(output(ContainerSpec.of("box", "davit.test/uid:1").args("id")))
                .startsWith("uid=1000(user) gid=4321");
    }

    private void load(String name, String user) {
        node.load(name, ImageBuilder.from(SharedNode.box()).config(config -> config.user(user)));
    }

    @Test
    void is_in_further_groups() {
        assertThat(output(shell("id -G").user(1000, 1000).supplementalGroups(1111, 2222)))
                .isEqualTo("1000 1111 2222");
    }

    // The file system

    @Test
    void writes_to_its_file_system_unless_that_is_read_only() {
        assertThat(output(shell("echo x > /file; cat /file"))).isEqualTo("x");
        RunningContainer box = start(idle("box").readOnlyRoot());
        assertThat(box.exec("touch", "/file").stderr()).contains("Read-only file system");
    }

    @Test
    void does_not_see_or_change_what_could_harm_the_node() {
        RunningContainer box = start(idle("box"));
        assertThat(sh(box, "head -c 1 /proc/timer_list; ls /proc/acpi /sys/firmware | grep -v ':$'"))
                .isEmpty();
        assertThat(box.exec("sh", "-c", "echo 1 > /proc/sys/kernel/panic").stderr())
                .contains("Read-only file system");
    }

    @Test
    void hides_and_protects_the_paths_that_it_is_told() {
        RunningContainer box =
                start(idle("box").maskedPaths("/www", "/etc/group").readOnlyPaths("/tmp"));
        assertThat(sh(box, "ls /www; cat /etc/group")).isEmpty();
        assertThat(box.exec("touch", "/tmp/file").stderr()).contains("Read-only file system");
    }

    @Test
    void hides_and_protects_nothing_if_it_is_told_so() {
        String mounts = "grep -c ' /proc/' /proc/self/mountinfo || true";
        assertThat(output(shell(mounts).maskedPaths().readOnlyPaths())).isEqualTo("0");
        assertThat(output(shell(mounts))).isNotEqualTo("0");
    }

    // Capabilities and privileges

    @Test
    void has_few_capabilities_unless_it_is_given_more() {
        long usual = capabilities(shell(STATUS));
        assertThat(has(usual, CAP_CHOWN)).isTrue();
        assertThat(has(usual, CAP_NET_ADMIN)).isFalse();
        assertThat(has(capabilities(shell(STATUS).addCapabilities("NET_ADMIN")), CAP_NET_ADMIN))
                .isTrue();
    }

    @Test
    void loses_capabilities_that_it_is_told_to_drop() {
        assertThat(has(capabilities(shell(STATUS).dropCapabilities("CHOWN")), CAP_CHOWN))
                .isFalse();
        assertThat(output(shell("chown 1 /www 2>&1 || true").dropCapabilities("CHOWN")))
                .contains("not permitted");
        assertThat(capabilities(shell(STATUS).dropCapabilities("ALL"))).isZero();
    }

    @Test
    void has_all_capabilities_but_those_that_it_drops() {
        long most = capabilities(shell(STATUS).addCapabilities("ALL").dropCapabilities("CHOWN"));
        assertThat(has(most, CAP_NET_ADMIN)).isTrue();
        assertThat(has(most, CAP_CHOWN)).isFalse();
    }

    private static final String STATUS = "cat /proc/self/status";
    private static final Pattern EFFECTIVE = Pattern.compile("CapEff:\\s*([0-9a-f]+)");

    private long capabilities(ContainerSpec spec) {
        Matcher effective = EFFECTIVE.matcher(output(spec));
        assertThat(effective.find()).isTrue();
        return Long.parseLong(effective.group(1), 16);
    }

    private static boolean has(long capabilities, int number) {
        return (capabilities >> number & 1) == 1;
    }

    @Test
    void may_do_everything_if_it_is_privileged() {
        RunningContainer box = run(lean().privileged()).start(idle("box").privileged());
        assertThat(sh(box, "mount -t tmpfs none /tmp && echo mounted; ls /dev/kmsg"))
                .isEqualTo("mounted\n/dev/kmsg");
        assertThat(sh(box, "grep Seccomp: /proc/self/status | cut -f 2")).isEqualTo("0");
    }

    @Test
    void may_not_do_much_if_it_is_not_privileged() {
        RunningContainer box = start(idle("box"));
        assertThat(box.exec("mount", "-t", "tmpfs", "none", "/tmp").stderr()).contains("denied");
        assertThat(box.exec("ls", "/dev/kmsg").exitCode()).isNotZero();
    }

    @Test
    void is_privileged_only_in_a_pod_that_is() {
        assertThatThrownBy(() -> start(shell("true").privileged()))
                .isInstanceOf(CriException.class)
                .hasMessage("cannot create container box in pod shared: no privileged container allowed in sandbox");
    }

    @Test
    void gains_rights_by_a_program_of_root_unless_that_is_forbidden() {
        node.load(
                "davit.test/su:1",
                ImageBuilder.from(SharedNode.box())
                        .layer(LayerSpec.named("su")
                                .file("/bin/su", Parts.program("busybox"), 04755)
                                .file("/etc/passwd", "root::0:0::/:/bin/sh\n".getBytes(StandardCharsets.UTF_8), 0644)));
        ContainerSpec spec = ContainerSpec.of("box", "davit.test/su:1")
                .command("/bin/su", "root", "-c", "id -u")
                .user(1000);
        assertThat(output(spec)).isEqualTo("0");
        RunningContainer refused = start(spec.noNewPrivileges());
        assertThat(refused.waitForExit(SOON)).isNotZero();
        assertThat(refused.logs().toString()).contains("must be suid");
    }

    // Seccomp

    private static final String FILTER = "grep Seccomp: /proc/self/status | cut -f 2";

    @Test
    void filters_system_calls_unless_it_is_told_not_to() {
        assertThat(output(shell(FILTER))).isEqualTo("2");
        assertThat(output(shell(FILTER).seccomp(SecurityProfile.runtimeDefault())))
                .isEqualTo("2");
        assertThat(output(shell(FILTER).seccomp(SecurityProfile.unconfined()))).isEqualTo("0");
    }

    @Test
    void filters_system_calls_by_a_file_of_the_node(@TempDir Path folder) throws Exception {
        Path profile = Files.writeString(folder.resolve("profile.json"), """
                {
                  "defaultAction": "SCMP_ACT_ALLOW",
                  "syscalls": [{"names": ["fchmodat", "chmod"], "action": "SCMP_ACT_ERRNO"}]
                }
                """);
        RunningContainer box = start(idle("box").seccomp(SecurityProfile.ofNode(profile.toString())));
        assertThat(box.exec("sh", "-c", "chmod 700 /tmp").stderr()).contains("Operation not permitted");
        assertThat(box.exec("touch", "/tmp/file").exitCode()).isZero();
    }

    @Test
    void does_not_start_with_a_file_of_the_node_that_is_missing() {
        assertThatThrownBy(() -> start(shell("true").seccomp(SecurityProfile.ofNode("/nowhere/profile.json"))))
                .isInstanceOf(CriException.class)
                .hasMessageContaining("/nowhere/profile.json");
    }

    @Test
    void says_whether_it_may_gain_privileges() {
        String script = "grep NoNewPrivs: /proc/self/status | cut -f 2";
        assertThat(output(shell(script))).isEqualTo("0");
        assertThat(output(shell(script).noNewPrivileges())).isEqualTo("1");
    }
}
