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
        public int passTo(Sink sink) {
            return -1;
        }

        @Override
        public long skipHole() {
            return 0;
        }
    };

    /** Takes data where it lies. */
    interface Sink {
        /** Takes all of the bytes, and neither keeps nor changes them. */
        void write(byte[] bytes, int offset, int length) throws IOException;
    }

    /**
     * Reads data; of a sparse file also the zeros in its holes.
     *
     * @return how many bytes were read, at least one; -1 at the end of the data
     * @throws dev.davit.oci.MalformedContentException if the archive ends before the data does
     */
    int read(byte[] target, int offset, int length) throws IOException;

    /**
     * Passes data on without copying it. The hole that may come next must have been skipped.
     *
     * @return how many bytes were passed, at least one; -1 at the end of the data
     * @throws dev.davit.oci.MalformedContentException if the archive ends before the data does
     */
    int passTo(Sink sink) throws IOException;

    /** {@return how many zeros come next in a sparse file, past which this moves; 0 if there is data, or the end} */
    long skipHole();
}
