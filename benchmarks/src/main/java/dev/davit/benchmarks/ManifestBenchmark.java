package dev.davit.benchmarks;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Reads, edits and writes a manifest of ten layers. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class ManifestBenchmark {
    private final byte[] document = tenLayers();

    private static byte[] tenLayers() {
        Manifest.Builder manifest = Manifest.builder(descriptor(MediaType.OCI_CONFIG, 0));
        for (int i = 1; i <= 10; i++) {
            manifest.addLayer(descriptor(MediaType.OCI_LAYER_GZIP, i));
        }
        return manifest.build().toBytes();
    }

    private static Descriptor descriptor(MediaType type, int seed) {
        return Descriptor.of(
                type, Digest.sha256(Integer.toString(seed).getBytes(StandardCharsets.UTF_8)), seed * 1000L);
    }

    /** Parses it; the digest of the document is part of that. */
    @Benchmark
    public Manifest parse() {
        return Manifest.parse(document);
    }

    /** Parses it, sets an annotation and writes it again. */
    @Benchmark
    public byte[] edit() {
        return Manifest.parse(document).toBuilder()
                .annotations(Map.of("org.opencontainers.image.title", "edited"))
                .build()
                .toBytes();
    }
}
