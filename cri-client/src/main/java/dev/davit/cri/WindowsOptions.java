package dev.davit.cri;

import dev.davit.cri.raw.NamespaceMode;
import dev.davit.cri.raw.WindowsContainerConfig;
import dev.davit.cri.raw.WindowsContainerResources;
import dev.davit.cri.raw.WindowsCpuGroupAffinity;
import dev.davit.cri.raw.WindowsPodSandboxConfig;
import java.util.function.Consumer;

/**
 * What is particular about pods and containers on Windows. Limits are for containers alone.
 *
 * <p>Immutable: each method returns a new value.
 */
public final class WindowsOptions {
    private static final WindowsOptions NONE = new WindowsOptions(WindowsContainerConfig.getDefaultInstance(), false);

    private final WindowsContainerConfig raw;
    private final boolean hostNetwork;

    private WindowsOptions(WindowsContainerConfig raw, boolean hostNetwork) {
        this.raw = raw;
        this.hostNetwork = hostNetwork;
    }

    /** {@return options that say nothing} */
    public static WindowsOptions none() {
        return NONE;
    }

    /**
     * Sets the user by name.
     *
     * @param name a user
     * @return new options
     */
    public WindowsOptions user(String name) {
        return with(windows -> windows.getSecurityContextBuilder().setRunAsUsername(name));
    }

    /**
     * Sets the specification of a group managed service account.
     *
     * @param json the specification
     * @return new options
     */
    public WindowsOptions credentialSpec(String json) {
        return with(windows -> windows.getSecurityContextBuilder().setCredentialSpec(json));
    }

    /** {@return options of a process that runs on the node itself} */
    public WindowsOptions hostProcess() {
        return with(windows -> windows.getSecurityContextBuilder().setHostProcess(true));
    }

    /** {@return options of a pod that uses the network of the node} */
    public WindowsOptions hostNetwork() {
        return new WindowsOptions(raw, true);
    }

    /**
     * Limits processor time.
     *
     * @param count how many processors it may use; zero for all
     * @param maximum its part of them, in hundredths of a per cent; zero for all
     * @param shares its weight when there is not enough for all; zero for the usual one
     * @return new options
     */
    public WindowsOptions cpu(long count, long maximum, long shares) {
        return resources(
                resources -> resources.setCpuCount(count).setCpuMaximum(maximum).setCpuShares(shares));
    }

    /**
     * Adds processors that it may run on.
     *
     * @param group a group of processors
     * @param mask a bit for each processor in the group
     * @return new options
     */
    public WindowsOptions cpuAffinity(int group, long mask) {
        return resources(resources -> resources.addAffinityCpus(
                WindowsCpuGroupAffinity.newBuilder().setCpuGroup(group).setCpuMask(mask)));
    }

    /**
     * Limits memory.
     *
     * @param bytes the limit
     * @return new options
     */
    public WindowsOptions memoryLimit(long bytes) {
        return resources(resources -> resources.setMemoryLimitInBytes(bytes));
    }

    /**
     * Limits the writable layer.
     *
     * @param bytes the limit
     * @return new options
     */
    public WindowsOptions rootSize(long bytes) {
        return resources(resources -> resources.setRootfsSizeInBytes(bytes));
    }

    WindowsContainerConfig forContainer() {
        return raw;
    }

    WindowsPodSandboxConfig forPod() {
        WindowsPodSandboxConfig.Builder pod = WindowsPodSandboxConfig.newBuilder();
        pod.getSecurityContextBuilder()
                .setRunAsUsername(raw.getSecurityContext().getRunAsUsername())
                .setCredentialSpec(raw.getSecurityContext().getCredentialSpec())
                .setHostProcess(raw.getSecurityContext().getHostProcess());
        if (hostNetwork) {
            pod.getSecurityContextBuilder().getNamespaceOptionsBuilder().setNetwork(NamespaceMode.NODE);
        }
        return pod.build();
    }

    private WindowsOptions resources(Consumer<WindowsContainerResources.Builder> edit) {
        return with(windows -> edit.accept(windows.getResourcesBuilder()));
    }

    private WindowsOptions with(Consumer<WindowsContainerConfig.Builder> edit) {
        WindowsContainerConfig.Builder copy = raw.toBuilder();
        edit.accept(copy);
        return new WindowsOptions(copy.build(), hostNetwork);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WindowsOptions options && options.raw.equals(raw) && options.hostNetwork == hostNetwork;
    }

    @Override
    public int hashCode() {
        return 31 * raw.hashCode() + Boolean.hashCode(hostNetwork);
    }
}
