package dev.davit.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.davit.image.Garbage;
import dev.davit.image.LayoutReport;
import dev.davit.image.OciLayout;
import dev.davit.oci.Annotations;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Index;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.internal.FolderTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Works with a layout of 10,000 names and 50,000 blobs, in a heap of 64 MB. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx64m")
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class LayoutBenchmark {
    private static final int IMAGES = 10_000;
    private static final String MIDDLE = name(IMAGES / 2);

    private Path folder = Path.of("");
    private OciLayout layout = OciLayout.at(temporary());
    private Descriptor image = Descriptor.EMPTY;

    /** Makes the layout: each image has a configuration and three small layers. */
    @Setup(Level.Trial)
    public void make() throws IOException {
        folder = layout.folder();
        Path blobs = Files.createDirectories(folder.resolve("blobs/sha256"));
        List<Descriptor> entries = new ArrayList<>();
        for (int i = 0; i < IMAGES; i++) {
            Manifest.Builder manifest = Manifest.builder(blob(blobs, MediaType.OCI_CONFIG, "{\"number\":" + i + "}"));
            for (int n = 0; n < 3; n++) {
                manifest.addLayer(blob(blobs, MediaType.OCI_LAYER_GZIP, "layer " + n + " of " + i));
            }
            image = blob(
                    blobs, MediaType.OCI_MANIFEST, new String(manifest.build().toBytes(), UTF_8));
            entries.add(
                    image.toBuilder().annotation(Annotations.REF_NAME, name(i)).build());
        }
        Files.write(
                folder.resolve("index.json"),
                Index.builder().manifests(entries).build().toBytes());
    }

    /** Not through the layout, which would sync each: that is not what is measured. */
    private static Descriptor blob(Path blobs, MediaType type, String text) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        Digest digest = Digest.sha256(bytes);
        Files.write(blobs.resolve(digest.encoded()), bytes);
        return Descriptor.of(type, digest, bytes.length);
    }

    private static String name(int number) {
        return "registry.example/team/application:1.0." + number;
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("davit-layout-");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Deletes the layout. */
    @TearDown(Level.Trial)
    public void delete() throws IOException {
        FolderTree.delete(folder);
    }

    /** Lists the names. */
    @Benchmark
    public List<String> tags() {
        return layout.tags();
    }

    /** Finds one image. */
    @Benchmark
    public Descriptor resolve() {
        return layout.resolve(MIDDLE);
    }

    /** Finds one image in a layout that was just opened. */
    @Benchmark
    public Descriptor openAndResolve() {
        return OciLayout.open(folder).resolve(MIDDLE);
    }

    /** Gives a name and takes it away: two changes. */
    @Benchmark
    public void tagAndUntag() {
        layout.tag(image, "another");
        layout.untag("another");
    }

    /** Looks for garbage, of which there is none. */
    @Benchmark
    public Garbage garbage() {
        return layout.garbage(Duration.ofDays(1));
    }

    /** Reads every blob and follows every reference. */
    @Benchmark
    public LayoutReport verify() {
        return layout.verify();
    }
}
