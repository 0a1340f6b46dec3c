package dev.davit.benchmarks;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/**
 * Compresses pieces of files with our compressor and with zlib, through the JDK, in turn, and compares the time of the
 * processor that one thread took, pair by pair; and the sizes. For machines where other work goes on. Wants
 * {@code -XX:ActiveProcessorCount=1}, so that the thread does all by itself.
 */
public final class DeflateComparison {
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
                byte[] data = GzipSubjects.sample(file, PIECE);
                Counter ours = new Counter();
                Counter theirs = new Counter();
                long[] our = new long[PAIRS];
                long[] their = new long[PAIRS];
                double[] ratios = new double[PAIRS];
                // the first pair only warms up
                for (int pair = -1; pair < PAIRS; pair++) {
                    int at = Math.max(0, pair);
                    their[at] = time(() -> GzipSubjects.zlib(data, level, theirs.restart()));
                    our[at] = time(() -> GzipSubjects.davit(data, level, ours.restart()));
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

    private interface Work {
        void run() throws IOException;
    }

    private static long time(Work work) throws IOException {
        long start = THREADS.getCurrentThreadCpuTime();
        work.run();
        return THREADS.getCurrentThreadCpuTime() - start;
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
