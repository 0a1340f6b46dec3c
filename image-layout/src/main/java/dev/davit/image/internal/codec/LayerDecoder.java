package dev.davit.image.internal.codec;

import dev.davit.image.Compression;
import dev.davit.image.internal.ViewStream;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Digester;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.content.Blob;
import dev.davit.oci.internal.VerifyingInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.channels.ClosedByInterruptException;
import org.jspecify.annotations.Nullable;

/**
 * Turns a layer as it is stored into its tar archive: finds out by content how it is compressed, decodes it, hashes
 * what comes out, and stops where that becomes too much. For one thread.
 */
public final class LayerDecoder extends ViewStream {
    /** To decode fewer bytes than this is no work for a thread of its own. */
    private static final long WORTH_A_THREAD = 64 * 1024;

    private final Descriptor descriptor;
    private final SourceStream stored;
    private final Compression compression;
    private final InputStream archive;
    private final DecodeLimits limits;
    private final Digester digester;
    private ViewStream view;
    private @Nullable DecodeAhead ahead;
    private long count;

    /**
     * Opens a layer, and verifies its stored bytes whoever made the blob. Failures of the blob's stream come out as {@link
     * TransferException}.
     *
     * @param blob the layer as it is stored
     * @param limits how much may come out
     * @param digester computes the diffID
     * @return its tar archive
     * @throws MalformedContentException if it is neither a tar archive nor one compressed with gzip or zstd
     */
    public static LayerDecoder open(Blob blob, DecodeLimits limits, Digester digester) throws IOException {
        return over(
                VerifyingInputStream.of(blob.open(), blob.descriptor(), "its source"),
                blob.descriptor(),
                limits,
                digester);
    }

    /**
     * Opens a layer as {@link #open} does, for somebody who looks at the stored bytes, too.
     *
     * @param stored the layer as it is stored, verified; closed with the result
     * @param descriptor what it is
     */
    public static LayerDecoder over(InputStream stored, Descriptor descriptor, DecodeLimits limits, Digester digester)
            throws IOException {
        try {
            SourceStream source = new SourceStream(stored, e -> unreadable(descriptor, e));
            return new LayerDecoder(descriptor, source, limits, digester);
        } catch (IOException | RuntimeException e) {
            try (stored) {
                throw e;
            }
        }
    }

    private static TransferException unreadable(Descriptor descriptor, IOException e) {
        return new TransferException(Side.SOURCE, descriptor, "cannot read " + descriptor + ": " + e.getMessage(), e);
    }

    private LayerDecoder(Descriptor descriptor, SourceStream stored, DecodeLimits limits, Digester digester)
            throws IOException {
        this.descriptor = descriptor;
        this.stored = stored;
        this.limits = limits;
        this.digester = digester;
        byte[] head = this.stored.readNBytes(Magic.LENGTH);
        this.compression = Magic.compression(head);
        PushbackInputStream whole = new PushbackInputStream(this.stored, Magic.LENGTH);
        whole.unread(head);
        this.archive = Codecs.decoder(compression, whole);
        this.view = ViewStream.of(new Checked());
    }

    /** {@return how the layer is compressed} */
    public Compression compression() {
        return compression;
    }

    /**
     * Notes where decoding could start again, if the layer is compressed with gzip. Has to be asked for before the first
     * byte is read.
     *
     * @param distance how many bytes of the archive lie between, at least
     * @param to gets each place
     */
    public void noteCheckpoints(long distance, Checkpoint.Sink to) {
        if (archive instanceof GzipDecoder gzip) {
            gzip.noteCheckpoints(distance, to);
        }
    }

    /**
     * Decodes in a thread of its own from now on, ahead of whoever reads, if that is worth it here. Has to be asked for
     * before the first byte is read. The blob's stream is read in that thread, then, and {@link #close} ends it.
     */
    public void readAhead() {
        if (descriptor.size() >= WORTH_A_THREAD && Runtime.getRuntime().availableProcessors() > 1) {
            ahead = new DecodeAhead(archive, digester, out -> limits.check(out, stored.count()));
            view = ahead;
        }
    }

    /** {@return how many bytes have come out so far} */
    public long count() {
        return count;
    }

    @Override
    public boolean fill() throws IOException {
        try {
            return view.fill();
        } catch (ClosedByInterruptException e) {
            throw interrupted(e);
        }
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        try {
            int n = view.read(target, offset, length);
            count += Math.max(n, 0);
            return n;
        } catch (ClosedByInterruptException e) {
            throw interrupted(e);
        }
    }

    private TransferException interrupted(ClosedByInterruptException e) throws IOException {
        if (ahead == null) {
            throw e;
        }
        return new TransferException(
                Side.CALLER, descriptor, "the thread was interrupted while it read " + descriptor, e);
    }

    @Override
    public byte[] bytes() {
        return view.bytes();
    }

    @Override
    public int from() {
        return view.from();
    }

    @Override
    public int to() {
        return view.to();
    }

    @Override
    public void take(int n) {
        view.take(n);
        count += n;
    }

    /** The archive, hashed as it is read. */
    private final class Checked extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int n = archive.read(target, offset, length);
            if (n > 0) {
                digester.update(target, offset, n);
                limits.check(digester.size(), stored.count());
            }
            return n;
        }
    }

    /**
     * Reads what is left. Whatever follows the archive belongs to the layer and to its digests.
     *
     * @return the digest of all that came out
     */
    public Digest finish() throws IOException {
        while (fill()) {
            // only hashed
            take(to() - from());
        }
        return digester.digest();
    }

    /**
     * Reads what is left, and verifies all that came out.
     *
     * @param diffId what its digest should be
     * @param what the layer, for a message
     * @throws IntegrityException if it is another
     */
    public void finish(Digest diffId, String what) throws IOException {
        Digest actual = finish();
        if (!actual.equals(diffId)) {
            throw new IntegrityException(what + ": diffID", diffId.toString(), actual.toString());
        }
    }

    @Override
    public void close() throws IOException {
        if (ahead == null) {
            archive.close();
        } else {
            ahead.close();
        }
    }
}
