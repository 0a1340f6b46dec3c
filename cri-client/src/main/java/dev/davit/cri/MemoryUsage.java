package dev.davit.cri;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Memory that is in use. All sizes are bytes, and absent where the runtime does not say.
 *
 * @param time when that was measured
 * @param workingSet what could not be given back at once; what the limit is compared with
 * @param available what is left of the limit
 * @param usage all memory, that of caches included
 * @param rss memory of processes that is not backed by files
 * @param pageFaults page faults so far
 * @param majorPageFaults page faults so far that had to read a disk
 * @param pressure how much work waited for memory, if the runtime says
 */
public record MemoryUsage(
        Instant time,
        OptionalLong workingSet,
        OptionalLong available,
        OptionalLong usage,
        OptionalLong rss,
        OptionalLong pageFaults,
        OptionalLong majorPageFaults,
        Optional<Pressure> pressure) {
    static MemoryUsage of(dev.davit.cri.raw.MemoryUsage raw) {
        return new MemoryUsage(
                Times.instant(raw.getTimestamp()),
                Amounts.optional(raw.hasWorkingSetBytes(), raw.getWorkingSetBytes()),
                Amounts.optional(raw.hasAvailableBytes(), raw.getAvailableBytes()),
                Amounts.optional(raw.hasUsageBytes(), raw.getUsageBytes()),
                Amounts.optional(raw.hasRssBytes(), raw.getRssBytes()),
                Amounts.optional(raw.hasPageFaults(), raw.getPageFaults()),
                Amounts.optional(raw.hasMajorPageFaults(), raw.getMajorPageFaults()),
                raw.hasPsi() ? Optional.of(Pressure.of(raw.getPsi())) : Optional.empty());
    }

    static MemoryUsage of(dev.davit.cri.raw.WindowsMemoryUsage raw) {
        return new MemoryUsage(
                Times.instant(raw.getTimestamp()),
                Amounts.optional(raw.hasWorkingSetBytes(), raw.getWorkingSetBytes()),
                Amounts.optional(raw.hasAvailableBytes(), raw.getAvailableBytes()),
                Amounts.optional(raw.hasCommitMemoryBytes(), raw.getCommitMemoryBytes()),
                OptionalLong.empty(),
                Amounts.optional(raw.hasPageFaults(), raw.getPageFaults()),
                OptionalLong.empty(),
                Optional.empty());
    }
}
