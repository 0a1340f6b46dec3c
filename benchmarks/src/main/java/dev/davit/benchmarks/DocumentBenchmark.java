package dev.davit.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Document;
import dev.davit.oci.History;
import dev.davit.oci.ImageConfig;
import dev.davit.oci.Index;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.Platform;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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
 * Reads and writes documents as real images have them. The peer, a tree of jackson-databind, checks nothing and computes
 * no digest.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DocumentBenchmark {
    private static final ObjectMapper TREES = new ObjectMapper();

    /** Which document. */
    @Param({"manifest of 10 layers", "config of 60 steps", "index of 100 entries"})
    public String document = "";

    private Document value = Manifest.builder(Descriptor.EMPTY).build();
    private byte[] bytes = {};

    /** Makes the document. */
    @Setup
    public void make() {
        value = switch (document) {
            case "manifest of 10 layers" -> manifest();
            case "config of 60 steps" -> config();
            default -> index();
        };
        bytes = value.toBytes();
    }

    private static Manifest manifest() {
        return Manifest.builder(descriptor(MediaType.OCI_CONFIG, 0))
                .layers(IntStream.rangeClosed(1, 10)
                        .mapToObj(i -> descriptor(MediaType.OCI_LAYER_GZIP, i))
                        .toList())
                .annotations(Map.of("org.opencontainers.image.created", "2024-02-29T00:00:00Z"))
                .build();
    }

    private static ImageConfig config() {
        return ImageConfig.builder(Platform.LINUX_AMD64)
                .created(Instant.EPOCH)
                .execution(e -> e.env(List.of("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", "LANG=C.UTF-8"))
                        .entrypoint("/usr/bin/java", "-jar", "/app.jar")
                        .labels(Map.of("maintainer", "acme", "version", "1.0")))
                .diffIds(IntStream.range(0, 20)
                        .mapToObj(DocumentBenchmark::digest)
                        .toList())
                .history(IntStream.range(0, 60)
                        .mapToObj(i -> History.builder()
                                .created(Instant.ofEpochSecond(1_700_000_000L + i))
                                .createdBy("RUN /bin/sh -c apt-get update && apt-get install -y package-" + i)
                                .emptyLayer(i % 3 != 0)
                                .build())
                        .toList())
                .build();
    }

    private static Index index() {
        Platform[] platforms = {Platform.LINUX_AMD64, Platform.LINUX_ARM64};
        return Index.builder()
                .manifests(IntStream.range(0, 100)
                        .mapToObj(i -> descriptor(MediaType.OCI_MANIFEST, i).toBuilder()
                                .platform(platforms[i % 2])
                                .build())
                        .toList())
                .build();
    }

    private static Digest digest(int seed) {
        return Digest.sha256(Integer.toString(seed).getBytes(UTF_8));
    }

    private static Descriptor descriptor(MediaType type, int seed) {
        return Descriptor.of(type, digest(seed), seed * 1000L);
    }

    /** Parses it; the digest of the document is part of that. */
    @Benchmark
    public Document parse() {
        return Document.parse(value.mediaType(), bytes);
    }

    /** Builds it anew from its values. */
    @Benchmark
    public Document write() {
        if (value instanceof Manifest manifest) {
            return Manifest.builder(manifest.config())
                    .layers(manifest.layers())
                    .annotations(manifest.annotations())
                    .build();
        }
        if (value instanceof ImageConfig config) {
            return ImageConfig.builder(config.platform())
                    .diffIds(config.diffIds())
                    .history(config.history())
                    .build();
        }
        return Index.builder().manifests(((Index) value).manifests()).build();
    }

    /** Parses it and changes one thing. */
    @Benchmark
    public Document edit() {
        Document read = Document.parse(value.mediaType(), bytes);
        if (read instanceof Manifest manifest) {
            return manifest.toBuilder().annotations(Map.of("edited", "true")).build();
        }
        if (read instanceof ImageConfig config) {
            return config.toBuilder().author("edited").build();
        }
        return ((Index) read).toBuilder().annotations(Map.of("edited", "true")).build();
    }

    /** What the peer needs to parse it. */
    @Benchmark
    public JsonNode parseWithPeer() throws IOException {
        return TREES.readTree(bytes);
    }
}
