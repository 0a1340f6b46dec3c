package dev.davit.benchmarks;

import dev.davit.image.Compression;
import dev.davit.image.internal.codec.Codecs;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** What benchmarks of compression compress, and with what. */
final class GzipSubjects {
    private static final int PIECES = 8;

    private GzipSubjects() {}

    /** {@return eight pieces from all over a file, so that a large one need not be read} */
    static byte[] sample(Path file, int mostOfAPiece) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            int piece = (int) Math.min(mostOfAPiece, in.length() / PIECES);
            byte[] data = new byte[PIECES * piece];
            for (int i = 0; i < PIECES; i++) {
                in.seek(in.length() / PIECES * i);
                in.readFully(data, i * piece, piece);
            }
            return data;
        }
    }

    static void davit(byte[] data, int level, OutputStream out) throws IOException {
        try (OutputStream gzip = Codecs.encoder(Compression.GZIP, level, out)) {
            gzip.write(data);
        }
    }

    /** The JDK's, with the checksum that gzip wants. */
    static void zlib(byte[] data, int level, OutputStream out) throws IOException {
        Deflater zlib = new Deflater(level, true);
        byte[] buffer = new byte[64 * 1024];
        CRC32 crc = new CRC32();
        crc.update(data);
        zlib.setInput(data);
        zlib.finish();
        while (!zlib.finished()) {
            out.write(buffer, 0, zlib.deflate(buffer));
        }
        zlib.end();
    }
}
