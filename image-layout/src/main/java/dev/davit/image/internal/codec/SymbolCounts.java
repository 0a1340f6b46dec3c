package dev.davit.image.internal.codec;

import java.util.Arrays;

/** How often each symbol of a block comes, and how many bits that takes at least. For one thread. */
final class SymbolCounts {
    /** Index of the first distance; before them are literals, the end of the block and lengths. */
    static final int DISTANCES = 288;

    static final int SIZE = DISTANCES + 32;
    /** What costs are counted in: parts of a bit. */
    static final int BIT = 1 << 8;

    /** Of small numbers, in parts of a bit. Computed with integers, because it decides what is written. */
    private static final int[] LOGARITHMS = new int[1 << 12];

    static {
        for (int n = 1; n < LOGARITHMS.length; n++) {
            LOGARITHMS[n] = logarithm(n);
        }
    }

    final int[] counts = new int[SIZE];

    void clear() {
        Arrays.fill(counts, 0);
    }

    void set(SymbolCounts from) {
        System.arraycopy(from.counts, 0, counts, 0, SIZE);
    }

    void setSum(SymbolCounts one, SymbolCounts other) {
        for (int i = 0; i < SIZE; i++) {
            counts[i] = one.counts[i] + other.counts[i];
        }
    }

    /** {@return the entropy of all symbols, in parts of a bit, without their extra bits} */
    long cost() {
        return cost(0, DISTANCES) + cost(DISTANCES, SIZE);
    }

    private long cost(int from, int to) {
        int total = 0;
        long saved = 0;
        for (int i = from; i < to; i++) {
            total += counts[i];
            saved += weighted(counts[i]);
        }
        return weighted(total) - saved;
    }

    /** {@return the number times its logarithm} */
    private static long weighted(int n) {
        int shift = Math.max(0, 20 - Integer.numberOfLeadingZeros(n));
        return (long) n * (LOGARITHMS[n >>> shift] + shift * BIT);
    }

    private static int logarithm(int n) {
        int whole = 31 - Integer.numberOfLeadingZeros(n);
        long rest = ((long) n << 31) >>> whole;
        int result = whole;
        // a digit of the fraction is whether the square of the rest is 2 or more
        for (int digit = BIT; digit > 1; digit >>= 1) {
            rest = (rest * rest) >>> 31;
            int carry = (int) (rest >>> 32);
            result = result << 1 | carry;
            rest >>>= carry;
        }
        return result;
    }
}
