package dev.davit.image.internal.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Finds what came before: the places where the same four bytes were, the latest first, are a chain that starts at their
 * hash. Places are kept as their lowest 16 bits, so that the tables stay in the fast cache; a place that is too old looks
 * like another one then, which costs a comparison and nothing else, because no match is believed without one. For one
 * thread.
 */
final class MatchFinder {
    static final int WINDOW = 32 * 1024;
    /** The longest match that deflate knows. */
    static final int MAX_LENGTH = 258;
    /** How many bytes may be read behind a place that is looked at. */
    static final int LOOKAHEAD = Long.BYTES;

    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int MASK = WINDOW - 1;
    private static final int PLACE = 0xffff;
    private static final int HASH_BITS = 15;
    private static final int SHORT_HASH_BITS = 14;
    /** Behind this distance, three literals are shorter than a match of three bytes, more often than not. */
    private static final int SHORT_DISTANCE = 2 * 1024;

    private final char[] heads = new char[1 << HASH_BITS];
    private final char[] before = new char[WINDOW];
    private final char[] shorts = new char[1 << SHORT_HASH_BITS];
    /** The first place that there is. */
    private int origin;

    /** Starts anew, with a buffer where nothing counts that is before a place. */
    void start(int at) {
        origin = at;
        // what is in the other table is reached through this one
        Arrays.fill(heads, (char) 0);
        Arrays.fill(shorts, (char) 0);
    }

    private static int hash(int bytes) {
        return (bytes * 0x9e37_79b1) >>> (Integer.SIZE - HASH_BITS);
    }

    /** Notes places that nothing is looked for at. */
    void skip(byte[] in, int from, int to) {
        char[] heads = this.heads;
        char[] before = this.before;
        for (int at = from; at < to; at++) {
            int hash = hash((int) INTS.get(in, at));
            before[at & MASK] = heads[hash];
            heads[hash] = (char) at;
        }
    }

    /**
     * Finds the longest match of more than three bytes, and notes the place.
     *
     * @param in the input, with {@link #LOOKAHEAD} bytes behind the place
     * @param at where to look for a match
     * @param atLeast a length that the match must exceed, from 3 on; less than the longest
     * @param longest the longest length that it may have
     * @param enough a length that ends the search
     * @param tries how many places to look at, from 1 on
     * @return the length from bit 16 on, the distance below, as in a sequence; 0 if there is none
     */
    int longest(byte[] in, int at, int atLeast, int longest, int enough, int tries) {
        char[] before = this.before;
        long start = (long) BitSource.LONGS.get(in, at);
        int hash = hash((int) start);
        int head = heads[hash];
        heads[hash] = (char) at;
        before[at & MASK] = (char) head;
        int farthest = Math.min(at - origin, WINDOW - 1);
        int distance = at - head & PLACE;
        int best = atLeast;
        int found = 0;
        if (distance == 0 || distance > farthest) {
            return 0;
        }
        // the end of a match that is longer than the best one: it differs more often than the start
        int end = (int) INTS.get(in, at + best - 3);
        int left = tries;
        while (true) {
            int candidate = at - distance;
            if ((int) INTS.get(in, candidate + best - 3) == end) {
                long difference = (long) BitSource.LONGS.get(in, candidate) ^ start;
                int length = difference != 0
                        ? Long.numberOfTrailingZeros(difference) >>> 3
                        : length(in, candidate, at, longest);
                if (length > best) {
                    best = Math.min(length, longest);
                    found = distance;
                    if (length >= enough) {
                        break;
                    }
                    end = (int) INTS.get(in, at + best - 3);
                }
            }
            int next = at - before[candidate & MASK] & PLACE;
            // what is nearer than the one before was written over
            if (--left == 0 || next <= distance || next > farthest) {
                break;
            }
            distance = next;
        }
        return found == 0 ? 0 : best << 16 | found;
    }

    /** {@return how many bytes are the same, or more than the longest; the first eight are} */
    private static int length(byte[] in, int one, int other, int longest) {
        for (int length = Long.BYTES; length < longest; length += Long.BYTES) {
            long difference =
                    (long) BitSource.LONGS.get(in, one + length) ^ (long) BitSource.LONGS.get(in, other + length);
            if (difference != 0) {
                return length + (Long.numberOfTrailingZeros(difference) >>> 3);
            }
        }
        return longest;
    }

    /**
     * Finds a match of three bytes, at the latest place only, and notes the place.
     *
     * @return as {@link #longest}
     */
    int shortest(byte[] in, int at) {
        int bytes = (int) INTS.get(in, at) << 8;
        int hash = (bytes * 0x9e37_79b1) >>> (Integer.SIZE - SHORT_HASH_BITS);
        int distance = at - shorts[hash] & PLACE;
        shorts[hash] = (char) at;
        boolean same = distance != 0
                && distance <= Math.min(at - origin, SHORT_DISTANCE)
                && (int) INTS.get(in, at - distance) << 8 == bytes;
        return same ? 3 << 16 | distance : 0;
    }
}
