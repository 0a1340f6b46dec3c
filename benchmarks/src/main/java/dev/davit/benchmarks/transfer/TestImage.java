package dev.davit.benchmarks.transfer;

import dev.davit.image.OciLayout;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.ImageConfig;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.Platform;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Images of one kind, each in a layout of its own as {@code latest}. No client looks into the layers, so they need not be
 * archives.
 *
 * @param name of the kind
 * @param tags of the images
 * @param blobs how many blobs each has
 * @param folder with a layout for each tag
 */
record TestImage(String name, List<String> tags, int blobs, Path folder) {
    private static final int MEGABYTE = 1 << 20;

    /** Four layers of 250 MB. */
    static TestImage big(Path folder) throws IOException {
        List<InputStream> layers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            layers.add(new Noise(i, 250L * MEGABYTE));
        }
        return make("big", List.of("one"), folder, List.of(layers));
    }

    /** Many images of three layers of 50 KB. */
    static TestImage small(Path folder, int count) throws IOException {
        List<List<InputStream>> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long seed = 3L * i;
            all.add(List.of(new Noise(seed, 50_000), new Noise(seed + 1, 50_000), new Noise(seed + 2, 50_000)));
        }
        return make("small", IntStream.range(0, count).mapToObj(i -> "s" + i).toList(), folder, all);
    }

    /** Layers that are files. */
    static TestImage real(Path folder, List<Path> files) throws IOException {
        List<InputStream> layers = new ArrayList<>();
        for (Path file : files) {
            layers.add(Files.newInputStream(file));
        }
        return make("real", List.of("one"), folder, List.of(layers));
    }

    private static TestImage make(String name, List<String> tags, Path folder, List<List<InputStream>> images)
            throws IOException {
        for (int i = 0; i < tags.size(); i++) {
            OciLayout layout = OciLayout.at(folder.resolve(name).resolve(tags.get(i)));
            List<Descriptor> layers = new ArrayList<>();
            List<Digest> diffIds = new ArrayList<>();
            for (InputStream content : images.get(i)) {
                try (content) {
                    layers.add(layout.ingest(MediaType.OCI_LAYER_GZIP, content));
                }
                diffIds.add(layers.get(layers.size() - 1).digest());
            }
            ImageConfig config =
                    ImageConfig.builder(Platform.LINUX_AMD64).diffIds(diffIds).build();
            Manifest.Builder manifest = Manifest.builder(
                    layout.ingest(config.descriptor().mediaType(), new ByteArrayInputStream(config.toBytes())));
            layers.forEach(manifest::addLayer);
            byte[] bytes = manifest.build().toBytes();
            layout.tag(layout.ingest(MediaType.OCI_MANIFEST, new ByteArrayInputStream(bytes)), "latest");
        }
        return new TestImage(name, tags, images.get(0).size() + 1, folder.resolve(name));
    }

    /** Bytes that cannot be compressed, always the same. */
    private static final class Noise extends InputStream {
        private final Random random;
        private long left;

        Noise(long seed, long size) {
            this.random = new Random(seed);
            this.left = size;
        }

        @Override
        public int read() {
            return left-- > 0 ? random.nextInt(256) : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (left <= 0) {
                return -1;
            }
            byte[] bytes = new byte[(int) Math.min(length, left)];
            random.nextBytes(bytes);
            System.arraycopy(bytes, 0, target, offset, bytes.length);
            left -= bytes.length;
            return bytes.length;
        }
    }
}
