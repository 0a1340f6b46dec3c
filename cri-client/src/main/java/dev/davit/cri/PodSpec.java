package dev.davit.cri;

import dev.davit.cri.raw.DNSConfig;
import dev.davit.cri.raw.Int64Value;
import dev.davit.cri.raw.LinuxPodSandboxConfig;
import dev.davit.cri.raw.LinuxSandboxSecurityContext;
import dev.davit.cri.raw.NamespaceMode;
import dev.davit.cri.raw.NamespaceOption;
import dev.davit.cri.raw.PodSandboxConfig;
import dev.davit.cri.raw.PodSandboxMetadata;
import dev.davit.cri.raw.RunPodSandboxRequest;
import dev.davit.cri.raw.SupplementalGroupsPolicy;
import dev.davit.cri.raw.UserNamespace;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a pod is to be like. A name is enough:
 *
 * <pre>{@code
 * PodSpec greeter = PodSpec.named("greeter").label("app", "greeter").dnsServers("10.0.0.2");
 * }</pre>
 *
 * <p>What is not said is as Kubernetes has it: the namespace {@code default}, a unique ID and a folder for logs of its own
 * for each run, the name as host name, a network and a process namespace for itself, and stricter than there, the
 * runtime's default seccomp profile.
 *
 * <p>Immutable and safe to share: each method returns a new specification. The same one can be run many times.
 */
public final class PodSpec {
    private final RunPodSandboxRequest raw;

    private PodSpec(RunPodSandboxRequest raw) {
        this.raw = raw;
    }

    /**
     * Starts a specification.
     *
     * @param name name of the pod: letters, digits, dots and dashes
     * @return a specification that can be run as it is
     * @throws IllegalArgumentException if the name is none
     */
    public static PodSpec named(String name) {
        RunPodSandboxRequest.Builder raw = RunPodSandboxRequest.newBuilder();
        raw.getConfigBuilder()
                .getMetadataBuilder()
                .setName(Names.require("pod", name))
                .setNamespace("default");
        LinuxSandboxSecurityContext.Builder security =
                raw.getConfigBuilder().getLinuxBuilder().getSecurityContextBuilder();
        security.getNamespaceOptionsBuilder().setPid(NamespaceMode.CONTAINER);
        security.setSeccomp(SecurityProfile.runtimeDefault().raw());
        return new PodSpec(raw.build());
    }

    /**
     * Reads a specification from a {@code PodSandboxConfig} as JSON, which is what files for {@code crictl} hold: names of
     * fields as in the interface, and enumerations by number or by name. Nothing is added to what it says, except that a pod
     * without a namespace is in {@code default}; so unlike {@link #named(String)}, it is not confined by seccomp unless it
     * says so.
     *
     * @param json the configuration
     * @return a specification
     * @throws dev.davit.oci.MalformedContentException if it is something else, has fields that the interface does not know, or
     *     no name
     */
    public static PodSpec ofJson(String json) {
        PodSandboxConfig.Builder config =
                ConfigJson.read("pod configuration", json, PodSandboxConfig.newBuilder(), PodSpec::requireName);
        if (config.getMetadata().getNamespace().isEmpty()) {
            config.getMetadataBuilder().setNamespace("default");
        }
        return new PodSpec(RunPodSandboxRequest.newBuilder().setConfig(config).build());
    }

    private static void requireName(PodSandboxConfig.Builder config) {
        Names.require("pod", config.getMetadata().getName());
        if (!config.getMetadata().getNamespace().isEmpty()) {
            Names.require("namespace", config.getMetadata().getNamespace());
        }
    }

    /** {@return the name} */
    public String name() {
        return metadata().getName();
    }

    /** {@return the Kubernetes namespace} */
    public String namespace() {
        return metadata().getNamespace();
    }

    /**
     * Sets the Kubernetes namespace, which is part of the name of the pod and has no other effect.
     *
     * @param namespace letters, digits, dots and dashes
     * @return a new specification
     * @throws IllegalArgumentException if that is no name
     */
    public PodSpec namespace(String namespace) {
        Names.require("namespace", namespace);
        return config(config -> config.getMetadataBuilder().setNamespace(namespace));
    }

