package dev.davit.image.internal.fs;

import dev.davit.image.Compression;
import dev.davit.image.internal.codec.DecodeLimits;
import dev.davit.image.internal.codec.LayerDecoder;
import dev.davit.image.internal.tar.TarEntry;
import dev.davit.image.internal.tar.TarLimits;
import dev.davit.image.internal.tar.TarReader;
import dev.davit.image.internal.unpack.UnpackLimits;
import dev.davit.oci.LimitExceededException;
import dev.davit.oci.image.Layer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Reads a layer once from its first byte to its last, verifies it, and writes its index. */
final class Indexer {
    /** How much of an archive has to be decoded, at most, to get to a byte, unless a block of deflate is longer. */
    private static final long DISTANCE = 2 << 20;

    private static final UnpackLimits LIMITS = UnpackLimits.DEFAULT;

    private Indexer() {}

    /**
     * Makes an index.
     *
     * @param layer the layer
     * @param out where the index goes; worth nothing if this fails
     * @throws dev.davit.oci.IntegrityException if it is not the layer that its digest or diffID names
     * @throws dev.davit.oci.MalformedContentException if it is no tar archive, or a broken one
     */
    static void write(Layer layer, OutputStream out) throws IOException {
        IndexWriter index = new IndexWriter(out);
        ChunkDigests.Recorder stored = new ChunkDigests.Recorder(layer.open());
        try (LayerDecoder decoder = LayerDecoder.over(
                stored,
                layer.descriptor(),
                new DecodeLimits(LIMITS.maxBytes(), LIMITS.maxRatio()),
                layer.diffId().newDigester())) {
            decoder.noteCheckpoints(DISTANCE, index::checkpoint);
            ChunkDigests.Recorder decoded = new ChunkDigests.Recorder(decoder);
            boolean isDecoded = decoder.compression() == Compression.ZSTD;
            writeEntries(isDecoded ? decoded : decoder, index);
            if (isDecoded) {
                decoded.drain();
            }
            decoder.finish(layer.diffId(), "layer " + layer.descriptor().digest());
            index.finish(decoder.compression(), decoder.count(), (isDecoded ? decoded : stored).finish());
        }
    }

    private static void writeEntries(InputStream archive, IndexWriter index) throws IOException {
        TarReader tar = new TarReader(archive, TarLimits.DEFAULT);
        long entries = 0;
        for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
            if (++entries > LIMITS.maxEntries()) {
                throw new LimitExceededException(
                        "maxEntries",
                        LIMITS.maxEntries(),
                        "expected at most " + LIMITS.maxEntries() + " entries (limit on entries), got more",
                        null);
            }
            index.entry(entry, tar.position(), tar.pieces());
        }
    }
}
