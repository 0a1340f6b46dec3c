package dev.davit.benchmarks;

import dev.davit.image.Compression;
import dev.davit.image.internal.codec.Codecs;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Decompresses 64 MB of a JDK's own classes, compressed with gzip -6: our decoder beside zlib, through the JDK. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class GunzipBenchmark {
    private static final int SIZE = 64_000_000;

    private final byte[] buffer = new byte[64 * 1024];
    private byte[] gzip = {};

    /** Compresses the sample. */
    @Setup
    public void compress() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Path classes = Path.of(System.getProperty("java.home"), "lib", "modules");
        try (InputStream in = Files.newInputStream(classes);
                GZIPOutputStream compressed = new GZIPOutputStream(out)) {
            compressed.write(in.readNBytes(SIZE));
        }
        gzip = out.toByteArray();
    }

    /** Ours. */
    @Benchmark
    public long davit() throws IOException {
        return drain(Codecs.decoder(Compression.GZIP, new ByteArrayInputStream(gzip)));
    }

    /** The JDK's. */
    @Benchmark
    public long jdk() throws IOException {
        return drain(new GZIPInputStream(new ByteArrayInputStream(gzip), buffer.length));
    }

    private long drain(InputStream in) throws IOException {
        long total = 0;
        try (in) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                total += n;
            }
        }
        return total;
    }
}
