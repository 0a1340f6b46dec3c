package dev.davit.image.internal.codec;

import dev.davit.oci.MalformedContentException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Decodes gzip, RFC 1952: one member or many, each checked against its CRC and length, and nothing behind the last.
 * {@link java.util.zip.GZIPInputStream} ends early where a source has no byte available between two members, and takes
 * a damaged second header for the end, so it is not used. For one thread.
 */
final class GzipDecoder extends InputStream {
    private static final int DEFLATE = 8;
    private static final int FHCRC = 2;
    private static final int FEXTRA = 4;
    private static final int FNAME = 8;
    private static final int FCOMMENT = 16;
    private static final int RESERVED = 0xe0;
    /** For name and comment of a member, which the format does not bound. */
    private static final int MAX_TEXT = 64 * 1024;

    private final InputStream in;
    private final Inflater inflater = new Inflater(true);
    private final byte[] input = new byte[64 * 1024];
    private int at;
    private int filled;
    private final CRC32 dataCrc = new CRC32();
    private final CRC32 headerCrc = new CRC32();
    private int members;
    private boolean inMember;
    private boolean ended;

    GzipDecoder(InputStream in) {
        this.in = in;
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
        while (!ended) {
            if (!inMember && !startMember()) {
                ended = true;
                break;
            }
            int n = inflate(target, offset, length);
            if (n > 0) {
                dataCrc.update(target, offset, n);
                return n;
            }
            if (inflater.finished()) {
                at = filled - inflater.getRemaining();
                endMember();
            } else if (inflater.needsDictionary()) {
                throw malformed("expected no preset dictionary");
            } else if (inflater.needsInput()) {
                if (!fill()) {
                    throw cut();
                }
                inflater.setInput(input, 0, filled);
            }
        }
        return -1;
    }

    private int inflate(byte[] target, int offset, int length) {
        try {
            return inflater.inflate(target, offset, length);
        } catch (DataFormatException e) {
            throw new MalformedContentException("gzip member " + members + ": " + e.getMessage(), e);
        }
    }

    /** {@return false at the end of the stream} */
    private boolean startMember() throws IOException {
        if (members > 0 && at == filled && !fill()) {
            return false;
        }
        members++;
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
        inflater.reset();
        inflater.setInput(input, at, filled - at);
        inMember = true;
        return true;
    }

    private void endMember() throws IOException {
        long size = inflater.getBytesWritten();
        if (littleEndian() != dataCrc.getValue()) {
            throw malformed("the CRC of the data is wrong");
        }
        if (littleEndian() != (size & 0xffff_ffffL)) {
            throw malformed("the length of the data is wrong");
        }
        inMember = false;
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
        if (at == filled && !fill()) {
            throw cut();
        }
        headerCrc.update(input[at]);
        return input[at++] & 0xff;
    }

    private boolean fill() throws IOException {
        int n = in.read(input, 0, input.length);
        at = 0;
        filled = Math.max(0, n);
        return n >= 0;
    }

    private MalformedContentException cut() {
        return malformed("the stream is cut off");
    }

    private MalformedContentException malformed(String what) {
        return new MalformedContentException("gzip member " + members + ": " + what);
    }

    @Override
    public void close() throws IOException {
        ended = true;
        inflater.end();
        in.close();
    }
}
