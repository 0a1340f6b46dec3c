package dev.davit.cri;

import com.google.protobuf.ByteString;
import dev.davit.cri.raw.ContainerConfig;
import dev.davit.cri.raw.Int64Value;
import dev.davit.cri.raw.KeyValue;
import dev.davit.cri.raw.LinuxContainerResources;
import dev.davit.cri.raw.LinuxContainerSecurityContext;
import dev.davit.cri.raw.Mount;
import dev.davit.cri.raw.PodSandboxConfig;
import dev.davit.cri.raw.SecurityProfile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

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
    private static final long CPU_PERIOD_MICROS = 100_000;

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

    private ContainerSpec(ContainerConfig raw) {
        this.raw = raw;
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
                .getSeccompBuilder()
                .setProfileType(SecurityProfile.ProfileType.RuntimeDefault);
        return new ContainerSpec(raw.build());
    }

    /** {@return the name} */
    public String name() {
        return raw.getMetadata().getName();
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
        KeyValue variable = KeyValue.newBuilder()
                .setKey(name)
                .setValue(ByteString.copyFrom(value, StandardCharsets.UTF_8))
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
        return mount(source, destination, false);
    }

    /**
     * Adds a folder or file of the node that the container can only read.
     *
     * @param source the folder or file; runtimes may make an empty folder if there is nothing
     * @param destination an absolute path in the container
     * @return a new specification
     */
    public ContainerSpec readOnlyMount(Path source, String destination) {
        return mount(source, destination, true);
    }

    private ContainerSpec mount(Path source, String destination, boolean readOnly) {
        Mount mount = Mount.newBuilder()
                .setHostPath(source.toAbsolutePath().toString())
                .setContainerPath(destination)
                .setReadonly(readOnly)
                .build();
        return config(config -> config.addMounts(mount));
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

    /**
     * Limits memory. A process that wants more is killed.
     *
     * @param bytes the limit
     * @return a new specification
     */
    public ContainerSpec memoryLimit(long bytes) {
        return resources(resources -> resources.setMemoryLimitInBytes(bytes));
    }

    /**
     * Limits processor time.
     *
     * @param cores how many processors it may keep busy, such as 0.5
     * @return a new specification
     * @throws IllegalArgumentException if that is not more than zero
     */
    public ContainerSpec cpuLimit(double cores) {
        if (!(cores > 0)) {
            throw new IllegalArgumentException("CPU limit: expected more than zero, got " + cores);
        }
        long quota = Math.max(1000, Math.round(cores * CPU_PERIOD_MICROS));
        return resources(resources -> resources.setCpuPeriod(CPU_PERIOD_MICROS).setCpuQuota(quota));
    }

    /**
     * Sets the weight in the distribution of processor time, when there is not enough for all.
     *
     * @param shares the weight, relative to 1024
     * @return a new specification
     */
    public ContainerSpec cpuShares(long shares) {
        return resources(resources -> resources.setCpuShares(shares));
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
        return security(
                security -> security.getSeccompBuilder().setProfileType(SecurityProfile.ProfileType.Unconfined));
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
        complete.setLogPath(name() + (attempt == 0 ? "" : "_" + attempt) + ".log");
        complete.getLinuxBuilder()
                .getSecurityContextBuilder()
                .setNamespaceOptions(pod.getLinux().getSecurityContext().getNamespaceOptions());
        return complete.build();
    }

    private ContainerSpec config(Consumer<ContainerConfig.Builder> edit) {
        ContainerConfig.Builder copy = raw.toBuilder();
        edit.accept(copy);
        return new ContainerSpec(copy.build());
    }

    private ContainerSpec security(Consumer<LinuxContainerSecurityContext.Builder> edit) {
        return config(config -> edit.accept(config.getLinuxBuilder().getSecurityContextBuilder()));
    }

    private ContainerSpec resources(Consumer<LinuxContainerResources.Builder> edit) {
        return config(config -> edit.accept(config.getLinuxBuilder().getResourcesBuilder()));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ContainerSpec spec && spec.raw.equals(raw);
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
