package dev.davit.image.internal.codec;

import static dev.davit.image.internal.codec.HuffmanTable.END;
import static dev.davit.image.internal.codec.HuffmanTable.SECOND;
import static dev.davit.image.internal.codec.HuffmanTable.SPECIAL;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Decompresses deflate, RFC 1951.
 *
 * <p>The JDK can do that, too, but it hands it to the zlib it was built with, whose speed and errors differ, and whose
 * state cannot be saved. This one is faster than zlib on one core, because it reads eight bytes at a time, decodes up to
 * three literals from them, finds a symbol with one look into a table that gives base and extra bits at once, and copies
 * matches by eight bytes; and because the JVM compiles all of it into one loop.
 *
 * <p>How it stays safe: the fast loop runs only as long as {@link #FAST_INPUT} bytes of input and {@link #FAST_OUTPUT}
 * bytes of room are left, more than one turn can use, so it needs no check but that of the distance of a match. What is
 * left over is decoded one symbol at a time, with every check. A table that is wrong, as hostile as it may be, only leads
 * to wrong bytes: an index never has more bits than its table, and arrays check their bounds all the same.
 *
 * <p>The output goes to a buffer that starts with the 32 KiB a match may refer to. {@link #decode} stops when it is full,
 * and also at the end of each block: there, and only there, the state is small enough to be saved ({@link #checkpoint}).
 * For one thread.
 */
final class Inflate {
    static final int WINDOW = 32 * 1024;
    private static final int CHUNK = 128 * 1024;
    private static final int MAX_MATCH = 258;
    /** Three refills and what may be read ahead. */
    private static final int FAST_INPUT = 32;
    /** Three literals, a match, and what its copy may write too much. */
    static final int FAST_OUTPUT = 3 + MAX_MATCH + 24;

    private static final int LITERAL_MASK = (1 << DeflateCodes.LITERAL_BITS) - 1;
    private static final int DISTANCE_MASK = (1 << DeflateCodes.DISTANCE_BITS) - 1;
    private static final byte[] FIXED = DeflateCodes.fixed();

    private final BitSource source;
    private final HuffmanTable literals = DeflateCodes.literals();
    private final HuffmanTable distances = DeflateCodes.distances();
    private final HuffmanTable codeLengths = DeflateCodes.lengths();
    private final byte[] lengths = new byte[DeflateCodes.MAX_LITERALS + DeflateCodes.MAX_DISTANCES];

    private byte[] out;
    /** Where the buffer is full, but for what one turn may write. */
    private int full;

    /** Where in the buffer the first byte is that a match may refer to. */
    private int origin;
    /** Where the bytes begin that were not taken yet. */
    private int taken;

    private int pos;
    private long total;

    private State state = State.HEADER;
    private boolean last;
    private int stored;

    private enum State {
        HEADER,
        STORED,
        CODES,
        END
    }

    /** Starts at the first bit of a stream. */
    Inflate(BitSource source) {
        this(source, new byte[WINDOW + CHUNK + FAST_OUTPUT]);
    }

    private Inflate(BitSource source, byte[] buffer) {
        this.source = source;
        this.out = buffer;
        this.full = buffer.length - FAST_OUTPUT;
    }

    /**
     * Goes on where another one was.
     *
     * @param source the stream, from the byte that holds the bit of the checkpoint
     * @param from the checkpoint
     */
    Inflate(BitSource source, Checkpoint from) throws IOException {
        this(source);
        source.take((int) (from.bit() & 7));
        System.arraycopy(from.window(), 0, out, 0, from.window().length);
        this.pos = from.window().length;
        this.taken = pos;
        this.total = from.total();
    }

    /** Starts anew behind the end of a stream: nothing that came before can be referred to. */
    void restart() {
        state = State.HEADER;
        last = false;
        origin = pos;
        total = 0;
    }

    /** {@return the bytes that came out, from {@link #from} to {@link #to}; valid until {@link #decode} is called} */
    byte[] output() {
        return out;
    }

    /** {@return index of the first byte that was not taken} */
    int from() {
        return taken;
    }

    /** {@return index behind the last byte that came out} */
    int to() {
        return pos;
    }

    /** Takes bytes from the output. */
    void take(int bytes) {
        taken += bytes;
    }

    /** {@return how many bytes have come out of the stream} */
    long total() {
        return total;
    }

    /** {@return whether the last block was decoded} */
    boolean isEnded() {
        return state == State.END;
    }

    /** {@return the state, if a block has just ended and its output was taken; else null} */
    @Nullable
    Checkpoint checkpoint() {
        if (state != State.HEADER || taken < pos) {
            return null;
        }
        byte[] window = Arrays.copyOfRange(out, Math.max(origin, pos - WINDOW), pos);
        return new Checkpoint(source.position(), total, window);
    }

    /**
     * Decodes until the buffer is full or a block ends. All output must have been taken.
     *
     * @throws dev.davit.oci.MalformedContentException if the stream is cut off or breaks its rules
     */
    void decode() throws IOException {
        if (isFull()) {
            goOnIn(out);
        }
        int before = pos;
        if (state == State.HEADER) {
            startBlock();
        }
        switch (state) {
            case STORED -> copyStored();
            case CODES -> {
                if (decodeFast() || decodeSlow()) {
                    endBlock();
                }
            }
            default -> {}
        }
        total += pos - before;
    }

    /** {@return whether the next call of {@link #decode} starts anew at the begin of the buffer} */
    boolean isFull() {
        return pos >= full;
    }

    /**
     * Goes on in another buffer, or at the begin of the same, behind what a match may refer to. All output must have been
     * taken.
     *
     * @param buffer has room for {@link #WINDOW}, some bytes that come out, and {@link #FAST_OUTPUT}
     */
    void goOnIn(byte[] buffer) {
        int shift = pos - WINDOW;
        int kept = Math.min(WINDOW, pos - origin);
        System.arraycopy(out, pos - kept, buffer, WINDOW - kept, kept);
        pos = WINDOW;
        taken = WINDOW;
        origin = Math.max(WINDOW - kept, origin - shift);
        out = buffer;
        full = buffer.length - FAST_OUTPUT;
    }

    private void endBlock() {
        state = last ? State.END : State.HEADER;
    }

    private void startBlock() throws IOException {
        last = source.take(1) == 1;
        switch (source.take(2)) {
            case 0 -> startStored();
            case 1 -> {
                literals.build(FIXED, 0, 288);
                distances.build(FIXED, 288, 32);
                state = State.CODES;
            }
            case 2 -> {
                readCodes();
                state = State.CODES;
            }
            default -> throw source.malformed("expected a block of type 0, 1 or 2, got 3");
        }
    }

    private void startStored() throws IOException {
        source.align();
        stored = source.take(16);
        int check = source.take(16);
        if ((stored ^ check) != 0xffff) {
            throw source.malformed("the length of a stored block and its complement do not agree");
        }
        source.emptyRegister();
        state = State.STORED;
    }

    private void copyStored() throws IOException {
        while (stored > 0 && pos < full) {
            if (source.at == source.end && !source.fill()) {
                throw source.cut();
            }
            int n = Math.min(Math.min(stored, source.end - source.at), full - pos);
            System.arraycopy(source.buffer, source.at, out, pos, n);
            source.at += n;
            pos += n;
            stored -= n;
        }
        if (stored == 0) {
            endBlock();
        }
    }

    /** Reads the codes of a block that brings its own (RFC 1951, section 3.2.7). */
    private void readCodes() throws IOException {
        int literalCount = source.take(5) + 257;
        int distanceCount = source.take(5) + 1;
        int lengthCount = source.take(4) + 4;
        if (literalCount > DeflateCodes.MAX_LITERALS || distanceCount > DeflateCodes.MAX_DISTANCES) {
            throw source.malformed("expected at most 286 codes for literals and 30 for distances, got " + literalCount
                    + " and " + distanceCount);
        }
        Arrays.fill(lengths, 0, DeflateCodes.LENGTH_ORDER.length, (byte) 0);
        for (int i = 0; i < lengthCount; i++) {
            lengths[DeflateCodes.LENGTH_ORDER[i]] = (byte) source.take(3);
        }
        requireComplete(lengths, DeflateCodes.LENGTH_ORDER.length);
        build(codeLengths, "lengths", 0, DeflateCodes.LENGTH_ORDER.length);
        readLengths(literalCount + distanceCount);
        if (lengths[DeflateCodes.END_OF_BLOCK] == 0) {
            throw source.malformed("expected a code for the end of the block, got none");
        }
        build(literals, "literals", 0, literalCount);
        build(distances, "distances", literalCount, distanceCount);
    }

    /** The code for lengths has no exception for single codes, unlike the two that it describes. */
    private void requireComplete(byte[] codes, int n) {
        int used = 0;
        for (int i = 0; i < n; i++) {
            used += codes[i] == 0 ? 0 : 1 << (DeflateCodes.LENGTH_BITS - codes[i]);
        }
        if (used < 1 << DeflateCodes.LENGTH_BITS) {
            throw source.malformed("the code for lengths is incomplete");
        }
    }

    private void build(HuffmanTable table, String what, int from, int symbols) {
        String wrong = table.build(lengths, from, symbols);
        if (wrong != null) {
            throw source.malformed("the code for " + what + " is " + wrong);
        }
    }

    private void readLengths(int n) throws IOException {
        int have = 0;
        while (have < n) {
            source.refill();
            int entry = codeLengths.entries[(int) source.bits & ((1 << DeflateCodes.LENGTH_BITS) - 1)];
            drop(entry & 63);
            int symbol = entry >>> 16;
            if (symbol < 16) {
                lengths[have++] = (byte) symbol;
                continue;
            }
            int repeats = switch (symbol) {
                case 16 -> 3 + source.take(2);
                case 17 -> 3 + source.take(3);
                default -> 11 + source.take(7);
            };
            if (have + repeats > n || (symbol == 16 && have == 0)) {
                throw source.malformed("a repetition of code lengths has nothing to repeat, or goes beyond the last");
            }
            Arrays.fill(lengths, have, have + repeats, symbol == 16 ? lengths[have - 1] : 0);
            have += repeats;
        }
    }

    private void drop(int n) {
        if (n > source.count) {
            throw source.cut();
        }
        source.bits >>>= n;
        source.count -= n;
    }

    /** {@return whether the block has ended; if not, input or room is short} */
    private boolean decodeFast() {
        byte[] in = source.buffer;
        byte[] target = out;
        int[] literalTable = literals.entries;
        int[] distanceTable = distances.entries;
        int inLimit = source.end - FAST_INPUT;
        int outLimit = full;
        long bits = source.bits;
        int count = source.count;
        int at = source.at;
        int to = pos;
        boolean ended = false;
        int wrong = 0;
        if (at > inLimit || to >= outLimit) {
            return false;
        }
        bits |= (long) BitSource.LONGS.get(in, at) << count;
        at += (63 - count) >>> 3;
        count |= 56;
        // looked up as early as its bits are known, so that the processor waits for nothing at the start of a turn
        int entry = literalTable[(int) bits & LITERAL_MASK];
        do {
            bits |= (long) BitSource.LONGS.get(in, at) << count;
            at += (63 - count) >>> 3;
            count |= 56;
            if (entry < 0) {
                // 56 bits are three codes of up to eleven, and one more with its extra bits
                target[to++] = (byte) (entry >>> 16);
                bits >>>= entry;
                count -= entry & 63;
                entry = literalTable[(int) bits & LITERAL_MASK];
                if (entry < 0) {
                    target[to++] = (byte) (entry >>> 16);
                    bits >>>= entry;
                    count -= entry & 63;
                    entry = literalTable[(int) bits & LITERAL_MASK];
                    if (entry < 0) {
                        target[to++] = (byte) (entry >>> 16);
                        bits >>>= entry;
                        count -= entry & 63;
                        entry = literalTable[(int) bits & LITERAL_MASK];
                        continue;
                    }
                }
            }
            if ((entry & SPECIAL) != 0) {
                if ((entry & SECOND) != 0) {
                    entry = literalTable[
                            (entry >>> 16)
                                    + ((int) (bits >>> DeflateCodes.LITERAL_BITS) & ((1 << (entry >>> 8 & 31)) - 1))];
                    if (entry < 0) {
                        target[to++] = (byte) (entry >>> 16);
                        bits >>>= entry;
                        count -= entry & 63;
                        entry = literalTable[(int) bits & LITERAL_MASK];
                        continue;
                    }
                }
                if ((entry & SPECIAL) != 0) {
                    bits >>>= entry;
                    count -= entry & 63;
                    ended = (entry & END) != 0;
                    wrong = ended ? 0 : 1;
                    break;
                }
            }
            int length = value(entry, bits);
            bits >>>= entry;
            count -= entry & 63;

            bits |= (long) BitSource.LONGS.get(in, at) << count;
            at += (63 - count) >>> 3;
            count |= 56;
            entry = distanceTable[(int) bits & DISTANCE_MASK];
            if ((entry & SPECIAL) != 0) {
                if ((entry & SECOND) != 0) {
                    entry = distanceTable[
                            (entry >>> 16)
                                    + ((int) (bits >>> DeflateCodes.DISTANCE_BITS) & ((1 << (entry >>> 8 & 31)) - 1))];
                }
                if ((entry & SPECIAL) != 0) {
                    wrong = 2;
                    break;
                }
            }
            int distance = value(entry, bits);
            bits >>>= entry;
            count -= entry & 63;
            if (distance > to - origin) {
                wrong = 3;
                break;
            }
            entry = literalTable[(int) bits & LITERAL_MASK];
            copyFast(target, to, distance, length);
            to += length;
        } while (at <= inLimit && to < outLimit);
        source.bits = bits;
        source.count = count;
        source.at = at;
        pos = to;
        if (wrong != 0) {
            throw wrong(wrong);
        }
        return ended;
    }

    /** {@return base and extra bits of a length or distance} */
    private static int value(int entry, long bits) {
        int extra = (int) (bits & ((1L << (entry & 63)) - 1)) >>> (entry >>> 8 & 15);
        return (entry >>> 16) + extra;
    }

    private RuntimeException wrong(int what) {
        return source.malformed(
                switch (what) {
                    case 1 -> "expected the code of a literal or a length, got none that exists";
                    case 2 -> "expected the code of a distance, got none that exists";
                    default -> "a match refers to what is before the start, or more than 32 KiB before";
                });
    }

    /** May write up to 23 bytes too much. */
    private static void copyFast(byte[] target, int to, int distance, int length) {
        int from = to - distance;
        int end = to + length;
        if (distance >= Long.BYTES) {
            // without a branch for most matches: it would often be guessed wrong
            BitSource.LONGS.set(target, to, (long) BitSource.LONGS.get(target, from));
            BitSource.LONGS.set(target, to + 8, (long) BitSource.LONGS.get(target, from + 8));
            BitSource.LONGS.set(target, to + 16, (long) BitSource.LONGS.get(target, from + 16));
            int p = to + 24;
            if (p < end) {
                from += 24;
                do {
                    BitSource.LONGS.set(target, p, (long) BitSource.LONGS.get(target, from));
                    p += Long.BYTES;
                    from += Long.BYTES;
                } while (p < end);
            }
        } else if (distance == 1) {
            Arrays.fill(target, to, end, target[from]);
        } else {
            for (int p = to; p < end; p++) {
                target[p] = target[from++];
            }
        }
    }

    /** As {@link #decodeFast}, for the last bytes of the input: any symbol may be cut off. */
    private boolean decodeSlow() throws IOException {
        while (pos < full) {
            if (source.end - source.at > FAST_INPUT) {
                return false;
            }
            source.refill();
            int entry = lookup(literals.entries, DeflateCodes.LITERAL_BITS);
            if (entry < 0) {
                drop(entry & 63);
                out[pos++] = (byte) (entry >>> 16);
                continue;
            }
            if ((entry & SPECIAL) != 0) {
                drop(entry & 63);
                if ((entry & END) != 0) {
                    return true;
                }
                throw wrong(1);
            }
            int length = value(entry, source.bits);
            drop(entry & 63);
            source.refill();
            entry = lookup(distances.entries, DeflateCodes.DISTANCE_BITS);
            int distance = value(entry, source.bits);
            drop(entry & 63);
            if ((entry & SPECIAL) != 0) {
                throw wrong(2);
            }
            if (distance > pos - origin) {
                throw wrong(3);
            }
            copyFast(out, pos, distance, length);
            pos += length;
        }
        return false;
    }

    private int lookup(int[] table, int indexBits) {
        int entry = table[(int) source.bits & ((1 << indexBits) - 1)];
        return entry >= 0 && (entry & SPECIAL) != 0 && (entry & SECOND) != 0
                ? table[(entry >>> 16) + ((int) (source.bits >>> indexBits) & ((1 << (entry >>> 8 & 31)) - 1))]
                : entry;
    }
}
