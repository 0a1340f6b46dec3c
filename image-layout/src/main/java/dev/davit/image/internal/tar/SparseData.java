package dev.davit.image.internal.tar;

import java.io.IOException;
import java.util.Arrays;

/** Puts the stored pieces of a sparse file where they belong, with zeros between them. For one thread. */
final class SparseData {
    private final SparseMap map;
    private int next;
    private long at;
    private long hole;
    private long data;

    SparseData(SparseMap map) {
        this.map = map;
    }

    /** Reads what is stored. */
    interface Stored {
        int read(byte[] target, int offset, int length) throws IOException;
    }

    /** {@return offsets and lengths of the pieces in turn} */
    long[] pieces() {
        return map.numbers();
    }

    /** {@return how many zeros come next, past which this moves; 0 if there is data, or the end} */
    long skipHole() {
        long skipped = 0;
        // several in a row, if pieces between them have no length
        for (advance(); hole > 0; advance()) {
            skipped += hole;
            at += hole;
            hole = 0;
        }
        return skipped;
    }

    /** {@return how many bytes were read, zeros or data; -1 at the end of the file} */
    int read(Stored stored, byte[] target, int offset, int length) throws IOException {
        advance();
        int n;
        if (hole > 0) {
            n = (int) Math.min(length, hole);
            Arrays.fill(target, offset, offset + n, (byte) 0);
            hole -= n;
        } else if (data > 0) {
            n = stored.read(target, offset, (int) Math.min(length, data));
            data -= n;
        } else {
            return -1;
        }
        at += n;
        return n;
    }

    /** {@return how many bytes of data come next; 0 at the end of the file} */
    long data() {
        advance();
        if (hole > 0) {
            throw new IllegalStateException("holes are skipped");
        }
        return data;
    }

    /** Data was taken. */
    void take(int n) {
        data -= n;
        at += n;
    }

    private void advance() {
        while (hole == 0 && data == 0 && next < map.pieces()) {
            hole = map.offset(next) - at;
            data = map.length(next);
            next++;
        }
        if (hole == 0 && data == 0) {
            hole = map.size() - at;
        }
    }
}
