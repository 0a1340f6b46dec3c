package dev.davit.image.internal.codec;

/**
 * Compresses deflate, RFC 1951, one segment at a time: bytes that may refer to the 32 KiB before them, and to nothing else,
 * so that segments can be compressed in any order and by several threads, each with a compressor of its own.
 *
 * <p>The JDK can do that, too, but it hands it to the zlib it was built with, and each of them gives other bytes. What this
 * one gives depends on the data and the level alone. It is also faster than zlib on one core: it compares eight bytes at a
 * time, hashes four, looks at few places but ends a block where the data changes, takes a match of three bytes where it
 * finds nothing better, and hurries through what has no matches. {@code docs/performance.md} tells what each of these is
 * worth. For one thread.
 */
final class Deflate {
    /** After so many bytes without a match, as a power of two, one more of the following ones is passed over each time. */
    private static final int PATIENCE = 8;

    private static final int MAX_STEP = 16;

    private final Effort effort;
    private final MatchFinder matches = new MatchFinder();
    private final DeflateBlocks blocks = new DeflateBlocks();
    private final int[] counts = blocks.counts();
    /** How many bytes in a row had no match. */
    private int misses;

    /**
     * What a level means.
     *
     * @param tries how many places are looked at for a match
     * @param enough a match of this length is taken without a look at further places
     * @param lazy a match shorter than this is dropped for a literal if the next byte starts a better one; 0 for never
     */
    private record Effort(int tries, int enough, int lazy) {
        private static final Effort[] LEVELS = {
            new Effort(1, 16, 0),
            new Effort(2, 16, 0),
            new Effort(4, 24, 0),
            new Effort(4, 24, 16),
            new Effort(6, 30, 30),
            new Effort(8, 30, 30),
            new Effort(16, 65, 65),
            new Effort(64, 130, 130),
            new Effort(256, 258, 258),
        };
    }

    /**
     * A compressor.
     *
     * @param level from 1, the fastest, to 9
     */
    Deflate(int level) {
        this.effort = Effort.LEVELS[level - 1];
    }

    /**
     * Compresses a segment. What comes out ends with a whole byte, so that the next one can be put behind it: of the last
     * segment with the last block, of others with a stored block that has nothing in it.
     */
    void compress(DeflateSegment segment) {
        byte[] in = segment.bytes;
        int end = DeflateSegment.ORIGIN + segment.length;
        // at the last bytes nothing is looked for, so that what comes behind them is not seen
        int searchEnd = end - MatchFinder.LOOKAHEAD;
        int at = DeflateSegment.ORIGIN;
        BitSink out = segment.out;
        out.clear();
        matches.start(at - segment.before);
        blocks.start(at, out);
        misses = 0;
        if (at < searchEnd) {
            matches.skip(in, at - segment.before, at);
        }
        while (at < searchEnd) {
            at = parse(in, at, Math.min(at + DeflateBlocks.CHUNK, searchEnd), end);
            if (at < searchEnd) {
                blocks.endChunk(in, at);
            }
        }
        if (at < end) {
            blocks.sequences[blocks.count++] = (end - at) << 25;
            for (; at < end; at++) {
                counts[in[at] & 0xff]++;
            }
        }
        if (segment.length > 0) {
            blocks.endChunk(in, end);
        }
        blocks.finish(in, segment.last);
        if (segment.last) {
            out.align();
        } else {
            out.put(0, 3);
            out.align();
            out.put(0xffff << 16, 32);
        }
    }

    /** {@return the index behind what was made sequences, which may be behind the end of the chunk} */
    private int parse(byte[] in, int from, int chunkEnd, int end) {
        int[] sequences = blocks.sequences;
        int[] counts = this.counts;
        int searchEnd = end - MatchFinder.LOOKAHEAD;
        int n = blocks.count;
        int missed = misses;
        int run = 0;
        int at = from;
        while (at < chunkEnd) {
            int match = find(in, at, 3, end, effort.tries);
            if (match == 0) {
                match = matches.shortest(in, at);
            }
            if (match == 0) {
                int literals = 1 + Math.min(Math.min(missed >>> PATIENCE, MAX_STEP), chunkEnd - at - 1);
                missed++;
                for (; literals > 0; literals--) {
                    counts[in[at++] & 0xff]++;
                    if (++run == DeflateBlocks.MAX_RUN) {
                        sequences[n++] = run << 25;
                        run = 0;
                    }
                }
                continue;
            }
            missed = 0;
            int noted = at + 1;
            for (int length = match >>> 16; length < effort.lazy && noted < searchEnd; length = match >>> 16) {
                int other = find(in, noted, Math.max(3, length - 1), end, effort.tries >> 1);
                noted++;
                if (!isBetter(other, match)) {
                    break;
                }
                counts[in[at++] & 0xff]++;
                if (++run == DeflateBlocks.MAX_RUN) {
                    sequences[n++] = run << 25;
                    run = 0;
                }
                match = other;
            }
            sequences[n++] = run << 25 | match;
            run = 0;
            counts[DeflateBlocks.lengthSymbol(match >>> 16)]++;
            counts[SymbolCounts.DISTANCES + DeflateBlocks.distanceSymbol(match & 0xffff)]++;
            at += match >>> 16;
            matches.skip(in, noted, Math.min(at, searchEnd));
        }
        if (run > 0) {
            sequences[n++] = run << 25;
        }
        blocks.count = n;
        misses = missed;
        return at;
    }

    private int find(byte[] in, int at, int atLeast, int end, int tries) {
        int longest = Math.min(MatchFinder.MAX_LENGTH, end - at);
        return atLeast >= longest
                ? 0
                : matches.longest(in, at, atLeast, longest, Math.min(effort.enough, longest), tries);
    }

    /** {@return whether a match is worth a literal before it: it is longer, or has a distance with fewer extra bits} */
    private static boolean isBetter(int match, int than) {
        int gain = (match >>> 16) - (than >>> 16);
        int nearer = Integer.numberOfLeadingZeros(match & 0xffff) - Integer.numberOfLeadingZeros(than & 0xffff);
        return gain >= 0 && 4 * gain + nearer > 2;
    }
}
