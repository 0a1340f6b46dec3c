package dev.davit.benchmarks.unpack;

import dev.davit.image.ImageArchive;
import dev.davit.image.OciLayout;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Digester;
import dev.davit.oci.ImageConfig;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.Platform;
import dev.davit.oci.image.Image;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A layer as a file, and as the only one of an image.
 *
 * @param corpus what is in it
 * @param compression {@code gz}, {@code zst} or {@link #NONE}
 * @param file the layer as it is stored
 * @param archiveBytes size of the tar archive
 * @param layout a layout with the image
 * @param image the image, named like the file there
 */
record CorpusLayer(String corpus, String compression, Path file, long archiveBytes, OciLayout layout, Image image) {
    static final String NONE = "none";

    /** {@return the layer of a corpus, taken into a layout that other tools can read, too} */
    static CorpusLayer of(Path folder, String corpus, String compression, OciLayout layout) throws IOException {
        Path tar = folder.resolve(corpus + ".tar");
        Path file = compression.equals(NONE) ? tar : folder.resolve(corpus + ".tar." + compression);
        MediaType type = switch (compression) {
            case NONE -> MediaType.OCI_LAYER;
            case "gz" -> MediaType.OCI_LAYER_GZIP;
            default -> MediaType.OCI_LAYER_ZSTD;
        };
        Descriptor layer = ingest(layout, file, type);
        ImageConfig config = ImageConfig.builder(Platform.host())
                .diffIds(List.of(sha256(tar)))
                .build();
        Descriptor configuration =
                layout.ingest(config.descriptor().mediaType(), new ByteArrayInputStream(config.toBytes()));
        Manifest manifest = Manifest.builder(configuration).addLayer(layer).build();
        String name = corpus + "-" + compression;
        layout.tag(layout.ingest(manifest.mediaType(), new ByteArrayInputStream(manifest.toBytes())), name);
        return new CorpusLayer(
                corpus, compression, file, Files.size(tar), layout, Image.load(layout, name, Platform.host()));
    }

    private static Digest sha256(Path file) throws IOException {
        Digester digester = Digester.sha256();
        byte[] buffer = new byte[1 << 20];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digester.update(buffer, 0, n);
            }
        }
        return digester.digest();
    }

    private static Descriptor ingest(OciLayout layout, Path file, MediaType type) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return layout.ingest(type, in);
        }
    }

    /** {@return the image as an archive that containerd imports} */
    Path archive(Path folder) {
        Path archive = folder.resolve(this + ".oci.tar");
        if (!Files.exists(archive)) {
            ImageArchive.writeOci(image, archive, "test.local/" + this + ":1");
        }
        return archive;
    }

    @Override
    public String toString() {
        return corpus + "-" + compression;
    }
}
