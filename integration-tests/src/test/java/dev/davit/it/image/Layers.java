package dev.davit.it.image;

import dev.davit.image.OciLayout;
import dev.davit.it.Command;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.ImageConfig;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.Platform;
import dev.davit.oci.image.Image;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Makes images from tar files that other tools wrote. */
final class Layers {
    private Layers() {}

    /** {@return an image in the layout with these tar files as layers, compressed with gzip, under a name} */
    static Image image(OciLayout layout, String name, List<Path> tars) throws IOException {
        List<Descriptor> layers = new ArrayList<>();
        List<Digest> diffIds = new ArrayList<>();
        for (Path tar : tars) {
            byte[] bytes = Files.readAllBytes(tar);
            ByteArrayOutputStream compressed = new ByteArrayOutputStream();
            try (GZIPOutputStream gzip = new FastGzip(compressed)) {
                gzip.write(bytes);
            }
            diffIds.add(Digest.sha256(bytes));
            layers.add(layout.ingest(MediaType.OCI_LAYER_GZIP, new ByteArrayInputStream(compressed.toByteArray())));
        }
        ImageConfig config =
                ImageConfig.builder(Platform.host()).diffIds(diffIds).build();
        layout.ingest(MediaType.OCI_CONFIG, new ByteArrayInputStream(config.toBytes()));
        Manifest manifest = Manifest.builder(config.descriptor()).layers(layers).build();
        layout.ingest(MediaType.OCI_MANIFEST, new ByteArrayInputStream(manifest.toBytes()));
        layout.tag(manifest.descriptor(), name);
        return Image.load(layout, name, Platform.host());
    }

    /**
     * Packs the files of installed Debian packages with GNU tar, as they are on this machine.
     *
     * @param tar where the archive goes
     * @param format GNU tar's name of the format
     * @param packages the packages
     */
    static void ofPackages(Path tar, String format, String... packages) throws IOException {
        List<String> names = new ArrayList<>();
        for (String line : Command.of("dpkg-query", "--listfiles")
                .with(packages)
                .run()
                .lines()
                .toList()) {
            // what a package diverts or shares with others is said in other lines
            if (line.startsWith("/")
                    && !line.equals("/.")
                    && Files.exists(Path.of(line), java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
                names.add(line.substring(1));
            }
        }
        Path list = tar.resolveSibling(tar.getFileName() + ".list");
        Files.write(list, names.stream().distinct().toList());
        Command.of(
                        "tar",
                        "--create",
                        "--format=" + format,
                        "--numeric-owner",
                        "--no-recursion",
                        "--directory=/",
                        "--files-from=" + list,
                        "--file=" + tar)
                .run();
    }

    /** Packs a folder with GNU tar. */
    static void ofFolder(Path tar, String format, Path folder) {
        Command.of(
                        "tar",
                        "--create",
                        "--format=" + format,
                        "--numeric-owner",
                        "--sort=name",
                        "--xattrs",
                        "--xattrs-include=*",
                        "--directory=" + folder,
                        "--file=" + tar,
                        ".")
                .run();
    }

    private static final class FastGzip extends GZIPOutputStream {
        FastGzip(OutputStream target) throws IOException {
            super(target, 1 << 16);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
