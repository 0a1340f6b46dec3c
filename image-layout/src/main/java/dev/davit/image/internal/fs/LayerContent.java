package dev.davit.image.internal.fs;

import dev.davit.image.Compression;
import dev.davit.oci.image.Layer;
import java.io.IOException;

/**
 * The archive of one layer, readable at random. What is compressed with gzip is decoded from the last checkpoint before
 * the place; of zstd, which has none, a decoded copy is kept. Safe to share between threads.
 */
final class LayerContent {
    private final Layer layer;
    private final LayerIndex index;
    private final FsCache cache;

    LayerContent(Layer layer, LayerIndex index, FsCache cache) {
        this.layer = layer;
        this.index = index;
        this.cache = cache;
    }

    /** {@return a cursor from which a position is reached with the least work} */
    Cursor cursor(long position) throws IOException {
        return switch (index.compression()) {
            case NONE -> Cursor.plain(this, layer.blob(), index.chunks());
            case GZIP ->
                Cursor.gzip(this, layer.blob(), index.chunks(), index.checkpoint(index.checkpointBefore(position)));
            case ZSTD -> Cursor.plain(this, cache.decoded(layer, index.archiveSize()), index.chunks());
        };
    }

    /** {@return where decoding has to start for a position} */
    long startFor(long position) {
        return index.compression() == Compression.GZIP ? index.total(index.checkpointBefore(position)) : position;
    }
}
