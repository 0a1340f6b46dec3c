package dev.davit.cri;

import dev.davit.cri.raw.HugepageLimit;
import dev.davit.cri.raw.LinuxContainerResources;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Limits on what a Linux container or pod uses. What is not said is not limited; in an update, it stays as it is.
 *
 * <pre>{@code
 * Resources.none().cpuLimit(0.5).memoryLimit(256 << 20).hugePages("2MB", 64 << 20);
 * }</pre>
 *
 * <p>Immutable: each method that sets something returns a new value.
 */
public final class Resources {
    private static final Resources NONE = new Resources(LinuxContainerResources.getDefaultInstance());
    private static final long CPU_PERIOD_MICROS = 100_000;

    private final LinuxContainerResources raw;

    private Resources(LinuxContainerResources raw) {
        this.raw = raw;
    }

    /** {@return no limits} */
    public static Resources none() {
        return NONE;
    }

    static Resources of(LinuxContainerResources raw) {
        return new Resources(raw);
    }

    /**
     * Limits processor time, for each tenth of a second.
     *
     * @param cores how many processors it may keep busy, such as 0.5
     * @return a new value
     * @throws IllegalArgumentException if that is not more than zero
     */
    public Resources cpuLimit(double cores) {
        if (!(cores > 0)) {
            throw new IllegalArgumentException("CPU limit: expected more than zero, got " + cores);
        }
        return cpuQuota(Math.max(1000, Math.round(cores * CPU_PERIOD_MICROS)), CPU_PERIOD_MICROS);
    }

    /**
     * Limits processor time.
     *
     * @param quota how many microseconds of one processor it gets in each period; -1 for no limit
     * @param period the period in microseconds
     * @return a new value
     */
    public Resources cpuQuota(long quota, long period) {
        return with(resources -> resources.setCpuQuota(quota).setCpuPeriod(period));
    }

    /**
     * Sets the weight in the distribution of processor time, when there is not enough for all.
     *
     * @param shares the weight, relative to 1024
     * @return a new value
     */
    public Resources cpuShares(long shares) {
        return with(resources -> resources.setCpuShares(shares));
    }

    /**
     * Sets the processors that it may run on.
     *
     * @param list a list such as {@code 0-2,7}
     * @return a new value
     */
    public Resources cpuSet(String list) {
        return with(resources -> resources.setCpusetCpus(list));
    }

    /**
     * Sets the NUMA nodes whose memory it may use.
     *
     * @param list a list such as {@code 0-1}
     * @return a new value
     */
    public Resources memoryNodes(String list) {
        return with(resources -> resources.setCpusetMems(list));
    }

    /**
     * Limits memory. A process that wants more is killed.
     *
     * @param bytes the limit
     * @return a new value
     */
    public Resources memoryLimit(long bytes) {
        return with(resources -> resources.setMemoryLimitInBytes(bytes));
    }

    /**
     * Limits memory and swap space together.
     *
     * @param bytes the limit for both; as large as the limit for memory means no swap space
     * @return a new value
     */
    public Resources memorySwapLimit(long bytes) {
        return with(resources -> resources.setMemorySwapLimitInBytes(bytes));
    }

    /**
     * Says how gladly the kernel kills its processes when the node is out of memory.
     *
     * @param adjustment from -1000, never, to 1000, first
     * @return a new value
     */
    public Resources oomScoreAdjustment(int adjustment) {
        return with(resources -> resources.setOomScoreAdj(adjustment));
    }

    /**
     * Limits huge pages of one size.
     *
     * @param pageSize the size as the kernel names it, such as {@code 2MB} or {@code 1GB}
     * @param bytes the limit
     * @return a new value
     */
    public Resources hugePages(String pageSize, long bytes) {
        return with(resources -> resources.addHugepageLimits(
                HugepageLimit.newBuilder().setPageSize(pageSize).setLimit(bytes)));
    }

    /**
     * Sets a parameter of control groups version 2.
     *
     * @param file the name of its file, such as {@code memory.high}
     * @param value what is written there
     * @return a new value
     */
    public Resources unified(String file, String value) {
        return with(resources -> resources.putUnified(file, value));
    }

    /** {@return microseconds of one processor in each period, if limited} */
    public OptionalLong cpuQuota() {
        return set(raw.getCpuQuota());
    }

    /** {@return the period in microseconds, if processor time is limited} */
    public OptionalLong cpuPeriod() {
        return set(raw.getCpuPeriod());
    }

    /** {@return the weight for processor time, if set} */
    public OptionalLong cpuShares() {
        return set(raw.getCpuShares());
    }

    /** {@return the processors it may run on; empty for all} */
    public String cpuSet() {
        return raw.getCpusetCpus();
    }

    /** {@return the NUMA nodes whose memory it may use; empty for all} */
    public String memoryNodes() {
        return raw.getCpusetMems();
    }

    /** {@return the limit for memory in bytes, if there is one} */
    public OptionalLong memoryLimit() {
        return set(raw.getMemoryLimitInBytes());
    }

    /** {@return the limit for memory and swap space in bytes, if there is one} */
    public OptionalLong memorySwapLimit() {
        return set(raw.getMemorySwapLimitInBytes());
    }

    /** {@return how gladly the kernel kills its processes, if set} */
    public OptionalInt oomScoreAdjustment() {
        return raw.getOomScoreAdj() == 0 ? OptionalInt.empty() : OptionalInt.of((int) raw.getOomScoreAdj());
    }

    /** {@return the limits for huge pages in bytes, by their size} */
    public Map<String, Long> hugePages() {
        return raw.getHugepageLimitsList().stream()
                .collect(Collectors.toUnmodifiableMap(
                        HugepageLimit::getPageSize, HugepageLimit::getLimit, (first, last) -> last));
    }

    /** {@return the parameters of control groups version 2} */
    public Map<String, String> unified() {
        return Map.copyOf(raw.getUnifiedMap());
    }

    LinuxContainerResources raw() {
        return raw;
    }

    private static OptionalLong set(long value) {
        return value == 0 ? OptionalLong.empty() : OptionalLong.of(value);
    }

    private Resources with(Consumer<LinuxContainerResources.Builder> edit) {
        LinuxContainerResources.Builder copy = raw.toBuilder();
        edit.accept(copy);
        return new Resources(copy.build());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Resources resources && resources.raw.equals(raw);
    }

    @Override
    public int hashCode() {
        return raw.hashCode();
    }
}
