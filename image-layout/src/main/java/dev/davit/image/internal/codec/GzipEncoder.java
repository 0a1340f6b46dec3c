package dev.davit.image.internal.codec;

import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Writes one gzip member, RFC 1952. Its header is fixed (no name, no time, operating system unknown), because the one
 * that {@link java.util.zip.GZIPOutputStream} writes differs between versions of Java. For one thread.
 */
final class GzipEncoder extends OutputStream {
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

    private final OutputStream out;
    private final Deflater deflater;
    private final CRC32 crc = new CRC32();
    private final byte[] buffer = new byte[64 * 1024];
    private boolean closed;

    GzipEncoder(OutputStream out, int level) throws IOException {
        this.out = out;
        this.deflater = new Deflater(level, true);
        out.write(HEADER);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        crc.update(bytes, offset, length);
        deflater.setInput(bytes, offset, length);
        while (!deflater.needsInput()) {
            drain();
        }
    }

    private void drain() throws IOException {
        out.write(buffer, 0, deflater.deflate(buffer));
    }

    /** Ends the member. The stream behind stays open. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            deflater.finish();
            while (!deflater.finished()) {
                drain();
            }
            byte[] trailer = new byte[8];
            putLittleEndian(trailer, 0, crc.getValue());
            putLittleEndian(trailer, 4, deflater.getBytesRead());
            out.write(trailer);
        } finally {
            deflater.end();
        }
    }

    private static void putLittleEndian(byte[] target, int at, long value) {
        for (int i = 0; i < 4; i++) {
            target[at + i] = (byte) (value >>> (8 * i));
        }
    }
}
