package dev.davit.cri;

import com.google.protobuf.ByteString;
import dev.davit.cri.raw.CDIDevice;
import dev.davit.cri.raw.ContainerConfig;
import dev.davit.cri.raw.Int64Value;
import dev.davit.cri.raw.KeyValue;
import dev.davit.cri.raw.LinuxContainerSecurityContext;
import dev.davit.cri.raw.NamespaceMode;
import dev.davit.cri.raw.NamespaceOption;
import dev.davit.cri.raw.PodSandboxConfig;
import dev.davit.cri.raw.Signal;
import dev.davit.cri.raw.SupplementalGroupsPolicy;
import dev.davit.oci.image.Image;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a container is to be like. A name and an image are enough:
 *
 * <pre>{@code
 * ContainerSpec server = ContainerSpec.of("server", "registry.example/acme/server:1.4.0")
 *         .args("--port", "8080")
 *         .env("LOG_LEVEL", "debug")
 *         .memoryLimit(256 << 20);
 * }</pre>
 *
 * <p>What is not said comes from the image (command, environment, user, working folder) or is as Kubernetes has it, with
 * the paths of {@code /proc} and {@code /sys} hidden that it hides, and stricter than there, the runtime's default
 * seccomp profile.
 *
 * <p>Immutable and safe to share: each method returns a new specification. The same one can be started in many pods.
 */
public final class ContainerSpec {
    /** What Kubernetes hides from containers, because it says too much about the node or can harm it. */
    private static final List<String> MASKED_PATHS = List.of(
            "/proc/asound",
            "/proc/acpi",
            "/proc/kcore",
            "/proc/keys",
            "/proc/latency_stats",
            "/proc/timer_list",
            "/proc/timer_stats",
            "/proc/sched_debug",
            "/proc/scsi",
            "/sys/firmware",
            "/sys/devices/virtual/powercap");

    private static final List<String> READ_ONLY_PATHS =
            List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

    private final ContainerConfig raw;
    private final @Nullable Image given;

    private ContainerSpec(ContainerConfig raw, @Nullable Image given) {
        this.raw = raw;
        this.given = given;
    }

    /**
     * Starts a specification.
     *
     * @param name name of the container in its pod: letters, digits, dots and dashes
     * @param image a reference or an ID of an image that is on the node: see {@link CriImages#pull(String)}
     * @return a specification that can be started as it is
     * @throws IllegalArgumentException if the name is none
     */
    public static ContainerSpec of(String name, String image) {
        ContainerConfig.Builder raw = ContainerConfig.newBuilder();
        raw.getMetadataBuilder().setName(Names.require("container", name));
        raw.getImageBuilder().setImage(image).setUserSpecifiedImage(image);
        raw.getLinuxBuilder()
                .getSecurityContextBuilder()
                .addAllMaskedPaths(MASKED_PATHS)
                .addAllReadonlyPaths(READ_ONLY_PATHS)
                .setSeccomp(SecurityProfile.runtimeDefault().raw());
        return new ContainerSpec(raw.build(), null);
    }

    /**
     * Starts a specification with an image of ours. When the container is created, a node that does not have the image
     * gets it, without a registry, and keeps it: see {@link ContainerdImages#load(Image, String)}. That takes containerd.
     *
     * @param name name of the container in its pod: letters, digits, dots and dashes
     * @param image the image, whose layers can be read until then
     * @return a specification that can be started as it is
     * @throws IllegalArgumentException if the name is none
     */
    public static ContainerSpec of(String name, Image image) {
        return new ContainerSpec(of(name, image.id().toString()).raw, image);
    }

