package dev.davit.cri;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.davit.cri.raw.ContainerConfig;
import dev.davit.cri.raw.RunPodSandboxRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Every field of the interface can be set by a specification, apart from those for which there is a reason here. */
class EveryFieldTest {
    private static final Set<String> NOT_FOR_SPECIFICATIONS = Set.of(
            // superseded by seccomp and apparmor
            "config.linux.security_context.seccomp_profile_path",
            "linux.security_context.seccomp_profile_path",
            "linux.security_context.apparmor_profile",
            // said by the runtime to the kubelet alone
            "image.image_ref",
            "mounts.image.image_ref",
            // nothing to be said of the image of a volume that its name does not say
            "mounts.image.annotations",
            "mounts.image.runtime_handler");

    private static final IdMapping MAPPING = new IdMapping(100_000, 7, 65_536);
    private static final Resources RESOURCES = Resources.none()
            .cpuLimit(0.5)
            .cpuShares(512)
            .cpuSet("0-1")
            .memoryNodes("0")
            .memoryLimit(1 << 26)
            .memorySwapLimit(1 << 27)
            .oomScoreAdjustment(500)
            .hugePages("2MB", 1 << 22)
            .unified("memory.high", "1000000");
    private static final WindowsOptions WINDOWS = WindowsOptions.none()
            .user("ContainerUser")
            .credentialSpec("{}")
            .hostProcess()
            .hostNetwork()
            .cpu(2, 5000, 100)
            .cpuAffinity(1, 3)
            .memoryLimit(1 << 28)
            .rootSize(1 << 30);

    private static final PodSpec POD = PodSpec.named("all")
            .namespace("some")
            .uid("uid")
            .attempt(3)
            .hostname("host")
            .logDirectory(Path.of("/logs"))
            .label("a", "b")
            .annotation("c", "d")
            .port(new PortMapping(PortMapping.Protocol.SCTP, "127.0.0.1", 8080, 80))
            .dnsServers("10.0.0.1")
            .dnsSearches("example")
            .dnsOptions("ndots:5")
            .runtimeHandler("kata")
            .cgroupParent("/all")
            .sysctl("net.ipv4.ip_forward", "1")
            .overhead(RESOURCES)
            .resources(RESOURCES)
            .windows(WINDOWS)
            .hostNetwork()
            .hostIpc()
            .hostPid()
            .userNamespace(List.of(MAPPING), List.of(MAPPING))
            .privileged()
            .user(1, 2)
            .supplementalGroups(3, 4)
            .strictSupplementalGroups()
            .readOnlyRoot()
            .seccomp(SecurityProfile.ofNode("/profile.json"))
            .appArmor(SecurityProfile.ofNode("profile"))
            .selinux(new SelinuxOptions("u", "r", "t", "s0"));

    private static final ContainerSpec CONTAINER = ContainerSpec.of("all", "image")
            .attempt(2)
            .imageHandler("kata")
            .imageAnnotation("a", "b")
            .command("c")
            .args("d")
            .env("e", new byte[] {(byte) 0xff})
            .workingDir("/w")
            .mount(Mount.of(Path.of("/from"), "/to")
                    .propagation(Mount.Propagation.BIDIRECTIONAL)
                    .readOnly()
                    .selinuxRelabel()
                    .idMappings(List.of(MAPPING), List.of(MAPPING))
                    .options("noexec"))
            .mount(Mount.of(Path.of("/from"), "/to").recursivelyReadOnly())
            .mount(Mount.ofImage("other", "/image").imageSubPath("sub"))
            .device(new Device(Path.of("/dev/null"), "/dev/nothing", "rw"))
            .cdiDevice("vendor.example/gpu=0")
            .label("f", "g")
            .annotation("h", "i")
            .logPath("x.log")
            .stdinOnce()
            .tty()
            .stopSignal("SIGRTMIN+3")
            .resources(RESOURCES)
            .windows(WINDOWS)
            .user(1, 2)
            .supplementalGroups(3)
            .strictSupplementalGroups()
            .privileged()
            .addCapabilities("NET_ADMIN")
            .dropCapabilities("CHOWN")
            .addAmbientCapabilities("KILL")
            .readOnlyRoot()
            .noNewPrivileges()
            .maskedPaths("/m")
            .readOnlyPaths("/r")
            .processesOf("other")
            .seccomp(SecurityProfile.ofNode("/profile.json"))
            .appArmor(SecurityProfile.ofNode("profile"))
            .selinux(new SelinuxOptions("u", "r", "t", "s0"));

    @Test
    void of_a_pod_can_be_set() {
        assertThat(unset("", RunPodSandboxRequest.getDescriptor(), List.of(POD.completed("uid", ""))))
                // the pod uses the network of the node, and a process ID that only containers have
                .containsExactlyInAnyOrder(
                        "config.linux.security_context.namespace_options.target_id",
                        "config.hostname",
                        "config.linux.security_context.namespace_options.userns_options.mode");
        assertThat(unset(
                        "",
                        RunPodSandboxRequest.getDescriptor(),
                        List.of(PodSpec.named("n").hostname("h").completed("", ""))))
                .doesNotContain("config.hostname");
    }

    @Test
    void of_a_container_can_be_set() {
        List<Message> both = List.of(
                CONTAINER.completed(POD.completed("uid", "").getConfig()),
                CONTAINER.user("name").completed(POD.completed("uid", "").getConfig()));
        // POD is the value that cannot be told from no value
        assertThat(unset("", ContainerConfig.getDescriptor(), both))
                .containsExactly("linux.security_context.namespace_options.userns_options.mode");
    }

    /** The fields below a message type that none of the messages sets. */
    private static Set<String> unset(String path, Descriptor type, List<? extends Message> messages) {
        Set<String> unset = new TreeSet<>();
        for (FieldDescriptor field : type.getFields()) {
            String name = path + field.getName();
            List<Object> values = messages.stream()
                    .filter(message -> !isUnset(message, field))
                    .map(message -> message.getField(field))
                    .toList();
            if (values.isEmpty()) {
                if (!NOT_FOR_SPECIFICATIONS.contains(name)) {
                    unset.add(name);
                }
            } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !field.isMapField()) {
                List<Message> below = new ArrayList<>();
                values.forEach(value -> {
                    if (value instanceof Collection<?> all) {
                        all.forEach(each -> below.add((Message) each));
                    } else {
                        below.add((Message) value);
                    }
                });
                unset.addAll(unset(name + ".", field.getMessageType(), below));
            }
        }
        return unset;
    }

    private static boolean isUnset(Message message, FieldDescriptor field) {
        return field.isRepeated() ? message.getRepeatedFieldCount(field) == 0 : !message.hasField(field);
    }
}
