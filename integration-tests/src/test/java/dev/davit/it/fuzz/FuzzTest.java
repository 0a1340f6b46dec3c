package dev.davit.it.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.luben.zstd.Zstd;
import dev.davit.cri.internal.stream.StreamFuzz;
import dev.davit.image.Unpacker;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Document;
import dev.davit.oci.History;
import dev.davit.oci.ImageConfig;
import dev.davit.oci.Index;
import dev.davit.oci.LayoutHeader;
import dev.davit.oci.Manifest;
import dev.davit.oci.Platform;
import dev.davit.oci.internal.FolderTree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each parser against inputs that a fuzzer thinks of: some thousands here, and millions in {@code bin/soak}. */
class FuzzTest {
    private static final int RUNS = 8_000;
    private static final int RUNS_ON_DISK = 800;
    private static final int SOAK_RUNS = 20_000_000;
    private static final int SOAK_RUNS_ON_DISK = 1_000_000;

    /** Entries of two bytes: a directory in a directory, a file there, the next layer, whiteouts of them, a file. */
    private static final List<byte[]> OVERLAY_SEEDS = List.of(
            new byte[] {3, 0b1001, 0, 0b111001, 7, 0, 5, 0b111001, 6, 0b1001, 0, 0b101001},
            new byte[] {0, 0b1, 7, 0, 5, 0b1, 3, 0b1, 0, 0b1001});

    @TempDir
    private Path work;

    @Test
    void documents() throws IOException {
        Fuzzer.run(DocumentFuzz.class, documentSeeds(), RUNS, 5, work);
    }

    @Test
    void values() throws IOException {
        Fuzzer.run(ValueFuzz.class, valueSeeds(), RUNS, 5, work);
    }

    @Test
    void codecs() throws IOException {
        Fuzzer.run(CodecFuzz.class, codecSeeds(), RUNS, 5, work);
    }

    @Test
    void layers() throws IOException {
        Fuzzer.run(LayerFuzz.class, LayerFuzz.seeds(), RUNS_ON_DISK, 5, work);
    }

    @Test
    void whiteouts() throws IOException {
        Fuzzer.run(OverlayFuzz.class, OVERLAY_SEEDS, RUNS_ON_DISK, 5, work);
    }

    @Test
    void streams() throws IOException {
        Fuzzer.run(StreamFuzz.class, StreamFuzz.seeds(), RUNS, 5, work);
    }

    @Test
    void reports() throws IOException {
        Fuzzer.run(ReportFuzz.class, List.of(reportSeed()), RUNS, 5, work);
    }

    @Test
    @Tag("soak")
    void codecs_for_long() throws IOException {
        Fuzzer.run(CodecFuzz.class, codecSeeds(), SOAK_RUNS, 240, work);
    }

    @Test
    @Tag("soak")
    void layers_for_long() throws IOException {
        Fuzzer.run(LayerFuzz.class, LayerFuzz.seeds(), SOAK_RUNS_ON_DISK, 240, work);
    }

    @Test
    @Tag("soak")
    void whiteouts_for_long() throws IOException {
        Fuzzer.run(OverlayFuzz.class, OVERLAY_SEEDS, SOAK_RUNS_ON_DISK, 240, work);
    }

    @Test
    @Tag("soak")
    void documents_for_long() throws IOException {
        Fuzzer.run(DocumentFuzz.class, documentSeeds(), SOAK_RUNS, 240, work);
    }

    @Test
    @Tag("soak")
    void values_for_long() throws IOException {
        Fuzzer.run(ValueFuzz.class, valueSeeds(), SOAK_RUNS, 240, work);
    }

    @Test
    @Tag("soak")
    void streams_for_long() throws IOException {
        Fuzzer.run(StreamFuzz.class, StreamFuzz.seeds(), SOAK_RUNS, 240, work);
    }

    private static List<byte[]> documentSeeds() {
        Descriptor descriptor = Descriptor.EMPTY.toBuilder()
                .platform(Platform.LINUX_ARM64)
                .urls(List.of("https://example.com"))
                .annotations(Map.of("a", "b"))
                .build();
        Document manifest = Manifest.builder(descriptor)
                .addLayer(descriptor)
                .subject(descriptor)
                .artifactType("a/b")
                .build();
        Document index = Index.builder().addManifest(descriptor).build();
        Document config = ImageConfig.builder(Platform.LINUX_AMD64)
                .execution(e ->
                        e.cmd("a").env("A", "b").exposedPorts(List.of("80/tcp")).memory(1))
                .addHistory(History.of(null, "c"))
                .diffIds(List.of(descriptor.digest()))
                .build();
        List<Document> documents = List.of(manifest, index, config, LayoutHeader.V1);
        return documents.stream()
                .map(document -> (char) documents.indexOf(document) + new String(document.toBytes(), UTF_8))
                .map(text -> text.getBytes(UTF_8))
                .toList();
    }

    private static List<byte[]> codecSeeds() throws IOException {
        byte[] text = "a layer, a layer, and a layer, ".repeat(40).getBytes(UTF_8);
        ByteArrayOutputStream gzip = new ByteArrayOutputStream();
        gzip.write(0);
        try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
            out.write(text);
        }
        ByteArrayOutputStream deflated = new ByteArrayOutputStream();
        deflated.write(1);
        try (DeflaterOutputStream out = new DeflaterOutputStream(deflated, new Deflater(9, true))) {
            out.write(text);
        }
        ByteArrayOutputStream zstd = new ByteArrayOutputStream();
        zstd.write(0);
        zstd.writeBytes(new byte[] {0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 7});
        zstd.writeBytes(Zstd.compress(text));
        return List.of(gzip.toByteArray(), deflated.toByteArray(), zstd.toByteArray());
    }

    private byte[] reportSeed() throws IOException {
        byte[] odd = Archives.archive(List.of(Archives.entry('3', "device", "", new byte[0])));
        Path root = work.resolve("root");
        String report = Unpacker.into(root)
                .javaOnly()
                .unpack(Archives.image(List.of(odd)))
                .toJson();
        FolderTree.delete(root);
        return report.getBytes(UTF_8);
    }

    private static List<byte[]> valueSeeds() {
        return Stream.of(
                        "registry.example:5000/acme/server:1.0@" + Descriptor.EMPTY.digest(),
                        "[::1]:5000/a_b/c--d.e:x",
                        "linux(10.0.1)/arm/v7",
                        "application/vnd.oci.image.layer.v1.tar+gzip; charset=utf-8")
                .map(text -> text.getBytes(UTF_8))
                .toList();
    }
}
