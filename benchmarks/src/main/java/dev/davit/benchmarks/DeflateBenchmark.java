package dev.davit.benchmarks;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Compresses 32 MB with gzip: eight pieces from all over a file, so that a large one need not be read. Our compressor, on
 * one core and on all, beside zlib, through the JDK, with the same checksum. Says how large what comes out is, too.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class DeflateBenchmark {
    private static final int PIECE = 4_000_000;

    /** A file, for example a tar archive; {@code jdk} for the classes of the JDK that runs this. */
    @Param("jdk")
    public String corpus = "jdk";

    @Param({"1", "6", "9"})
    public int level = 6;

    private byte[] data = {};

    /** Reads the sample, and compares sizes. */
    @Setup
    public void read() throws IOException {
        Path file = corpus.equals("jdk") ? Path.of(System.getProperty("java.home"), "lib", "modules") : Path.of(corpus);
        data = GzipSubjects.sample(file, PIECE);
        ByteArrayOutputStream ours = new ByteArrayOutputStream();
        GzipSubjects.davit(data, level, ours);
        ByteArrayOutputStream theirs = new ByteArrayOutputStream();
        GzipSubjects.zlib(data, level, theirs);
        System.out.printf(
                Locale.ROOT,
                "%n# %s, level %d: %d bytes, ours %d, zlib's %d, ours is %+.2f %%%n",
                corpus,
                level,
                data.length,
                ours.size(),
                theirs.size(),
                100.0 * ours.size() / theirs.size() - 100);
    }

    /** Ours, with as many threads as there are cores. */
    @Benchmark
    public void davitAllCores() throws IOException {
        GzipSubjects.davit(data, level, OutputStream.nullOutputStream());
    }

    /** Ours, as on a machine with one core. */
    @Benchmark
    @Fork(value = 2, jvmArgsAppend = "-XX:ActiveProcessorCount=1")
    public void davit() throws IOException {
        GzipSubjects.davit(data, level, OutputStream.nullOutputStream());
    }

    /** The JDK's. */
    @Benchmark
    @Fork(value = 2, jvmArgsAppend = "-XX:ActiveProcessorCount=1")
    public void jdk() throws IOException {
        GzipSubjects.zlib(data, level, OutputStream.nullOutputStream());
    }
}
