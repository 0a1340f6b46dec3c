package dev.davit.image.internal.codec;

import java.io.IOException;

/**
 * Where the decoding of a gzip stream can be gone on with, between two blocks.
 *
 * @param bit position in the compressed stream, in bits from its start
 * @param total how many bytes had come out
 * @param window the last of these bytes, at most 32 KiB, which what follows may refer to; not copied
 */
@SuppressWarnings("ArrayRecordComponent")
public record Checkpoint(long bit, long total, byte[] window) {
    /** Takes checkpoints. */
    public interface Sink {
        void accept(Checkpoint checkpoint) throws IOException;
    }
}
