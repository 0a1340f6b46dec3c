package dev.davit.cri;

import dev.davit.cri.raw.PsiData;
import dev.davit.cri.raw.PsiStats;
import java.time.Duration;

/**
 * How much work stands still for want of a resource: the kernel's pressure stall information.
 *
 * @param some the time in which at least one task waited
 * @param full the time in which all tasks waited
 */
public record Pressure(Stall some, Stall full) {
    /**
     * Time lost.
     *
     * @param total all of it so far
     * @param average10 per cent of the last 10 seconds
     * @param average60 per cent of the last 60 seconds
     * @param average300 per cent of the last 300 seconds
     */
    public record Stall(Duration total, double average10, double average60, double average300) {
        static Stall of(PsiData raw) {
            return new Stall(
                    Duration.ofNanos(Math.multiplyExact(Math.min(raw.getTotal(), Long.MAX_VALUE / 1000), 1000L)),
                    raw.getAvg10(),
                    raw.getAvg60(),
                    raw.getAvg300());
        }
    }

    static Pressure of(PsiStats raw) {
        return new Pressure(Stall.of(raw.getSome()), Stall.of(raw.getFull()));
    }
}
