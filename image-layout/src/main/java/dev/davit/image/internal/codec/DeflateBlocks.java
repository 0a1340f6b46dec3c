package dev.davit.image.internal.codec;

import static dev.davit.image.internal.codec.SymbolCounts.DISTANCES;

/**
 * Takes what a compressor has found, decides where blocks end, and writes them (RFC 1951, section 3.2.3).
 *
 * <p>A sequence is some literals and the match behind them, in an {@code int}: from bit 25 on how many literals, from bit
 * 16 on the length of the match or 0 for none, below that its distance. The literals themselves stay where they are, in
 * the input. Sequences come in chunks. A chunk joins the block before it unless codes of its own would save more than
 * their description costs, judged by entropy; each block is then written in whichever of the three ways is shortest, which
 * is computed exactly. For one thread, to be used again and again without garbage.
 */
final class DeflateBlocks {
    /** Bytes of input in a chunk. */
    static final int CHUNK = 4 * 1024;
    /** The most literals that a sequence can have. */
    static final int MAX_RUN = 127;

    /** More than a chunk can have: no match is shorter than three bytes. */
    private static final int CHUNK_SEQUENCES = CHUNK / 2;

    private static final int MAX_SEQUENCES = 32 * 1024;
    /** What it takes to start a block, in bits: somewhat more than to describe its codes, since an estimate is at stake. */
    private static final int NEW_BLOCK = 700;

    private static final int MAX_STORED = 0xffff;
    private static final int CODE = 0xff_ffff;
    private static final byte[] FIXED = DeflateCodes.fixed();
    private static final byte[] LENGTH_SYMBOLS = new byte[259];
    private static final int[] LENGTH_BASES = new int[29];

    static {
        int base = 3;
        for (int i = 0; i < LENGTH_BASES.length; i++) {
            LENGTH_BASES[i] = base;
            for (int length = base; length < Math.min(base + (1 << lengthExtra(i)), 258); length++) {
                LENGTH_SYMBOLS[length] = (byte) i;
            }
            base += 1 << lengthExtra(i);
        }
        LENGTH_BASES[28] = 258;
        LENGTH_SYMBOLS[258] = 28;
    }

    final int[] sequences = new int[MAX_SEQUENCES];
    /** How many of them there are. */
    int count;

    private BitSink out = new BitSink(0);
    private final SymbolCounts block = new SymbolCounts();
    private final SymbolCounts chunk = new SymbolCounts();
    private final SymbolCounts both = new SymbolCounts();
    private long blockCost;
    private int blockStart;
    private int chunkStart;
    /** How many sequences lie before the chunk. */
    private int chunkSequences;

    private final HuffmanCode literals = new HuffmanCode(288, HuffmanTable.MAX_BITS);
    private final HuffmanCode distances = new HuffmanCode(32, HuffmanTable.MAX_BITS);
    private final CodeLengths codeLengths = new CodeLengths();
    /** For each length of a match, its code with the extra bits, as in {@link HuffmanCode#codes}. */
    private final int[] lengthCodes = new int[259];

    /** {@return how often each symbol has come since the chunk began, for the compressor to count on} */
    int[] counts() {
        return chunk.counts;
    }

    /** {@return the symbol for the length of a match} */
    static int lengthSymbol(int length) {
        return 257 + LENGTH_SYMBOLS[length];
    }

    /** {@return the symbol for a distance} */
    static int distanceSymbol(int distance) {
        int d = distance - 1;
        int extra = distanceExtra(d);
        return 2 * extra + (d >>> extra);
    }

    /** {@return how many extra bits there are to a distance, which is given less one} */
    private static int distanceExtra(int d) {
        return Math.max(0, 30 - Integer.numberOfLeadingZeros(d));
    }

    private static int lengthExtra(int i) {
        return i < 8 || i == 28 ? 0 : i / 4 - 1;
    }

    /**
     * Starts.
     *
     * @param at where the input begins
     * @param to where blocks go
     */
    void start(int at, BitSink to) {
        out = to;
        restart(at);
    }

    private void restart(int at) {
        count = 0;
        chunkSequences = 0;
        blockStart = at;
        chunkStart = at;
        chunk.clear();
    }

    /**
     * Ends a chunk.
     *
     * @param in the input
     * @param end index behind the chunk
     */
    void endChunk(byte[] in, int end) {
        long cost = chunk.cost();
        if (blockStart == chunkStart) {
            block.set(chunk);
            blockCost = cost;
        } else {
            both.setSum(block, chunk);
            long together = both.cost();
            if (together > blockCost + cost + NEW_BLOCK * SymbolCounts.BIT) {
                writeBlock(in, chunkStart, chunkSequences, false);
                count -= chunkSequences;
                System.arraycopy(sequences, chunkSequences, sequences, 0, count);
                block.set(chunk);
                blockCost = cost;
                blockStart = chunkStart;
            } else {
                block.set(both);
                blockCost = together;
            }
        }
        chunk.clear();
        chunkSequences = count;
        chunkStart = end;
        if (count > MAX_SEQUENCES - CHUNK_SEQUENCES) {
            writeBlock(in, end, count, false);
            restart(end);
        }
    }

