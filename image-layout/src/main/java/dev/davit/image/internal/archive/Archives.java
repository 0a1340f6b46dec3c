package dev.davit.image.internal.archive;

import dev.davit.image.internal.codec.DecodeLimits;
import dev.davit.image.internal.codec.LayerDecoder;
import dev.davit.image.internal.layout.LayoutFiles;
import dev.davit.image.internal.layout.LayoutIndex;
import dev.davit.image.internal.layout.Reachable;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Index;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.LayoutHeader;
import dev.davit.oci.Reference;
import dev.davit.oci.content.ContentSource;
import dev.davit.oci.image.Image;
import dev.davit.oci.image.Layer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Writes archives: the same image gives the same bytes. */
public final class Archives {
    private Archives() {}

    /** Writes an image layout. What says what is in it comes first, for readers of a stream. */
    public static void writeOci(Path file, ContentSource source, Descriptor root, @Nullable String name) {
        List<Descriptor> blobs = Reachable.from(source, root);
        Index empty = Index.builder().build();
        Index index = name == null ? LayoutIndex.withEntry(empty, root) : LayoutIndex.withName(empty, root, name);
        try (ArchiveWriter archive = new ArchiveWriter(file)) {
            archive.file(LayoutFiles.MARKER, LayoutHeader.V1.toBytes());
            archive.file(LayoutFiles.INDEX, index.toBytes());
            archive.directory("blobs");
            TreeSet<String> algorithms = new TreeSet<>();
            blobs.forEach(blob -> algorithms.add(blob.digest().algorithm()));
            algorithms.forEach(algorithm -> archive.directory("blobs/" + algorithm));
            for (Descriptor blob : blobs) {
                archive.blob(
                        "blobs/" + blob.digest().algorithm() + '/'
                                + blob.digest().encoded(),
                        source.blob(blob));
            }
            archive.commit();
        }
    }

    /** Writes what {@code docker save} writes. */
    public static void writeDocker(Path file, Image image, @Nullable Reference reference) {
        Map<Digest, Layer> layers = new LinkedHashMap<>();
        image.layers().forEach(layer -> layers.putIfAbsent(layer.diffId(), layer));
        String config = image.id().encoded() + ".json";
        List<String> names =
                image.layers().stream().map(layer -> name(layer.diffId())).toList();
        try (ArchiveWriter archive = new ArchiveWriter(file)) {
            archive.file("manifest.json", DockerManifest.write(config, reference, names));
            archive.file(config, image.config().toBytes());
            for (Layer layer : layers.values()) {
                writeLayer(archive, layer);
            }
            archive.commit();
        }
    }

    private static String name(Digest diffId) {
        return diffId.encoded() + ".tar";
    }

    /** Layers are plain in this form, and a tar archive wants to know their size first. */
    private static void writeLayer(ArchiveWriter archive, Layer layer) {
        String name = name(layer.diffId());
        if (layer.descriptor().digest().equals(layer.diffId())) {
            archive.blob(name, layer.blob());
            return;
        }
        try (LayerDecoder plain = LayerDecoder.open(
                        layer.blob(), DecodeLimits.NONE, layer.diffId().newDigester());
                ArchiveWriter.Scratch scratch = archive.scratch()) {
            long size = scratch.fill(plain);
            Digest actual = plain.finish();
            if (!actual.equals(layer.diffId())) {
                throw new IntegrityException(
                        "layer " + layer.descriptor().digest() + ": diffID",
                        layer.diffId().toString(),
                        actual.toString());
            }
            try (InputStream in = scratch.read()) {
                archive.file(name, in, size);
            }
        } catch (IOException e) {
            throw ArchiveWriter.unreadable(layer.blob(), e);
        }
    }
}
