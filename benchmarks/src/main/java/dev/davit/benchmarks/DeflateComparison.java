package dev.davit.benchmarks;

import dev.davit.image.Compression;
import dev.davit.image.internal.codec.Codecs;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Compresses pieces of files with our compressor and with zlib, through the JDK, in turn, and compares the time of the
 * processor that one thread took, pair by pair; and the sizes. For machines where other work goes on. Wants
 * {@code -XX:ActiveProcessorCount=1}, so that the thread does all by itself.
 */
public final class DeflateComparison {
    private static final int PIECES = 8;
    private static final int PIECE = 3_000_000;
    private static final int PAIRS = 5;
    private static final int[] LEVELS = {6, 1, 9};
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private DeflateComparison() {}

    /** Arguments: the file for the results, and the files to be compressed. */
    public static void main(String[] arguments) throws IOException {
        if (Runtime.getRuntime().availableProcessors() > 1) {
            throw new IllegalArgumentException("expected -XX:ActiveProcessorCount=1");
        }
        Results results = new Results();
        for (int level : LEVELS) {
            for (int i = 1; i < arguments.length; i++) {
                Path file = Path.of(arguments[i]);
                byte[] data = pieces(file);
                Counter ours = new Counter();
                Counter theirs = new Counter();
                long[] our = new long[PAIRS];
                long[] their = new long[PAIRS];
                double[] ratios = new double[PAIRS];
                // the first pair only warms up
                for (int pair = -1; pair < PAIRS; pair++) {
                    int at = Math.max(0, pair);
                    their[at] = time(() -> zlib(data, level, theirs.restart()));
                    our[at] = time(() -> davit(data, level, ours.restart()));
                    ratios[at] = (double) their[at] / our[at];
                }
                Arrays.sort(ratios);
                Arrays.sort(our);
                Arrays.sort(their);
                String run = String.format(
                        Locale.ROOT,
                        "{\"file\":\"%s\",\"level\":%d,\"bytes\":%d,\"zlibBytes\":%d,\"davitBytes\":%d,"
                                + "\"zlibMillis\":%d,\"davitMillis\":%d,\"ratio\":[%.2f,%.2f,%.2f]}",
                        file.getFileName(),
                        level,
                        data.length,
                        theirs.bytes,
                        ours.bytes,
                        their[PAIRS / 2] / 1_000_000,
                        our[PAIRS / 2] / 1_000_000,
                        ratios[0],
                        ratios[PAIRS / 2],
                        ratios[PAIRS - 1]);
                System.out.println(run);
                results.add(run);
            }
        }
        results.write(Path.of(arguments[0]));
    }

    private static byte[] pieces(Path file) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            int piece = (int) Math.min(PIECE, in.length() / PIECES);
            byte[] data = new byte[PIECES * piece];
            for (int i = 0; i < PIECES; i++) {
                in.seek(in.length() / PIECES * i);
                in.readFully(data, i * piece, piece);
            }
            return data;
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static long time(Work work) throws IOException {
        long start = THREADS.getCurrentThreadCpuTime();
        work.run();
        return THREADS.getCurrentThreadCpuTime() - start;
    }

    private static void davit(byte[] data, int level, OutputStream out) throws IOException {
        try (OutputStream gzip = Codecs.encoder(Compression.GZIP, level, out)) {
            gzip.write(data);
        }
    }

    private static void zlib(byte[] data, int level, OutputStream out) throws IOException {
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

    private static final class Counter extends OutputStream {
        private long bytes;

        private Counter restart() {
            bytes = 0;
            return this;
        }

        @Override
        public void write(int b) {
            bytes++;
        }

        @Override
        public void write(byte[] data, int offset, int length) {
            bytes += length;
        }
    }
}
