package dev.davit.image.internal.codec;

import java.util.Arrays;

/** The description of the two codes of a block, itself in a code (RFC 1951, section 3.2.7). For one thread, to be reused. */
final class CodeLengths {
    private static final int REPEAT = 16;
    private static final int ZEROS = 17;
    private static final int MANY_ZEROS = 18;

    private final byte[] lengths = new byte[DeflateCodes.MAX_LITERALS + DeflateCodes.MAX_DISTANCES];
    /** The symbols of the description, with their extra bits from bit 5 on. */
    private final int[] items = new int[lengths.length];

    private int itemCount;
    private final int[] counts = new int[DeflateCodes.LENGTH_ORDER.length];
    private final HuffmanCode code = new HuffmanCode(counts.length, DeflateCodes.LENGTH_BITS);
    private int literalCount;
    private int distanceCount;
    private int lengthCount;

    /** Describes the codes of a block. */
    void set(byte[] literals, byte[] distances) {
        literalCount = used(literals, DeflateCodes.MAX_LITERALS, 257);
        distanceCount = used(distances, DeflateCodes.MAX_DISTANCES, 1);
        System.arraycopy(literals, 0, lengths, 0, literalCount);
        System.arraycopy(distances, 0, lengths, literalCount, distanceCount);
        findRepeats(literalCount + distanceCount);
        code.build(counts, 0, counts.length);
        lengthCount = counts.length;
        while (lengthCount > 4 && code.lengths[DeflateCodes.LENGTH_ORDER[lengthCount - 1]] == 0) {
            lengthCount--;
        }
    }

    private static int used(byte[] lengths, int most, int least) {
        int n = most;
        while (n > least && lengths[n - 1] == 0) {
            n--;
        }
        return n;
    }

    private void findRepeats(int n) {
        Arrays.fill(counts, 0);
        itemCount = 0;
        for (int at = 0; at < n; ) {
            int length = lengths[at];
            int run = 1;
            while (at + run < n && lengths[at + run] == length) {
                run++;
            }
            at += run;
            if (length != 0) {
                add(length, 0);
                run--;
            }
            while (run >= 3) {
                int longest = length != 0 ? 6 : run > 10 ? 138 : 10;
                int repeats = Math.min(run, longest);
                if (length != 0) {
                    add(REPEAT, repeats - 3);
                } else if (repeats > 10) {
                    add(MANY_ZEROS, repeats - 11);
                } else {
                    add(ZEROS, repeats - 3);
                }
                run -= repeats;
            }
            for (; run > 0; run--) {
                add(length, 0);
            }
        }
    }

    private void add(int symbol, int extra) {
        items[itemCount++] = symbol | extra << 5;
        counts[symbol]++;
    }

    /** {@return how long the description is} */
    long bits() {
        long bits = 14 + 3L * lengthCount;
        for (int i = 0; i < counts.length; i++) {
            bits += (long) counts[i] * (code.lengths[i] + extraBits(i));
        }
        return bits;
    }

    private static int extraBits(int symbol) {
        return switch (symbol) {
            case REPEAT -> 2;
            case ZEROS -> 3;
            case MANY_ZEROS -> 7;
            default -> 0;
        };
    }

    void write(BitSink out) {
        out.put(literalCount - 257, 5);
        out.put(distanceCount - 1, 5);
        out.put(lengthCount - 4, 4);
        for (int i = 0; i < lengthCount; i++) {
            out.put(code.lengths[DeflateCodes.LENGTH_ORDER[i]], 3);
        }
        for (int i = 0; i < itemCount; i++) {
            int symbol = items[i] & 31;
            out.put(code.codes[symbol] & 0xff_ffff, code.lengths[symbol]);
            out.put(items[i] >>> 5, extraBits(symbol));
        }
    }
}
