package dev.davit.image.internal.codec;

import dev.davit.oci.MalformedContentException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.zip.CRC32;

/**
 * Decodes gzip, RFC 1952: one member or many, each checked against its CRC and length, and nothing behind the last.
 * {@link java.util.zip.GZIPInputStream} ends early where a source has no byte available between two members, and takes
 * a damaged second header for the end, so it is not used. For one thread.
 */
final class GzipDecoder extends InputStream implements ChunkDecoder {
    private static final int DEFLATE = 8;
    private static final int FHCRC = 2;
    private static final int FEXTRA = 4;
    private static final int FNAME = 8;
    private static final int FCOMMENT = 16;
    private static final int RESERVED = 0xe0;
    /** For name and comment of a member, which the format does not bound. */
    private static final int MAX_TEXT = 64 * 1024;

    private final BitSource source;
    private final Inflate inflate;
    private final CRC32 dataCrc = new CRC32();
    private final CRC32 headerCrc = new CRC32();
    private int members;
    private boolean inMember;
    private boolean ended;
    /** Whether the start of the member was not seen, so that its checksum cannot be known. */
    private boolean isPart;

    private long bytes;
    private long every;
    private long nextCheckpoint = Long.MAX_VALUE;
    private Checkpoint.Sink checkpoints = checkpoint -> {};

    GzipDecoder(InputStream in) {
        this.source = new BitSource(in);
        this.inflate = new Inflate(source);
    }

    /**
     * Goes on in the middle of a stream, with the checksum of the member unknown.
     *
     * @param in the stream, from the byte that has the first bit of the checkpoint
     * @param from where another decoder was
     */
    GzipDecoder(InputStream in, Checkpoint from) throws IOException {
        this.source = new BitSource(in);
        this.inflate = new Inflate(source, from);
        this.members = 1;
        this.inMember = true;
        this.isPart = true;
    }

    /**
     * Notes where decoding could start again. The first such place is the first block, the next ones follow as soon as a
     * block starts after some more bytes. Has to be asked for before the first byte is read.
     *
     * @param distance how many bytes of output lie between, at least
     * @param to gets each place; its total counts the output of all members
     */
    void noteCheckpoints(long distance, Checkpoint.Sink to) {
        every = distance;
        nextCheckpoint = 0;
        checkpoints = to;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        if (!decodeSome()) {
            return -1;
        }
        int n = Math.min(length, inflate.to() - inflate.from());
        System.arraycopy(inflate.output(), inflate.from(), target, offset, n);
        take(n);
        return n;
    }

    @Override
    public int decode(byte[] chunk, int at) throws IOException {
        if (at == START) {
            inflate.goOnIn(chunk);
        }
        if (!decodeSome()) {
            return -1;
        }
        take(inflate.to() - inflate.from());
        return inflate.to();
    }

    private void take(int n) {
        inflate.take(n);
        bytes += n;
    }

    /** {@return whether there is something to take; false at the end} */
    private boolean decodeSome() throws IOException {
        while (!ended) {
            if (inflate.from() < inflate.to()) {
                return true;
            }
            if (!inMember) {
                ended = !startMember();
            } else if (inflate.isEnded()) {
                endMember();
            } else {
                noteCheckpoint();
                inflate.decode();
                dataCrc.update(inflate.output(), inflate.from(), inflate.to() - inflate.from());
            }
        }
        return false;
    }

    private void noteCheckpoint() throws IOException {
        Checkpoint here = bytes < nextCheckpoint ? null : inflate.checkpoint();
        if (here != null) {
            checkpoints.accept(new Checkpoint(here.bit(), bytes, here.window()));
            nextCheckpoint = bytes + every;
        }
    }

    /** {@return false at the end of the stream} */
    private boolean startMember() throws IOException {
        if (members > 0 && source.isAtEnd()) {
            return false;
        }
        members++;
        source.context("gzip member " + members);
        headerCrc.reset();
        if (next() != 0x1f || next() != 0x8b) {
            throw malformed(
                    members == 1 ? "expected a gzip header" : "expected another member or the end of the stream");
        }
        if (next() != DEFLATE) {
            throw malformed("expected the compression method deflate");
        }
        int flags = next();
        if ((flags & RESERVED) != 0) {
            throw malformed("expected reserved flags to be zero, got " + flags);
        }
        // time, extra flags, operating system
        skip(6);
        if ((flags & FEXTRA) != 0) {
            skip(next() | next() << 8);
        }
        if ((flags & FNAME) != 0) {
            skipText();
        }
        if ((flags & FCOMMENT) != 0) {
            skipText();
        }
        if ((flags & FHCRC) != 0) {
            int expected = (int) headerCrc.getValue() & 0xffff;
            if ((next() | next() << 8) != expected) {
                throw malformed("the checksum of the header is wrong");
            }
        }
        dataCrc.reset();
        if (members > 1) {
            inflate.restart();
        }
        inMember = true;
        return true;
    }

    private void endMember() throws IOException {
        source.align();
        long crc = littleEndian();
        long length = littleEndian();
        if (!isPart && crc != dataCrc.getValue()) {
            throw malformed("the CRC of the data is wrong");
        }
        if (!isPart && length != (inflate.total() & 0xffff_ffffL)) {
            throw malformed("the length of the data is wrong");
        }
        inMember = false;
        isPart = false;
    }

    private long littleEndian() throws IOException {
        return next() | next() << 8 | next() << 16 | (long) next() << 24;
    }

    private void skip(int bytes) throws IOException {
        for (int i = 0; i < bytes; i++) {
            next();
        }
    }

    private void skipText() throws IOException {
        for (int i = 0; next() != 0; i++) {
            if (i == MAX_TEXT) {
                throw malformed("expected a name or comment of at most " + MAX_TEXT + " bytes");
            }
        }
    }

    private int next() throws IOException {
        int b = source.take(8);
        headerCrc.update(b);
        return b;
    }

    private MalformedContentException malformed(String what) {
        return source.malformed(what);
    }

    @Override
    public void close() throws IOException {
        ended = true;
        source.close();
    }
}
