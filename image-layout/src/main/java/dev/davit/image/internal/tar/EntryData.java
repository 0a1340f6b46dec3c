package dev.davit.image.internal.tar;

import java.io.IOException;

/** The data of one entry, in one pass. For one thread. */
public interface EntryData {
    /** No data at all. */
    EntryData NONE = new EntryData() {
        @Override
        public int read(byte[] target, int offset, int length) {
            return -1;
        }

        @Override
        public long skipHole() {
            return 0;
        }
    };

    /**
     * Reads data; of a sparse file also the zeros in its holes.
     *
     * @return how many bytes were read, at least one; -1 at the end of the data
     * @throws dev.davit.oci.MalformedContentException if the archive ends before the data does
     */
    int read(byte[] target, int offset, int length) throws IOException;

    /** {@return how many zeros come next in a sparse file, past which this moves; 0 if there is data, or the end} */
    long skipHole();
}
