package dev.davit.cri;

import java.time.Instant;
import java.util.OptionalLong;

/**
 * Swap space that is in use.
 *
 * @param time when that was measured
 * @param available bytes that are left
 * @param usage bytes in use
 */
public record SwapUsage(Instant time, OptionalLong available, OptionalLong usage) {
    static SwapUsage of(dev.davit.cri.raw.SwapUsage raw) {
        return new SwapUsage(
                Times.instant(raw.getTimestamp()),
                Amounts.optional(raw.hasSwapAvailableBytes(), raw.getSwapAvailableBytes()),
                Amounts.optional(raw.hasSwapUsageBytes(), raw.getSwapUsageBytes()));
    }
}
