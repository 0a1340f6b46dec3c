package dev.davit.cri;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Processor time that was used.
 *
 * @param time when that was measured
 * @param total processor time since the beginning, in nanoseconds of one core
 * @param nanoCores use at the moment as the runtime measures it, in billionths of a core; mostly absent
 * @param pressure how much work waited for a processor, if the runtime says
 */
public record CpuUsage(Instant time, OptionalLong total, OptionalLong nanoCores, Optional<Pressure> pressure) {
    static CpuUsage of(dev.davit.cri.raw.CpuUsage raw) {
        return new CpuUsage(
                Times.instant(raw.getTimestamp()),
                Amounts.optional(raw.hasUsageCoreNanoSeconds(), raw.getUsageCoreNanoSeconds()),
                Amounts.optional(raw.hasUsageNanoCores(), raw.getUsageNanoCores()),
                raw.hasPsi() ? Optional.of(Pressure.of(raw.getPsi())) : Optional.empty());
    }

    static CpuUsage of(dev.davit.cri.raw.WindowsCpuUsage raw) {
        return new CpuUsage(
                Times.instant(raw.getTimestamp()),
                Amounts.optional(raw.hasUsageCoreNanoSeconds(), raw.getUsageCoreNanoSeconds()),
                Amounts.optional(raw.hasUsageNanoCores(), raw.getUsageNanoCores()),
                Optional.empty());
    }

    /**
     * Computes the use between two samples.
     *
     * @param earlier an earlier sample of the same container or pod
     * @return per cent of one core: 200 means that two were busy; nothing if the samples are not apart, or do not say
     */
    public OptionalDouble percentSince(CpuUsage earlier) {
        Duration between = Duration.between(earlier.time, time);
        if (total.isEmpty() || earlier.total.isEmpty() || between.isZero() || between.isNegative()) {
            return OptionalDouble.empty();
        }
        long used = total.getAsLong() - earlier.total.getAsLong();
        // Less than before: it was started again in between.
        return used < 0 ? OptionalDouble.empty() : OptionalDouble.of(100.0 * used / between.toNanos());
    }
}
