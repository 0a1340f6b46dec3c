package dev.davit.it.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.davit.oci.Descriptor;
import dev.davit.oci.Document;
import dev.davit.oci.History;
import dev.davit.oci.ImageConfig;
import dev.davit.oci.Index;
import dev.davit.oci.LayoutHeader;
import dev.davit.oci.Manifest;
import dev.davit.oci.Platform;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each parser against inputs that a fuzzer thinks of: some thousands here, and millions in {@code bin/soak}. */
class FuzzTest {
    private static final int RUNS = 20_000;
    private static final int SOAK_RUNS = 20_000_000;

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
    @Tag("soak")
    void documents_for_long() throws IOException {
        Fuzzer.run(DocumentFuzz.class, documentSeeds(), SOAK_RUNS, 240, work);
    }

    @Test
    @Tag("soak")
    void values_for_long() throws IOException {
        Fuzzer.run(ValueFuzz.class, valueSeeds(), SOAK_RUNS, 240, work);
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