    /**
     * Sets the unique ID. No two pods of a node may have the same name, namespace, unique ID and attempt.
     *
     * @param uid any text
     * @return a new specification
     */
    public PodSpec uid(String uid) {
        return config(config -> config.getMetadataBuilder().setUid(uid));
    }

    /**
     * Sets how many pods with the same name and unique ID were before.
     *
     * @param attempt zero or more
     * @return a new specification
     */
    public PodSpec attempt(int attempt) {
        return config(config -> config.getMetadataBuilder().setAttempt(attempt));
    }

    /**
     * Sets the host name. Has no effect on a pod that uses the network of the node.
     *
     * @param hostname a host name of at most 63 characters
     * @return a new specification
     */
    public PodSpec hostname(String hostname) {
        return config(config -> config.setHostname(hostname));
    }

    /**
     * Sets where the logs of the containers go. Unless set, it is a temporary folder that goes with the pod.
     *
     * @param folder a folder of the node; the runtime makes it if it is missing, and nobody removes it
     * @return a new specification
     */
    public PodSpec logDirectory(Path folder) {
        return config(config -> config.setLogDirectory(folder.toAbsolutePath().toString()));
    }

    /**
     * Adds a label.
     *
     * @param key its key; an earlier label with the same key is replaced
     * @param value its value
     * @return a new specification
     */
    public PodSpec label(String key, String value) {
        return config(config -> config.putLabels(key, value));
    }

    /**
     * Adds an annotation.
     *
     * @param key its key; an earlier annotation with the same key is replaced
     * @param value its value
     * @return a new specification
     */
    public PodSpec annotation(String key, String value) {
        return config(config -> config.putAnnotations(key, value));
    }

    /**
     * Adds a TCP port of the node that leads into the pod. It takes a network with the CNI plugin {@code portmap};
     * others ignore it.
     *
     * @param hostPort the port of the node
     * @param containerPort the port in the pod
     * @return a new specification
     */
    public PodSpec port(int hostPort, int containerPort) {
        return port(new PortMapping(PortMapping.Protocol.TCP, "", hostPort, containerPort));
    }

    /**
     * Adds a port of the node that leads into the pod. It takes a network with the CNI plugin {@code portmap}; others
     * ignore it.
     *
     * @param port the port
     * @return a new specification
     */
    public PodSpec port(PortMapping port) {
        return config(config -> config.addPortMappings(port.raw()));
    }

    /**
     * Sets the name servers. A pod without any DNS settings gets those of the node.
     *
     * @param addresses IP addresses, which replace earlier ones
     * @return a new specification
     */
    public PodSpec dnsServers(String... addresses) {
        return dns(dns -> dns.clearServers().addAllServers(List.of(addresses)));
    }

    /**
     * Sets the domains in which short host names are looked up.
     *
     * @param domains the domains, which replace earlier ones
     * @return a new specification
     */
    public PodSpec dnsSearches(String... domains) {
        return dns(dns -> dns.clearSearches().addAllSearches(List.of(domains)));
    }

    /**
     * Sets the options of the resolver, such as {@code ndots:5}.
     *
     * @param options the options, which replace earlier ones
     * @return a new specification
     */
    public PodSpec dnsOptions(String... options) {
        return dns(dns -> dns.clearOptions().addAllOptions(List.of(options)));
    }

    /**
     * Sets the runtime handler, such as {@code kata}.
     *
     * @param handler a name from the configuration of the runtime; empty for its default
     * @return a new specification
     */
    public PodSpec runtimeHandler(String handler) {
        return new PodSpec(raw.toBuilder().setRuntimeHandler(handler).build());
    }

    /**
     * Sets the control group below which the pod goes.
     *
     * @param parent a path from the root of the hierarchy, or with the systemd driver the name of a slice
     * @return a new specification
     */
    public PodSpec cgroupParent(String parent) {
        return linux(linux -> linux.setCgroupParent(parent));
    }

