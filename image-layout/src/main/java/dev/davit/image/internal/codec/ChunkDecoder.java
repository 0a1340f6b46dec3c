package dev.davit.image.internal.codec;

import java.io.IOException;
import java.io.InputStream;

/** Decodes into the memory of whoever wants the bytes. */
interface ChunkDecoder {
    /** Where the data of a chunk starts: what comes before is the decoder's own. */
    int START = Inflate.WINDOW;

    /** Behind the data of a chunk the decoder may write this many bytes, and the data may reach into them. */
    int SLACK = Inflate.FAST_OUTPUT;

    /**
     * Decodes some bytes behind those that the chunk has already. A chunk is done when less than {@link #SLACK} bytes are
     * left of it; only then another one may be given, and must not be changed by others from here on until it is done.
     *
     * @param chunk the chunk
     * @param at {@link #START} for a new one, or what was returned last
     * @return index behind the bytes, or -1 at the end of the stream
     */
    int decode(byte[] chunk, int at) throws IOException;

    /** {@return the decoder that a stream is, or one that reads from it} */
    static ChunkDecoder of(InputStream in) {
        return in instanceof ChunkDecoder decoder
                ? decoder
                : (chunk, at) -> {
                    int n = in.read(chunk, at, chunk.length - SLACK - at);
                    return n < 0 ? -1 : at + n;
                };
    }
}
