package dev.davit.image.internal.codec;

import dev.davit.image.Compression;
import dev.davit.oci.Digest;
import dev.davit.oci.Digester;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Takes the tar archive of a layer, hashes it for the diffID, compresses it and passes it on. For one thread.
 *
 * <p>Compressors may give other bytes for the same data when it comes in other pieces, so they get it in pieces of
 * one size.
 */
public final class LayerEncoder extends OutputStream {
    private final Digester diffId = Digester.sha256();
    private final OutputStream compressor;
    private final byte[] piece = new byte[128 * 1024];
    private int filled;
    private boolean finished;

    /**
     * Starts a layer.
     *
     * @param out where the compressed bytes go; stays open
     * @param compression how to compress
     * @param level how hard
     */
    public LayerEncoder(OutputStream out, Compression compression, int level) throws IOException {
        this.compressor = Codecs.encoder(compression, level, new Unclosed(out));
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int at = offset;
        int left = length;
        while (left > 0) {
            int n = Math.min(left, piece.length - filled);
            System.arraycopy(bytes, at, piece, filled, n);
            filled += n;
            at += n;
            left -= n;
            if (filled == piece.length) {
                pass();
            }
        }
    }

    private void pass() throws IOException {
        diffId.update(piece, 0, filled);
        compressor.write(piece, 0, filled);
        filled = 0;
    }

    /**
     * Ends the layer: writes what is left.
     *
     * @return the digest of the uncompressed archive
     */
    public Digest finish() throws IOException {
        pass();
        compressor.close();
        finished = true;
        return diffId.digest();
    }

    /** Frees the compressor; what was not finished stays cut off. */
    @Override
    public void close() throws IOException {
        if (!finished && compressor instanceof GzipEncoder gzip) {
            gzip.abandon();
        } else {
            compressor.close();
        }
    }

    /** Compressors close what is behind them; here the caller does. */
    private static final class Unclosed extends OutputStream {
        private final OutputStream out;

        Unclosed(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }
    }
}