    /**
     * Reads a specification from a {@code ContainerConfig} as JSON, which is what files for {@code crictl} hold: names of
     * fields as in the interface, and enumerations by number or by name. Nothing is added to what it says, except the name of
     * the log; so unlike {@link #of(String, String)}, it is not confined by seccomp, and sees all of {@code /proc}, unless it
     * says so. Of its namespaces, which are those of its pod, only the process namespace of another container counts.
     *
     * @param json the configuration
     * @return a specification
     * @throws dev.davit.oci.MalformedContentException if it is something else, has fields that the interface does not know, or
     *     no name or no image
     */
    public static ContainerSpec ofJson(String json) {
        ContainerConfig.Builder config = ConfigJson.read(
                "container configuration", json, ContainerConfig.newBuilder(), ContainerSpec::requireNames);
        return new ContainerSpec(config.build(), null);
    }

    private static void requireNames(ContainerConfig.Builder config) {
        Names.require("container", config.getMetadata().getName());
        if (config.getImage().getImage().isEmpty()) {
            throw new IllegalArgumentException("image: expected a reference or an ID, got nothing");
        }
    }

    /** {@return the name} */
    public String name() {
        return raw.getMetadata().getName();
    }

    /** {@return the image of ours, or null if the node has to have it already} */
    @Nullable
    Image given() {
        return given;
    }

    /** {@return the image: a reference or an ID} */
    public String image() {
        return raw.getImage().getImage();
    }

    /**
     * Sets how many containers with the same name were in the pod before.
     *
     * @param attempt zero or more
     * @return a new specification
     */
    public ContainerSpec attempt(int attempt) {
        return config(config -> config.getMetadataBuilder().setAttempt(attempt));
    }

    /**
     * Sets the command instead of the entry point of the image, whose default arguments are then left out, too.
     *
     * @param command a program with its first arguments, which replace earlier ones
     * @return a new specification
     */
    public ContainerSpec command(String... command) {
        return config(config -> config.clearCommand().addAllCommand(List.of(command)));
    }

    /**
     * Sets the arguments instead of the default arguments of the image.
     *
     * @param args the arguments, which replace earlier ones
     * @return a new specification
     */
    public ContainerSpec args(String... args) {
        return config(config -> config.clearArgs().addAllArgs(List.of(args)));
    }

