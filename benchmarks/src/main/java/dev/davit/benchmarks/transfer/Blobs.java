package dev.davit.benchmarks.transfer;

import dev.davit.oci.Digest;
import dev.davit.oci.Manifest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** What clients that move single blobs have to do besides. */
final class Blobs {
    static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final ExecutorService THREE = Executors.newFixedThreadPool(3, task -> {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    });

    private Blobs() {}

    /** What happens to each blob. */
    interface Move {
        void move(Digest blob) throws Exception;
    }

    /** Moves the configuration and the layers of an image, three at a time. */
    static void each(byte[] manifest, Move move) throws Exception {
        Manifest image = Manifest.parse(manifest);
        List<Digest> digests = new ArrayList<>();
        digests.add(image.config().digest());
        image.layers().forEach(layer -> digests.add(layer.digest()));
        List<Future<?>> moves = new ArrayList<>();
        for (Digest digest : digests) {
            moves.add(THREE.submit(() -> {
                move.move(digest);
                return null;
            }));
        }
        for (Future<?> each : moves) {
            each.get();
        }
    }

    static Path file(Path layout, Digest digest) {
        return layout.resolve("blobs").resolve(digest.algorithm()).resolve(digest.encoded());
    }

    static Path newLayout(Path folder) throws IOException {
        Files.createDirectories(folder.resolve("blobs/sha256"));
        return folder;
    }

    /** Writes what makes a folder with blobs a layout. */
    static void finish(Path folder, byte[] manifest) throws IOException {
        Digest digest = Digest.sha256(manifest);
        Files.write(file(folder, digest), manifest);
        Files.writeString(folder.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
        Files.writeString(folder.resolve("index.json"), """
                {"schemaVersion":2,"manifests":[{"mediaType":"%s","digest":"%s","size":%d,\
                "annotations":{"org.opencontainers.image.ref.name":"latest"}}]}""".formatted(MANIFEST, digest, manifest.length));
    }

    /** {@return the manifest of the only image in a layout} */
    static byte[] manifest(Path layout) throws IOException {
        String index = Files.readString(layout.resolve("index.json"), StandardCharsets.UTF_8);
        int at = index.indexOf("sha256:");
        return Files.readAllBytes(file(layout, Digest.parse(index.substring(at, at + 71))));
    }
}
