package dev.davit.image.internal.archive;

import dev.davit.image.internal.codec.DecodeLimits;
import dev.davit.image.internal.codec.LayerDecoder;
import dev.davit.oci.Digest;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.Reference;
import dev.davit.oci.image.Image;
import dev.davit.oci.image.Layer;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An archive as {@code docker save} wrote it up to version 24, and as every version of {@code docker load} reads it. Images
 * with one configuration are one image here, and layers with one diffID one file.
 */
final class DockerContent {
    private final Map<Digest, Image> images = new LinkedHashMap<>();
    private final Map<Digest, List<Reference>> names = new LinkedHashMap<>();
    private final Map<Digest, Layer> layers = new LinkedHashMap<>();

    /** Reads the manifests and configurations. */
    DockerContent(List<ArchiveItem> items) {
        for (ArchiveItem item : items) {
            if (!item.root().mediaType().isManifest()) {
                throw new MalformedContentException("docker archive: expected the manifest of an image, got "
                        + item.root() + "; choose one of its platforms");
            }
            Image image = Image.load(item.source(), item.root());
            images.putIfAbsent(image.id(), image);
            List<Reference> known = names.computeIfAbsent(image.id(), id -> new ArrayList<>());
            item.names().forEach(name -> known.add(reference(name)));
            image.layers().forEach(layer -> layers.putIfAbsent(layer.diffId(), layer));
        }
    }

    static Reference reference(String name) {
        Reference reference = Reference.parse(name);
        if (reference.digest().isPresent()) {
            throw new IllegalArgumentException("reference in an archive: expected one with a tag, got " + reference);
        }
        return reference;
    }

    void write(ArchiveWriter archive) {
        List<DockerManifest> manifests = images.entrySet().stream()
                .map(entry -> manifest(entry.getKey(), entry.getValue()))
                .toList();
        archive.file(DockerForm.MANIFEST, DockerManifest.write(manifests));
        images.forEach((id, image) -> archive.file(config(id), image.config().toBytes()));
        layers.values().forEach(layer -> writeLayer(archive, layer));
    }

    private DockerManifest manifest(Digest id, Image image) {
        return new DockerManifest(
                config(id),
                names.getOrDefault(id, List.of()).stream()
                        .map(Reference::toString)
                        .distinct()
                        .toList(),
                image.layers().stream().map(layer -> name(layer.diffId())).toList());
    }

    private static String config(Digest id) {
        return id.encoded() + ".json";
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
            plain.finish(layer.diffId(), "layer " + layer.descriptor().digest());
            try (InputStream in = scratch.read()) {
                archive.file(name, in, size);
            }
        } catch (IOException e) {
            throw ArchiveWriter.unreadable(layer.blob(), e);
        }
    }
}
