package dev.davit.image.internal.codec;

/**
 * Packs bits into bytes as deflate does it: the lowest bit of each byte first. Up to 63 of them wait in a register, which
 * the compressor copies to a local variable while it runs; so the fields are open to it. Never checks for room: whoever
 * writes knows how much there is. For one thread.
 */
final class BitSink {
    final byte[] buffer;
    /** Index of the first byte that is not complete. */
    int at;
    /** The bits that make no whole byte yet, the lowest first; zero above {@link #count}. */
    long bits;

    int count;

    /**
     * A sink with some room.
     *
     * @param size how many bytes are written at most; eight more are touched
     */
    BitSink(int size) {
        this.buffer = new byte[size + Long.BYTES];
    }

    void clear() {
        at = 0;
        bits = 0;
        count = 0;
    }

    /** Writes the lowest bits of a number that has no others, at most 32. */
    void put(int value, int n) {
        bits |= (value & 0xffff_ffffL) << count;
        count += n;
        BitSource.LONGS.set(buffer, at, bits);
        at += count >>> 3;
        bits >>>= count & ~7;
        count &= 7;
    }

    /** Fills the last byte with zeros. */
    void align() {
        put(0, -count & 7);
    }

    /** Writes whole bytes; the last one before has to be complete. */
    void put(byte[] bytes, int offset, int length) {
        System.arraycopy(bytes, offset, buffer, at, length);
        at += length;
    }
}
