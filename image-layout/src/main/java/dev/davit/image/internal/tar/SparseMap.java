package dev.davit.image.internal.tar;

import dev.davit.oci.MalformedContentException;
import dev.davit.oci.internal.Text;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Where the data of a sparse file belongs: pieces in order, and zeros between them. All three formats of GNU tar say the
 * same in other words. Immutable.
 *
 * @see <a href="https://www.gnu.org/software/tar/manual/html_section/Sparse-Formats.html">GNU tar, "Storing Sparse
 *     Files"</a>
 */
final class SparseMap {
    private final long[] numbers;
    private final int pieces;
    private final long size;

    private SparseMap(long[] numbers, int pieces, long size) {
        this.numbers = numbers;
        this.pieces = pieces;
        this.size = size;
    }

    int pieces() {
        return pieces;
    }

    /** {@return offsets and lengths of the pieces in turn} */
    long[] numbers() {
        return Arrays.copyOf(numbers, 2 * pieces);
    }

    /** {@return where in the file a piece begins} */
    long offset(int piece) {
        return numbers[2 * piece];
    }

    /** {@return how long a piece is} */
    long length(int piece) {
        return numbers[2 * piece + 1];
    }

    /** {@return the length of the file, zeros and all} */
    long size() {
        return size;
    }

    /** {@return how many bytes the archive has of the file} */
    long stored() {
        long stored = 0;
        for (int i = 0; i < pieces; i++) {
            stored += length(i);
        }
        return stored;
    }

    /** Collects offsets and lengths in turn. Grows with what was read, never with what a number says. */
    static final class Builder {
        private long[] numbers = new long[8];
        private int count;

        void add(long number) {
            if (count == numbers.length) {
                numbers = Arrays.copyOf(numbers, 2 * count);
            }
            numbers[count++] = number;
        }

        /** Adds decimal numbers with commas between them. */
        void addAll(byte[] text) {
            int from = 0;
            for (int i = 0; i <= text.length; i++) {
                if (i == text.length || text[i] == ',') {
                    add(Numbers.decimal("sparse map", Arrays.copyOfRange(text, from, i)));
                    from = i + 1;
                }
            }
        }

        /**
         * {@return the map}
         *
         * @param size the length of the file
         * @param stored how many bytes of data the entry has
         * @throws MalformedContentException if the pieces are not in order, or are not what the entry has
         */
        SparseMap build(long size, long stored) {
            Numbers.inRange("size of the sparse file", size, 0, Long.MAX_VALUE - TarFormat.BLOCK);
            if (count % 2 != 0) {
                throw new MalformedContentException("sparse map: expected a length for each offset, got none");
            }
            long end = 0;
            for (int i = 0; i < count; i += 2) {
                boolean inOrder = numbers[i] >= end && numbers[i + 1] >= 0 && numbers[i] <= size - numbers[i + 1];
                if (!inOrder) {
                    throw new MalformedContentException("sparse map: expected pieces in order, within " + size
                            + " bytes, got " + numbers[i + 1] + " bytes at " + numbers[i]);
                }
                end = numbers[i] + numbers[i + 1];
            }
            SparseMap map = new SparseMap(numbers, count / 2, size);
            if (map.stored() != stored) {
                throw new MalformedContentException(
                        "sparse file: expected " + map.stored() + " bytes of data, got " + stored);
            }
            return map;
        }
    }

    static MalformedContentException malformedNumber(byte[] text, int length) {
        return new MalformedContentException("sparse map: expected a line with a number, got "
                + Text.quote(new String(text, 0, length, StandardCharsets.ISO_8859_1)));
    }
}
