package dev.davit.image.internal.codec;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A Huffman code as a table that is indexed with the next bits of the stream. Codes longer than the index lead to a
 * second table behind the first. An entry is a number:
 *
 * <pre>
 *  31       a literal
 *  16..30   the literal, the base of a length or distance, or where the second table begins
 *  15       none of these: the end of the block, a second table, or no code at all
 *  13, 14   which of them: a second table, the end
 *  8..12    bits of the code without extra bits; of a second table, how many bits index it
 *  0..5     bits to drop: those of the code and its extra bits
 * </pre>
 *
 * The layout, with the sum of the bits lowest so that it is a shift distance as it stands, is that of libdeflate.
 */
final class HuffmanTable {
    static final int LITERAL = 1 << 31;
    static final int SPECIAL = 1 << 15;
    static final int END = 1 << 14;
    static final int SECOND = 1 << 13;
    static final int MAX_BITS = 15;

    private final int[] results;
    private final int indexBits;
    final int[] entries;

    // reused, since a stream has a table for each of its many blocks
    private final int[] counts = new int[MAX_BITS + 1];
    private final int[] offsets = new int[MAX_BITS + 2];
    private final int[] sorted;

    /**
     * A table for one alphabet.
     *
     * @param results what each symbol means: an entry without the bits of its code
     * @param indexBits how many bits index the first table
     * @param size the most entries that a complete code can need
     */
    HuffmanTable(int[] results, int indexBits, int size) {
        this.results = results;
        this.indexBits = indexBits;
        this.entries = new int[size];
        this.sorted = new int[results.length];
    }

    /**
     * Builds the table of a code.
     *
     * @param lengths how many bits the code of each symbol has; 0 is none
     * @param from index of the first symbol
     * @param symbols how many there are
     * @return what is wrong with the code, or null. As in zlib, a code must be complete; only one code of a single bit,
     *     and none at all, are let pass, since what they leave open is an error once it is used
     */
    @Nullable
    String build(byte[] lengths, int from, int symbols) {
        Arrays.fill(counts, 0);
        for (int i = 0; i < symbols; i++) {
            counts[lengths[from + i]]++;
        }
        int unused = 1;
        int longest = 0;
        for (int length = 1; length <= MAX_BITS; length++) {
            unused = (unused << 1) - counts[length];
            if (unused < 0) {
                return "over-subscribed";
            }
            longest = counts[length] > 0 ? length : longest;
        }
        if (unused > 0 && longest > 1) {
            return "incomplete";
        }
        sort(lengths, from, symbols);
        if (unused > 0) {
            // what no code leads to
            Arrays.fill(entries, 0, 1 << indexBits, SPECIAL | 1);
        }
        fill(symbols - counts[0], longest);
        return null;
    }

    /** Sorts symbols by the length of their codes, and within a length by number: the order of a canonical code. */
    private void sort(byte[] lengths, int from, int symbols) {
        offsets[1] = 0;
        for (int length = 1; length <= MAX_BITS; length++) {
            offsets[length + 1] = offsets[length] + counts[length];
        }
        for (int symbol = 0; symbol < symbols; symbol++) {
            int length = lengths[from + symbol];
            if (length > 0) {
                sorted[offsets[length]++] = symbol;
            }
        }
    }

    private void fill(int codes, int longest) {
        int code = 0; // with its bits reversed, as they come from the stream
        int length = 1;
        int left = counts[1];
        int prefix = -1;
        int second = 0;
        int secondBits = 0;
        int free = 1 << indexBits;
        for (int i = 0; i < codes; i++) {
            while (left == 0) {
                left = counts[++length];
            }
            int entry = results[sorted[i]] + length * 0x101;
            if (length <= indexBits) {
                for (int at = code; at < 1 << indexBits; at += 1 << length) {
                    entries[at] = entry;
                }
            } else {
                int low = code & ((1 << indexBits) - 1);
                if (low != prefix) {
                    prefix = low;
                    second = free;
                    secondBits = secondBits(length, left, longest);
                    free += 1 << secondBits;
                    entries[low] = SPECIAL | SECOND | second << 16 | secondBits << 8 | indexBits;
                }
                for (int at = code >>> indexBits; at < 1 << secondBits; at += 1 << (length - indexBits)) {
                    entries[second + at] = entry;
                }
            }
            left--;
            code = next(code, length);
        }
    }

    /** {@return how many bits index a second table that begins with a code of this length} */
    private int secondBits(int length, int left, int longest) {
        int bits = length - indexBits;
        int room = (1 << bits) - left;
        for (int l = length; room > 0 && l < longest; bits++) {
            l++;
            room = (room << 1) - counts[l];
        }
        return bits;
    }

    /** {@return the code after this one, of the same length, or the same one if it was the last} */
    private static int next(int code, int length) {
        int bit = 1 << (length - 1);
        while ((code & bit) != 0) {
            bit >>>= 1;
        }
        return bit == 0 ? code : (code & (bit - 1)) | bit;
    }
}