    /**
     * Adds an environment variable to those of the image.
     *
     * @param name its name; a variable of the image with the same name is replaced
     * @param value its value
     * @return a new specification
     */
    public ContainerSpec env(String name, String value) {
        return env(name, value.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Adds an environment variable whose value need not be UTF-8. Runtimes take such values since Kubernetes 1.37.
     *
     * @param name its name; a variable of the image with the same name is replaced
     * @param value its value
     * @return a new specification
     */
    public ContainerSpec env(String name, byte[] value) {
        KeyValue variable = KeyValue.newBuilder()
                .setKey(name)
                .setValue(ByteString.copyFrom(value))
                .build();
        return config(config -> config.addEnvs(variable));
    }

    /**
     * Sets the working folder instead of the one of the image.
     *
     * @param folder an absolute path in the container
     * @return a new specification
     */
    public ContainerSpec workingDir(String folder) {
        return config(config -> config.setWorkingDir(folder));
    }

    /**
     * Adds a folder or file of the node that the container can write to.
     *
     * @param source the folder or file; runtimes may make an empty folder if there is nothing
     * @param destination an absolute path in the container
     * @return a new specification
     */
    public ContainerSpec mount(Path source, String destination) {
        return mount(Mount.of(source, destination));
    }

    /**
     * Adds a folder or file of the node that the container can only read.
     *
     * @param source the folder or file; runtimes may make an empty folder if there is nothing
     * @param destination an absolute path in the container
     * @return a new specification
     */
    public ContainerSpec readOnlyMount(Path source, String destination) {
        return mount(Mount.of(source, destination).readOnly());
    }

    /**
     * Adds a folder or file of the node, or an image.
     *
     * @param mount what and where
     * @return a new specification
     */
    public ContainerSpec mount(Mount mount) {
        return config(config -> config.addMounts(mount.raw()));
    }

    /**
     * Adds a device of the node.
     *
     * @param device what and where
     * @return a new specification
     */
    public ContainerSpec device(Device device) {
        return config(config -> config.addDevices(device.raw()));
    }

    /**
     * Adds devices by a name of the Container Device Interface. Runtimes can do that since containerd 1.7.
     *
     * @param name a qualified name, such as {@code vendor.example/gpu=0}
     * @return a new specification
     */
    public ContainerSpec cdiDevice(String name) {
        return config(config -> config.addCDIDevices(CDIDevice.newBuilder().setName(name)));
    }

    /**
     * Sets the user by number, instead of the one of the image.
     *
     * @param uid a user ID
     * @return a new specification
     */
    public ContainerSpec user(long uid) {
        return security(security -> security.clearRunAsUsername()
                .clearRunAsGroup()
                .setRunAsUser(Int64Value.newBuilder().setValue(uid)));
    }

    /**
     * Sets user and group by number, instead of those of the image.
     *
     * @param uid a user ID
     * @param gid a group ID
     * @return a new specification
     */
    public ContainerSpec user(long uid, long gid) {
        return user(uid)
                .security(security ->
                        security.setRunAsGroup(Int64Value.newBuilder().setValue(gid)));
    }

    /**
     * Sets the user by name, instead of the one of the image.
     *
     * @param name a user in {@code /etc/passwd} of the image
     * @return a new specification
     */
    public ContainerSpec user(String name) {
        return security(security -> security.clearRunAsUser().clearRunAsGroup().setRunAsUsername(name));
    }

    /** {@return a specification of a container with a terminal; its log then has standard output alone} */
    public ContainerSpec tty() {
        return config(config -> config.setTty(true));
    }

    /** {@return a specification of a container whose standard input stays open} */
    public ContainerSpec stdin() {
        return config(config -> config.setStdin(true));
    }

    /** {@return a specification of a container whose standard input is closed when the first one who attached to it leaves} */
    public ContainerSpec stdinOnce() {
        return config(config -> config.setStdin(true).setStdinOnce(true));
    }

    /**
     * Sets the signal that ends the process, instead of the one of the image. Runtimes can do that since containerd 2.2.
     *
     * @param signal its name, such as {@code SIGTERM} or {@code SIGRTMIN+3}
     * @return a new specification
     * @throws IllegalArgumentException if there is no such signal
     */
    public ContainerSpec stopSignal(String signal) {
        Signal raw = Signals.raw(signal);
        return config(config -> config.setStopSignal(raw));
    }

    /**
     * Sets the file that the output goes to.
     *
     * @param path a path relative to the folder for logs of the pod; name and attempt unless set
     * @return a new specification
     */
    public ContainerSpec logPath(String path) {
        return config(config -> config.setLogPath(path));
    }

    /**
     * Sets the runtime handler that the image was pulled for, where a node keeps one image for each.
     *
     * @param handler a name from the configuration of the runtime
     * @return a new specification
     */
    public ContainerSpec imageHandler(String handler) {
        return config(config -> config.getImageBuilder().setRuntimeHandler(handler));
    }

    /**
     * Adds an annotation of the image, as far as the runtime asks for some.
     *
     * @param key its key
     * @param value its value
     * @return a new specification
     */
    public ContainerSpec imageAnnotation(String key, String value) {
        return config(config -> config.getImageBuilder().putAnnotations(key, value));
    }

    /**
     * Sets all limits.
     *
     * @param resources the limits, which replace earlier ones
     * @return a new specification
     */
    public ContainerSpec resources(Resources resources) {
        return config(config -> config.getLinuxBuilder().setResources(resources.raw()));
    }

    /**
     * Sets what is particular about the container on Windows.
     *
     * @param windows the options
     * @return a new specification
     */
    public ContainerSpec windows(WindowsOptions windows) {
        return config(config -> config.setWindows(windows.forContainer()));
    }

    /**
     * Limits memory. A process that wants more is killed.
     *
     * @param bytes the limit
     * @return a new specification
     */
    public ContainerSpec memoryLimit(long bytes) {
        return resources(resources().memoryLimit(bytes));
    }

    /**
     * Limits processor time.
     *
     * @param cores how many processors it may keep busy, such as 0.5
     * @return a new specification
     * @throws IllegalArgumentException if that is not more than zero
     */
    public ContainerSpec cpuLimit(double cores) {
        return resources(resources().cpuLimit(cores));
    }

    /**
     * Sets the weight in the distribution of processor time, when there is not enough for all.
     *
     * @param shares the weight, relative to 1024
     * @return a new specification
     */
    public ContainerSpec cpuShares(long shares) {
        return resources(resources().cpuShares(shares));
    }

    /**
     * Gives the container all rights that there are, and all devices. Only for a pod that is {@link PodSpec#privileged}.
     *
     * @return a new specification
     */
    public ContainerSpec privileged() {
        return security(
                security -> security.setPrivileged(true).clearMaskedPaths().clearReadonlyPaths());
    }

    /**
     * Adds Linux capabilities to the runtime's default ones.
     *
     * @param names names without {@code CAP_}, or {@code ALL}
     * @return a new specification
     */
    public ContainerSpec addCapabilities(String... names) {
        return security(security -> security.getCapabilitiesBuilder().addAllAddCapabilities(List.of(names)));
    }

    /**
     * Takes away Linux capabilities of the runtime's default ones.
     *
     * @param names names without {@code CAP_}, or {@code ALL}
     * @return a new specification
     */
    public ContainerSpec dropCapabilities(String... names) {
        return security(security -> security.getCapabilitiesBuilder().addAllDropCapabilities(List.of(names)));
    }

    /**
     * Adds Linux capabilities that programs get that know nothing of them, for users other than root. Runtimes can do that
     * since containerd 2.0.
     *
     * @param names names without {@code CAP_}, or {@code ALL}
     * @return a new specification
     */
    public ContainerSpec addAmbientCapabilities(String... names) {
        return security(security -> security.getCapabilitiesBuilder().addAllAddAmbientCapabilities(List.of(names)));
    }

    /**
     * Sets further groups of the process.
     *
     * @param gids group IDs, which replace earlier ones
     * @return a new specification
     */
    public ContainerSpec supplementalGroups(long... gids) {
        return security(security -> security.clearSupplementalGroups()
                .addAllSupplementalGroups(Arrays.stream(gids).boxed().toList()));
    }

    /**
     * Leaves out the groups that the image gives the user. Runtimes can do that that have the feature {@link
     * RuntimeStatus.Feature#SUPPLEMENTAL_GROUPS_POLICY}, since containerd 2.0; others would ignore it, and so no container
     * is created.
     *
     * @return a new specification
     */
    public ContainerSpec strictSupplementalGroups() {
        return security(security -> security.setSupplementalGroupsPolicy(SupplementalGroupsPolicy.Strict));
    }

    /**
     * Lets the container see the processes of another one, as for debugging.
     *
     * @param containerId ID of the other container
     * @return a new specification
     */
    public ContainerSpec processesOf(String containerId) {
        return security(security -> security.getNamespaceOptionsBuilder()
                .setPid(NamespaceMode.TARGET)
                .setTargetId(containerId));
    }

    /**
     * Sets the seccomp profile.
     *
     * @param profile the profile; the runtime's default one unless set
     * @return a new specification
     */
    public ContainerSpec seccomp(SecurityProfile profile) {
        return security(security -> security.setSeccomp(profile.raw()));
    }

    /**
     * Sets the AppArmor profile.
     *
     * @param profile the profile; the choice of the runtime unless set
     * @return a new specification
     */
    public ContainerSpec appArmor(SecurityProfile profile) {
        return security(security -> security.setApparmor(profile.raw()));
    }

    /**
     * Sets the SELinux label.
     *
     * @param options the label; the one of the pod unless set
     * @return a new specification
     */
    public ContainerSpec selinux(SelinuxOptions options) {
        return security(security -> security.setSelinuxOptions(options.raw()));
    }

    /**
     * Sets the paths that the container cannot look into, instead of those that Kubernetes hides.
     *
     * @param paths absolute paths
     * @return a new specification
     */
    public ContainerSpec maskedPaths(String... paths) {
        return security(security -> security.clearMaskedPaths().addAllMaskedPaths(List.of(paths)));
    }

    /**
     * Sets the paths that the container can only read, instead of those that Kubernetes protects.
     *
     * @param paths absolute paths
     * @return a new specification
     */
    public ContainerSpec readOnlyPaths(String... paths) {
        return security(security -> security.clearReadonlyPaths().addAllReadonlyPaths(List.of(paths)));
    }

    /** {@return a specification of a container that can write to its mounts alone} */
    public ContainerSpec readOnlyRoot() {
        return security(security -> security.setReadonlyRootfs(true));
    }

    /** {@return a specification of a container whose processes cannot gain rights, as by setuid programs} */
    public ContainerSpec noNewPrivileges() {
        return security(security -> security.setNoNewPrivs(true));
    }

    /** {@return a specification of a container that may make any system call} */
    public ContainerSpec seccompUnconfined() {
        return seccomp(SecurityProfile.unconfined());
    }

    /**
     * Adds a label.
     *
     * @param key its key; an earlier label with the same key is replaced
     * @param value its value
     * @return a new specification
     */
    public ContainerSpec label(String key, String value) {
        return config(config -> config.putLabels(key, value));
    }

    /**
     * Adds an annotation.
     *
     * @param key its key; an earlier annotation with the same key is replaced
     * @param value its value
     * @return a new specification
     */
    public ContainerSpec annotation(String key, String value) {
        return config(config -> config.putAnnotations(key, value));
    }

    /** The specification as a container of a pod, whose namespaces it shares. */
    ContainerConfig completed(PodSandboxConfig pod) {
        ContainerConfig.Builder complete = raw.toBuilder();
        int attempt = raw.getMetadata().getAttempt();
        if (raw.getLogPath().isEmpty()) {
            complete.setLogPath(logName(name(), attempt));
        }
        NamespaceOption own = raw.getLinux().getSecurityContext().getNamespaceOptions();
        NamespaceOption.Builder namespaces = complete.getLinuxBuilder()
                .getSecurityContextBuilder()
                .getNamespaceOptionsBuilder()
                .clear()
                .mergeFrom(pod.getLinux().getSecurityContext().getNamespaceOptions());
        if (own.getPid() == NamespaceMode.TARGET) {
            namespaces.setPid(NamespaceMode.TARGET).setTargetId(own.getTargetId());
        }
        return complete.build();
    }

    /** {@return how the log of a container is called whose specification does not say} */
    static String logName(String name, int attempt) {
        return name + (attempt == 0 ? "" : "_" + attempt) + ".log";
    }

    private ContainerSpec config(Consumer<ContainerConfig.Builder> edit) {
        ContainerConfig.Builder copy = raw.toBuilder();
        edit.accept(copy);
        return new ContainerSpec(copy.build(), given);
    }

    private ContainerSpec security(Consumer<LinuxContainerSecurityContext.Builder> edit) {
        return config(config -> edit.accept(config.getLinuxBuilder().getSecurityContextBuilder()));
    }

    private Resources resources() {
        return Resources.of(raw.getLinux().getResources());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ContainerSpec spec && spec.raw.equals(raw) && (spec.given == null) == (given == null);
    }

    @Override
    public int hashCode() {
        return raw.hashCode();
    }

    /** {@return name and image; nothing of the environment, which may hold secrets} */
    @Override
    public String toString() {
        return "container " + name() + " of image " + image();
    }
}