    /**
     * Sets a kernel parameter of the namespaces of the pod.
     *
     * @param name its name, such as {@code net.ipv4.ip_unprivileged_port_start}
     * @param value its value
     * @return a new specification
     */
    public PodSpec sysctl(String name, String value) {
        return linux(linux -> linux.putSysctls(name, value));
    }

    /**
     * Says what the pod costs beyond its containers. Only for information: some runtimes size virtual machines by it.
     *
     * @param overhead the cost
     * @return a new specification
     */
    public PodSpec overhead(Resources overhead) {
        return linux(linux -> linux.setOverhead(overhead.raw()));
    }

    /**
     * Says what the containers will use together. Only for information: some runtimes size virtual machines by it.
     *
     * @param resources the sum
     * @return a new specification
     */
    public PodSpec resources(Resources resources) {
        return linux(linux -> linux.setResources(resources.raw()));
    }

    /**
     * Sets what is particular about the pod on Windows.
     *
     * @param windows the options
     * @return a new specification
     */
    public PodSpec windows(WindowsOptions windows) {
        return config(config -> config.setWindows(windows.forPod()));
    }

    /** {@return a specification of a pod that uses the network of the node} */
    public PodSpec hostNetwork() {
        return namespaces(namespaces -> namespaces.setNetwork(NamespaceMode.NODE));
    }

    /** {@return a specification of a pod that sees all processes of the node} */
    public PodSpec hostPid() {
        return namespaces(namespaces -> namespaces.setPid(NamespaceMode.NODE));
    }

    /** {@return a specification of a pod that uses the shared memory and semaphores of the node} */
    public PodSpec hostIpc() {
        return namespaces(namespaces -> namespaces.setIpc(NamespaceMode.NODE));
    }

    /** {@return a specification of a pod whose containers see each other's processes} */
    public PodSpec sharedPid() {
        return namespaces(namespaces -> namespaces.setPid(NamespaceMode.POD));
    }

    /**
     * Gives the pod a user namespace of its own, in which its users are others than on the node. Runtimes can do that
     * since containerd 2.0: see {@link RuntimeStatus.Handler#userNamespaces}. With one that says it cannot, no pod is run,
     * because some would run it without.
     *
     * @param uids ranges of user IDs
     * @param gids ranges of group IDs
     * @return a new specification
     */
    public PodSpec userNamespace(List<IdMapping> uids, List<IdMapping> gids) {
        return namespaces(namespaces -> namespaces.setUsernsOptions(UserNamespace.newBuilder()
                .setMode(NamespaceMode.POD)
                .addAllUids(IdMapping.raw(uids))
                .addAllGids(IdMapping.raw(gids))));
    }

    /** {@return a specification of a pod in which containers may be privileged} */
    public PodSpec privileged() {
        return security(security -> security.setPrivileged(true));
    }

    /** {@return a specification of a pod whose first process may make any system call; containers have a setting of their own} */
    public PodSpec seccompUnconfined() {
        return seccomp(SecurityProfile.unconfined());
    }

    /**
     * Sets the seccomp profile of the first process of the pod; containers have a setting of their own.
     *
     * @param profile the profile; the runtime's default one unless set
     * @return a new specification
     */
    public PodSpec seccomp(SecurityProfile profile) {
        return security(security -> security.setSeccomp(profile.raw()));
    }

    /**
     * Sets the AppArmor profile of the first process of the pod; containers have a setting of their own.
     *
     * @param profile the profile; the choice of the runtime unless set
     * @return a new specification
     */
    public PodSpec appArmor(SecurityProfile profile) {
        return security(security -> security.setApparmor(profile.raw()));
    }

    /**
     * Sets the SELinux label of the pod, which containers have, too, unless they have a setting of their own.
     *
     * @param options the label
     * @return a new specification
     */
    public PodSpec selinux(SelinuxOptions options) {
        return security(security -> security.setSelinuxOptions(options.raw()));
    }

