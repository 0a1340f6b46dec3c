package dev.davit.image.internal.codec;

import dev.davit.image.Compression;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The compressions that layers and archives may have. */
public final class Codecs {
    private Codecs() {}

    /**
     * {@return a stream that decompresses}
     *
     * @param compression how the content is compressed, see {@link Magic}
     * @param in the content; closed with the result
     * @throws IllegalStateException if it is zstd and its library is not at hand
     */
    public static InputStream decoder(Compression compression, InputStream in) throws IOException {
        return switch (compression) {
            case NONE -> in;
            case GZIP -> new GzipDecoder(in);
            case ZSTD -> Zstd.decoder(in);
        };
    }

    /**
     * {@return a stream that decompresses gzip from a checkpoint}
     *
     * @param in the content, from the byte that has the first bit of the checkpoint; closed with the result
     * @param from the checkpoint
     */
    public static InputStream gzipFrom(InputStream in, Checkpoint from) throws IOException {
        return new GzipDecoder(in, from);
    }

    /**
     * {@return a stream that compresses}
     *
     * @param compression how
     * @param level how hard
     * @param out where it goes; zstd closes it with the result
     * @throws IllegalStateException if it is zstd and its library is not at hand
     */
    public static OutputStream encoder(Compression compression, int level, OutputStream out) throws IOException {
        return switch (compression) {
            case NONE -> out;
            case GZIP -> new GzipEncoder(out, level);
            case ZSTD -> Zstd.encoder(out, level);
        };
    }
}
