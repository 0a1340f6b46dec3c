package dev.davit.image.internal.codec;

import org.jspecify.annotations.Nullable;

/**
 * A piece of a stream that is compressed by itself, though it may refer to the 32 KiB before it: these bytes, and what comes
 * out of them. All segments of a stream have the same length, except for the last.
 */
final class DeflateSegment {
    /** How long a segment is. Another length gives other bytes. */
    static final int LENGTH = 256 * 1024;
    /** Where it begins in its buffer: what it may refer to is before it. */
    static final int ORIGIN = MatchFinder.WINDOW;
    /** The most that comes out: stored blocks as short as a chunk can make them, and what ends a segment. */
    private static final int MAX_OUTPUT = LENGTH + (LENGTH / DeflateBlocks.CHUNK + 2) * 16;

    final byte[] bytes = new byte[ORIGIN + LENGTH + MatchFinder.LOOKAHEAD];
    /** How many bytes it may refer to. */
    int before;

    int length;
    boolean last;

    final BitSink out = new BitSink(MAX_OUTPUT);
    boolean compressed;

    @Nullable
    Throwable failure;

    /** Becomes the segment behind another, which may be this one. */
    void follow(DeflateSegment previous) {
        System.arraycopy(previous.bytes, LENGTH, bytes, 0, ORIGIN);
        before = ORIGIN;
        length = 0;
        compressed = false;
    }

    /** {@return how many bytes were taken: as many as there is room for} */
    int fill(byte[] from, int offset, int available) {
        int n = Math.min(available, LENGTH - length);
        System.arraycopy(from, offset, bytes, ORIGIN + length, n);
        length += n;
        return n;
    }

    boolean isFull() {
        return length == LENGTH;
    }
}