    /** {@return a specification of a pod whose first process cannot write to its file system} */
    public PodSpec readOnlyRoot() {
        return security(security -> security.setReadonlyRootfs(true));
    }

    /**
     * Sets further groups of the first process of the pod; containers have a setting of their own.
     *
     * @param gids group IDs, which replace earlier ones
     * @return a new specification
     */
    public PodSpec supplementalGroups(long... gids) {
        return security(security -> security.clearSupplementalGroups()
                .addAllSupplementalGroups(Arrays.stream(gids).boxed().toList()));
    }

    /**
     * Leaves out the groups that an image gives the user of the first process of the pod. Runtimes can do that that have
     * the feature {@link RuntimeStatus.Feature#SUPPLEMENTAL_GROUPS_POLICY}; with others no pod is run.
     *
     * @return a new specification
     */
    public PodSpec strictSupplementalGroups() {
        return security(security -> security.setSupplementalGroupsPolicy(SupplementalGroupsPolicy.Strict));
    }

    /**
     * Sets the user that the first process of the pod runs as; containers have a setting of their own.
     *
     * @param uid a user ID
     * @return a new specification
     */
    public PodSpec user(long uid) {
        return security(
                security -> security.setRunAsUser(Int64Value.newBuilder().setValue(uid)));
    }

    /**
     * Sets user and group that the first process of the pod runs as; containers have settings of their own.
     *
     * @param uid a user ID
     * @param gid a group ID
     * @return a new specification
     */
    public PodSpec user(long uid, long gid) {
        return user(uid)
                .security(security ->
                        security.setRunAsGroup(Int64Value.newBuilder().setValue(gid)));
    }

    /** The specification with what each run needs for itself: the rest is filled in where it is still empty. */
    RunPodSandboxRequest completed(String uid, String defaultCgroupParent) {
        PodSandboxConfig config = raw.getConfig();
        PodSandboxConfig.Builder complete = config.toBuilder();
        if (config.getMetadata().getUid().isEmpty()) {
            complete.getMetadataBuilder().setUid(uid);
        }
        if (usesHostNetwork()) {
            complete.clearHostname();
        } else if (config.getHostname().isEmpty()) {
            complete.setHostname(Names.hostname(name()));
        }
        if (config.getLinux().getCgroupParent().isEmpty()) {
            complete.getLinuxBuilder().setCgroupParent(defaultCgroupParent);
        }
        return raw.toBuilder().setConfig(complete).build();
    }

    private boolean usesHostNetwork() {
        return raw.getConfig()
                        .getLinux()
                        .getSecurityContext()
                        .getNamespaceOptions()
                        .getNetwork()
                == NamespaceMode.NODE;
    }

    private PodSandboxMetadata metadata() {
        return raw.getConfig().getMetadata();
    }

    private PodSpec config(Consumer<PodSandboxConfig.Builder> edit) {
        RunPodSandboxRequest.Builder copy = raw.toBuilder();
        edit.accept(copy.getConfigBuilder());
        return new PodSpec(copy.build());
    }

    private PodSpec dns(Consumer<DNSConfig.Builder> edit) {
        return config(config -> edit.accept(config.getDnsConfigBuilder()));
    }

    private PodSpec linux(Consumer<LinuxPodSandboxConfig.Builder> edit) {
        return config(config -> edit.accept(config.getLinuxBuilder()));
    }

    private PodSpec security(Consumer<LinuxSandboxSecurityContext.Builder> edit) {
        return linux(linux -> edit.accept(linux.getSecurityContextBuilder()));
    }

    private PodSpec namespaces(Consumer<NamespaceOption.Builder> edit) {
        return security(security -> edit.accept(security.getNamespaceOptionsBuilder()));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PodSpec spec && spec.raw.equals(raw);
    }

    @Override
    public int hashCode() {
        return raw.hashCode();
    }

    /** {@return namespace and name} */
    @Override
    public String toString() {
        return "pod " + namespace() + "/" + name();
    }
}
