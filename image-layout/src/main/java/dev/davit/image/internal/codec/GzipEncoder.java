package dev.davit.image.internal.codec;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.zip.CRC32;

/**
 * Writes one gzip member, RFC 1952. Its bytes depend on the data and the level alone: the header is fixed (no name, no
 * time, operating system unknown), and {@link Deflate} is the same everywhere. For one thread, though others help.
 */
final class GzipEncoder extends OutputStream {
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

    private final OutputStream out;
    private final DeflateStream deflate;
    private final CRC32 crc = new CRC32();
    private long bytes;
    private boolean closed;

    GzipEncoder(OutputStream out, int level) throws IOException {
        this(out, level, DeflateStream.helpers());
    }

    /**
     * Starts a member.
     *
     * @param out where it goes
     * @param level from 1, the fastest, to 9
     * @param maxHelpers how many threads may be started; changes nothing about what is written
     */
    GzipEncoder(OutputStream out, int level, int maxHelpers) throws IOException {
        this.out = out;
        this.deflate = new DeflateStream(out, level, maxHelpers);
        out.write(HEADER);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] data, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, data.length);
        crc.update(data, offset, length);
        bytes += length;
        deflate.write(data, offset, length);
    }

    /** Ends the member. The stream behind stays open. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            deflate.finish();
            byte[] trailer = new byte[8];
            putLittleEndian(trailer, 0, crc.getValue());
            putLittleEndian(trailer, 4, bytes);
            out.write(trailer);
        } finally {
            deflate.close();
        }
    }

    /** Gives up: the member stays cut off. */
    void abandon() {
        closed = true;
        deflate.close();
    }

    private static void putLittleEndian(byte[] target, int at, long value) {
        for (int i = 0; i < 4; i++) {
            target[at + i] = (byte) (value >>> (8 * i));
        }
    }
}
