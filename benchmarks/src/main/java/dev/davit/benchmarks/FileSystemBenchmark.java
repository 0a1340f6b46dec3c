package dev.davit.benchmarks;

import dev.davit.image.Compression;
import dev.davit.image.ImageBuilder;
import dev.davit.image.ImageFileSystem;
import dev.davit.image.LayerSpec;
import dev.davit.image.OciLayout;
import dev.davit.oci.Platform;
import dev.davit.oci.content.ContentCache;
import dev.davit.oci.image.Image;
import dev.davit.oci.internal.FolderTree;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Looks into an image whose layers are known to the cache: one of 50,000 small files, below one of 500 MB of text. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx256m")
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@SuppressWarnings("NullAway.Init") // JMH calls what fills the fields
public class FileSystemBenchmark {
    private static final int FILES = 50_000;
    private static final int LARGE = 500_000_000;
    private static final int PIECE = 1024;

    /** How the layers are compressed. */
    @Param({"GZIP", "ZSTD"})
    private Compression compression = Compression.GZIP;

    private final Random random = new Random(7);
    private final ByteBuffer piece = ByteBuffer.allocate(PIECE);
    private Path folder = Path.of("");
    private List<AutoCloseable> open = List.of();
    private Image image;
    private ContentCache cache;
    private FileSystem fs;
    private SeekableByteChannel large;

    /** Makes the image, and opens it once. */
    @Setup(Level.Trial)
    public void make() throws IOException {
        folder = Files.createTempDirectory("davit-image-");
        Path file = folder.resolve("large");
        writeText(file);
        LayerSpec small = LayerSpec.named("small");
        for (int i = 0; i < FILES; i++) {
            String path = "/usr/lib/module-" + i / 50 + "/file-" + i + ".js";
            small = small.file(path, ("content " + i).getBytes(StandardCharsets.US_ASCII), 0644);
        }
        image = ImageBuilder.scratch(Platform.LINUX_AMD64)
                .compression(compression)
                .layer(small)
                .layer(LayerSpec.named("large").file("/large", file))
                .build(OciLayout.at(folder.resolve("layout")));
        Files.delete(file);
        cache = ContentCache.at(folder.resolve("cache"), Long.MAX_VALUE);
        fs = ImageFileSystem.open(image, cache);
        large = Files.newByteChannel(fs.getPath("/large"));
        open = List.of(large, fs);
        randomRead();
    }

    /** Words in random order: nearly no two parts of it alike. */
    private void writeText(Path file) throws IOException {
        String[] words = new String[4000];
        for (int i = 0; i < words.length; i++) {
            words[i] = Integer.toString(random.nextInt(1_000_000), 36) + ' ';
        }
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            for (int left = LARGE; left > 0; ) {
                byte[] word = words[random.nextInt(words.length)].getBytes(StandardCharsets.US_ASCII);
                int length = Math.min(left, word.length);
                out.write(word, 0, length);
                left -= length;
            }
        }
    }

    /** Closes and deletes everything. */
    @TearDown(Level.Trial)
    public void delete() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        FolderTree.delete(folder);
    }

    /** Opens the image. */
    @Benchmark
    public boolean open() throws IOException {
        try (FileSystem opened = ImageFileSystem.open(image, cache)) {
            return opened.isOpen();
        }
    }

    /** Walks through all of it. */
    @Benchmark
    public long walk() throws IOException {
        try (Stream<Path> all = Files.walk(fs.getPath("/"))) {
            return all.count();
        }
    }

    /** Reads 1,024 bytes somewhere in the large file. */
    @Benchmark
    public int randomRead() throws IOException {
        large.position(random.nextInt(LARGE - PIECE));
        piece.clear();
        return large.read(piece);
    }

    /** Reads a small file, which is anywhere. */
    @Benchmark
    public byte[] smallFile() throws IOException {
        int i = random.nextInt(FILES);
        return Files.readAllBytes(fs.getPath("/usr/lib/module-" + i / 50 + "/file-" + i + ".js"));
    }
}
