package dev.davit.image.internal.codec;

import java.util.Arrays;

/** The alphabets of deflate, RFC 1951, section 3.2.5 and following. */
final class DeflateCodes {
    static final int LITERAL_BITS = 11;
    static final int DISTANCE_BITS = 8;
    static final int LENGTH_BITS = 7;
    /** The most entries of complete codes of 286 and of 30 symbols; 288 and 32 of them have no long codes. */
    static final int LITERAL_ENTRIES = 2342;

    static final int DISTANCE_ENTRIES = 402;

    static final int MAX_LITERALS = 286;
    static final int MAX_DISTANCES = 30;
    static final int END_OF_BLOCK = 256;

    /** In which order the lengths of the code for lengths are sent. */
    static final byte[] LENGTH_ORDER = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

    private DeflateCodes() {}

    static HuffmanTable literals() {
        return new HuffmanTable(literalResults(), LITERAL_BITS, LITERAL_ENTRIES);
    }

    static HuffmanTable distances() {
        return new HuffmanTable(distanceResults(), DISTANCE_BITS, DISTANCE_ENTRIES);
    }

    static HuffmanTable lengths() {
        int[] results = new int[LENGTH_ORDER.length];
        for (int i = 0; i < results.length; i++) {
            results[i] = i << 16;
        }
        return new HuffmanTable(results, LENGTH_BITS, 1 << LENGTH_BITS);
    }

    /** {@return the lengths of the fixed code: 288 for literals, and 32 for distances behind them} */
    static byte[] fixed() {
        byte[] lengths = new byte[288 + 32];
        Arrays.fill(lengths, 0, 144, (byte) 8);
        Arrays.fill(lengths, 144, 256, (byte) 9);
        Arrays.fill(lengths, 256, 280, (byte) 7);
        Arrays.fill(lengths, 280, 288, (byte) 8);
        Arrays.fill(lengths, 288, 320, (byte) 5);
        return lengths;
    }

    private static int[] literalResults() {
        int[] results = new int[288];
        for (int i = 0; i < END_OF_BLOCK; i++) {
            results[i] = HuffmanTable.LITERAL | i << 16;
        }
        results[END_OF_BLOCK] = HuffmanTable.SPECIAL | HuffmanTable.END;
        int base = 3;
        for (int i = 257; i < 285; i++) {
            int extra = Math.max(0, (i - 261) / 4);
            results[i] = base << 16 | extra;
            base += 1 << extra;
        }
        results[285] = 258 << 16;
        results[286] = HuffmanTable.SPECIAL;
        results[287] = HuffmanTable.SPECIAL;
        return results;
    }

    private static int[] distanceResults() {
        int[] results = new int[32];
        int base = 1;
        for (int i = 0; i < MAX_DISTANCES; i++) {
            int extra = Math.max(0, (i - 2) / 2);
            results[i] = base << 16 | extra;
            base += 1 << extra;
        }
        results[30] = HuffmanTable.SPECIAL;
        results[31] = HuffmanTable.SPECIAL;
        return results;
    }
}
