package dev.davit.it.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.davit.image.OciLayout;
import dev.davit.it.Command;
import dev.davit.oci.Annotations;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Index;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A layout with very much in it is worked with in a small heap. */
class LargeLayoutTest {
    @TempDir
    private Path work;

    @Test
    @Tag("soak")
    void ten_thousand_names_and_fifty_thousand_blobs_take_64_megabytes_of_heap() throws IOException {
        Path memory = Path.of("/dev/shm");
        Path parent = Files.createTempDirectory(Files.isWritable(memory) ? memory : work, "davit-large-");
        try {
            Command.java(
                            "-Xmx64m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Child.class.getName(),
                            parent.toString())
                    .run();
            System.out.println("result: a layout of 10,000 names with -Xmx64m: everything done");
        } finally {
            // faster than the test framework would
            Command.of("rm", "-rf", parent.toString()).run();
        }
    }

    /** Makes the layout, and does everything with it that there is to do. */
    static final class Child {
        private static final int IMAGES = 10_000;

        private Child() {}

        public static void main(String[] args) throws IOException {
            OciLayout layout = OciLayout.at(Path.of(args[0], "layout"));
            Descriptor last = make(layout.folder());
            require(layout.tags().size(), IMAGES);
            layout.tag(last, "one more");
            layout.untag("1");
            require(layout.tags().size(), IMAGES);
            require(layout.resolve("" + IMAGES / 2).size(), last.size());
            require(layout.verify().findings().size(), 0);
            require(layout.verify().blobs(), 5 * IMAGES);
            require(layout.collectGarbage(Duration.ofDays(1)).blobs().size(), 5);
            Files.writeString(layout.folder().resolve("index.json"), "{\"schemaVersion\":2,\"manifests\":[]}");
            require(layout.garbage(Duration.ofDays(1)).blobs().size(), 5 * IMAGES - 5);
        }

        /** Not through the layout, which would sync each. */
        private static Descriptor make(Path folder) throws IOException {
            Path blobs = Files.createDirectories(folder.resolve("blobs/sha256"));
            List<Descriptor> entries = new ArrayList<>();
            for (int i = 0; i < IMAGES; i++) {
                Manifest.Builder manifest =
                        Manifest.builder(blob(blobs, MediaType.OCI_CONFIG, "{\"number\":" + (IMAGES + i) + "}"));
                for (int n = 0; n < 3; n++) {
                    manifest.addLayer(blob(blobs, MediaType.OCI_LAYER_GZIP, "layer " + n + " of " + (IMAGES + i)));
                }
                Descriptor image = blob(
                        blobs,
                        MediaType.OCI_MANIFEST,
                        new String(manifest.build().toBytes(), UTF_8));
                entries.add(image.toBuilder()
                        .annotation(Annotations.REF_NAME, "" + i)
                        .build());
            }
            Files.write(
                    folder.resolve("index.json"),
                    Index.builder().manifests(entries).build().toBytes());
            return entries.get(IMAGES - 1);
        }

        private static Descriptor blob(Path blobs, MediaType type, String text) throws IOException {
            byte[] bytes = text.getBytes(UTF_8);
            Digest digest = Digest.sha256(bytes);
            Path file = Files.write(blobs.resolve(digest.encoded()), bytes);
            Files.setLastModifiedTime(file, FileTime.fromMillis(0));
            return Descriptor.of(type, digest, bytes.length);
        }

        private static void require(long found, long expected) {
            if (found != expected) {
                throw new AssertionError("expected " + expected + ", got " + found);
            }
        }
    }
}