    /** Writes what is left, behind the last chunk. */
    void finish(byte[] in, boolean last) {
        if (blockStart == chunkStart) {
            block.clear();
        }
        if (last || blockStart < chunkStart) {
            writeBlock(in, chunkStart, count, last);
        }
    }

    private void writeBlock(byte[] in, int end, int n, boolean last) {
        int[] counts = block.counts;
        counts[DeflateCodes.END_OF_BLOCK] = 1;
        literals.build(counts, 0, DeflateCodes.MAX_LITERALS);
        distances.build(counts, DISTANCES, DeflateCodes.MAX_DISTANCES);
        codeLengths.set(literals.lengths, distances.lengths);
        long extra = extraBits(counts);
        long own = 3 + codeLengths.bits() + extra + bits(counts, literals.lengths, distances.lengths, 0);
        long fixed = 3 + extra + bits(counts, FIXED, FIXED, DISTANCES);
        if (storedBits(end - blockStart) < Math.min(own, fixed)) {
            store(in, end, last);
            return;
        }
        out.put(last ? 1 : 0, 1);
        if (own < fixed) {
            out.put(2, 2);
            codeLengths.write(out);
        } else {
            out.put(1, 2);
            literals.set(FIXED, 0, DISTANCES);
            distances.set(FIXED, DISTANCES, DeflateCodes.MAX_DISTANCES);
        }
        for (int length = 3; length < lengthCodes.length; length++) {
            int symbol = LENGTH_SYMBOLS[length];
            int code = literals.codes[257 + symbol];
            lengthCodes[length] = ((code & CODE) | (length - LENGTH_BASES[symbol]) << (code >>> 24))
                    | ((code >>> 24) + lengthExtra(symbol)) << 24;
        }
        writeSequences(in, n);
        int endCode = literals.codes[DeflateCodes.END_OF_BLOCK];
        out.put(endCode & CODE, endCode >>> 24);
    }

    private static long extraBits(int[] counts) {
        long bits = 0;
        for (int i = 0; i < LENGTH_BASES.length; i++) {
            bits += (long) counts[257 + i] * lengthExtra(i);
        }
        for (int i = 4; i < DeflateCodes.MAX_DISTANCES; i++) {
            bits += (long) counts[DISTANCES + i] * (i / 2 - 1);
        }
        return bits;
    }

    private static long bits(int[] counts, byte[] literalLengths, byte[] distanceLengths, int firstDistance) {
        long bits = 0;
        for (int i = 0; i < DeflateCodes.MAX_LITERALS; i++) {
            bits += (long) counts[i] * literalLengths[i];
        }
        for (int i = 0; i < DeflateCodes.MAX_DISTANCES; i++) {
            bits += (long) counts[DISTANCES + i] * distanceLengths[firstDistance + i];
        }
        return bits;
    }

    /** Blocks of up to 65535 bytes, of which only the first begins in the middle of a byte. */
    private long storedBits(int length) {
        int pad = -(out.count + 3) & 7;
        int more = Math.max(0, length - 1) / MAX_STORED;
        return 3 + pad + 32 + 40L * more + 8L * length;
    }

    private void store(byte[] in, int end, boolean last) {
        int at = blockStart;
        do {
            int length = Math.min(MAX_STORED, end - at);
            out.put(last && at + length == end ? 1 : 0, 3);
            out.align();
            out.put(length | ~length << 16, 32);
            out.put(in, at, length);
            at += length;
        } while (at < end);
    }

    private void writeSequences(byte[] in, int n) {
        byte[] target = out.buffer;
        int[] literalCodes = literals.codes;
        int[] distanceCodes = distances.codes;
        long bits = out.bits;
        int have = out.count;
        int to = out.at;
        int from = blockStart;
        // seven bits at most are left over each time, so there is room for three literals, or for a length and a
        // distance
        for (int i = 0; i < n; i++) {
            int sequence = sequences[i];
            for (int run = sequence >>> 25; run > 0; run -= 3) {
                int code = literalCodes[in[from++] & 0xff];
                bits |= (long) (code & CODE) << have;
                have += code >>> 24;
                if (run > 1) {
                    code = literalCodes[in[from++] & 0xff];
                    bits |= (long) (code & CODE) << have;
                    have += code >>> 24;
                    if (run > 2) {
                        code = literalCodes[in[from++] & 0xff];
                        bits |= (long) (code & CODE) << have;
                        have += code >>> 24;
                    }
                }
                BitSource.LONGS.set(target, to, bits);
                to += have >>> 3;
                bits >>>= have & ~7;
                have &= 7;
            }
            int length = sequence >>> 16 & 0x1ff;
            if (length == 0) {
                continue;
            }
            from += length;
            int code = lengthCodes[length];
            bits |= (long) (code & CODE) << have;
            have += code >>> 24;
            int d = (sequence & 0xffff) - 1;
            int extra = distanceExtra(d);
            code = distanceCodes[2 * extra + (d >>> extra)];
            bits |= (long) (code & CODE) << have;
            have += code >>> 24;
            bits |= (long) (d & ((1 << extra) - 1)) << have;
            have += extra;
            BitSource.LONGS.set(target, to, bits);
            to += have >>> 3;
            bits >>>= have & ~7;
            have &= 7;
        }
        out.bits = bits;
        out.count = have;
        out.at = to;
    }
}
