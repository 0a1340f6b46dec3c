package dev.davit.image.internal.codec;

import java.util.Arrays;

/**
 * The best code for symbols of known frequency, as deflate wants it (RFC 1951, section 3.2.2): canonical, no code longer
 * than a limit, and complete. Lengths are found in the array of the frequencies themselves, as Moffat and Katajainen showed.
 * For one thread, to be used again and again without garbage.
 */
final class HuffmanCode {
    private static final int SYMBOL_BITS = 9;
    private static final int SYMBOL = (1 << SYMBOL_BITS) - 1;

    private final int limit;
    /** How many bits the code of each symbol has; 0 is none. */
    final byte[] lengths;
    /** The code of each symbol with its bits reversed, as they go into the stream; from bit 24 on, its length. */
    final int[] codes;

    private final int[] sorted;
    private final int[] nodes;
    private final int[] counts;
    private final int[] next;

    /**
     * A code for an alphabet.
     *
     * @param symbols how many there are, from 2 to 512
     * @param limit how many bits a code may have
     */
    HuffmanCode(int symbols, int limit) {
        this.limit = limit;
        this.lengths = new byte[symbols];
        this.codes = new int[symbols];
        this.sorted = new int[symbols];
        this.nodes = new int[symbols];
        this.counts = new int[limit + 1];
        this.next = new int[limit + 1];
    }

    /**
     * Finds the code.
     *
     * @param frequencies how often each symbol comes, less than 2^22
     * @param from index of the first one
     * @param symbols how many there are; what is behind them gets no code
     */
    void build(int[] frequencies, int from, int symbols) {
        Arrays.fill(lengths, (byte) 0);
        int used = 0;
        for (int i = 0; i < symbols; i++) {
            if (frequencies[from + i] != 0) {
                sorted[used++] = frequencies[from + i] << SYMBOL_BITS | i;
            }
        }
        if (used < 2) {
            // a code must be complete: two codes of one bit
            int symbol = used == 0 ? 0 : sorted[0] & SYMBOL;
            lengths[symbol] = 1;
            lengths[symbol == 0 ? 1 : 0] = 1;
        } else {
            Arrays.sort(sorted, 0, used);
            findDepths(used);
            countLengths(used);
            limitLengths();
            int at = 0;
            for (int length = limit; length > 0; length--) {
                for (int i = 0; i < counts[length]; i++) {
                    lengths[sorted[at++] & SYMBOL] = (byte) length;
                }
            }
        }
        assign();
    }

    /** Takes the lengths from elsewhere. */
    void set(byte[] from, int offset, int n) {
        Arrays.fill(lengths, (byte) 0);
        System.arraycopy(from, offset, lengths, 0, n);
        assign();
    }

    /** Leaves in the nodes how deep each inner one lies in the tree, the root last. */
    private void findDepths(int used) {
        int[] a = nodes;
        for (int i = 0; i < used; i++) {
            a[i] = sorted[i] >>> SYMBOL_BITS;
        }
        // pair up the two lightest of leaves and trees, which both come in order of their weight; a tree that was used
        // up keeps where it went
        int tree = 0;
        int leaf = 0;
        for (int made = 0; made < used - 1; made++) {
            int weight = 0;
            for (int i = 0; i < 2; i++) {
                if (leaf == used || (tree < made && a[tree] < a[leaf])) {
                    weight += a[tree];
                    a[tree++] = made;
                } else {
                    weight += a[leaf++];
                }
            }
            a[made] = weight;
        }
        a[used - 2] = 0;
        for (int i = used - 3; i >= 0; i--) {
            a[i] = a[a[i]] + 1;
        }
    }

    /** Counts the leaves of each depth: what the inner nodes of the depth above leave free. */
    private void countLengths(int used) {
        Arrays.fill(counts, 0);
        int node = used - 2;
        int places = 1;
        for (int depth = 0; places > 0; depth++) {
            int inner = 0;
            while (node >= 0 && nodes[node] == depth) {
                inner++;
                node--;
            }
            counts[Math.min(depth, limit)] += places - inner;
            places = 2 * inner;
        }
    }

    /** Codes that were too long got the longest length there is; shorter ones are made longer to give them room. */
    private void limitLengths() {
        int taken = 0;
        for (int length = 1; length <= limit; length++) {
            taken += counts[length] << (limit - length);
        }
        for (int excess = taken - (1 << limit); excess > 0; excess--) {
            int length = limit - 1;
            while (counts[length] == 0) {
                length--;
            }
            counts[limit]--;
            counts[length]--;
            counts[length + 1] += 2;
        }
    }

    private void assign() {
        Arrays.fill(counts, 0);
        for (byte length : lengths) {
            counts[length]++;
        }
        counts[0] = 0;
        int code = 0;
        for (int length = 1; length <= limit; length++) {
            code = (code + counts[length - 1]) << 1;
            next[length] = code;
        }
        for (int i = 0; i < codes.length; i++) {
            int length = lengths[i];
            codes[i] = length == 0 ? 0 : Integer.reverse(next[length]++) >>> (Integer.SIZE - length) | length << 24;
        }
    }
}
