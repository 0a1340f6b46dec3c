package dev.davit.image.internal.archive;

import dev.davit.image.Compression;
import dev.davit.image.internal.LayerTypes;
import dev.davit.image.internal.codec.Magic;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Digester;
import dev.davit.oci.Document;
import dev.davit.oci.ImageConfig;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.content.Blob;
import dev.davit.oci.internal.ByteBlob;
import dev.davit.oci.internal.Text;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The archive that {@code docker save} wrote up to version 24, and that podman and skopeo write as {@code
 * docker-archive}. It has no manifest in the sense of a registry; one is made here, the same each time.
 */
final class DockerForm implements ArchiveForm {
    static final String MANIFEST = "manifest.json";

    private final ArchiveFile archive;
    private final List<DockerManifest> images;
    private final Function<DockerManifest, ImageConfig> config;
    private final Map<DockerManifest, Descriptor> resolved = new HashMap<>();
    private final Map<Digest, Blob> blobs = new HashMap<>();
    private final Map<TarIndex.Slot, Digest> hashed = new HashMap<>();

    private DockerForm(ArchiveFile archive, List<DockerManifest> images, Function<DockerManifest, ImageConfig> config) {
        this.archive = archive;
        this.images = images;
        this.config = config;
    }

    static DockerForm of(ArchiveFile archive) {
        return new DockerForm(
                archive,
                DockerManifest.parse(archive + ", " + MANIFEST, archive.read(MANIFEST, Document.MAX_SIZE)),
                image -> ImageConfig.parse(MediaType.OCI_CONFIG, archive.read(image.config(), Document.MAX_SIZE)));
    }

    /** The form before there was a {@code manifest.json}. */
    static DockerForm legacy(ArchiveFile archive) {
        LegacyImages legacy = new LegacyImages(archive);
        return new DockerForm(archive, legacy.images(), legacy::config);
    }

    @Override
    public List<String> tags() {
        return images.stream()
                .flatMap(image -> image.repoTags().stream())
                .distinct()
                .sorted()
                .toList();
    }

    @Override
    public Descriptor resolveOnly() {
        if (images.size() != 1) {
            throw new NotFoundException(archive + ": expected one image, got " + images.size() + "; name one of "
                    + Text.plain(String.join(", ", tags())));
        }
        return manifest(images.get(0));
    }

    @Override
    public Descriptor resolve(String name) {
        for (DockerManifest image : images) {
            if (image.repoTags().stream().anyMatch(tag -> References.same(tag, name))) {
                return manifest(image);
            }
        }
        return References.digest(name)
                .flatMap(digest -> images.stream()
                        .map(this::manifest)
                        .filter(manifest -> manifest.digest().equals(digest))
                        .findFirst())
                .orElseThrow(() -> new NotFoundException("no image " + Text.quote(name) + " in " + archive
                        + ", which has " + Text.plain(String.join(", ", tags()))));
    }

    @Override
    public List<Descriptor> referrers(Digest subject) {
        return List.of();
    }

    @Override
    public synchronized Blob blob(Descriptor descriptor) {
        Blob blob = known(descriptor);
        if (blob == null) {
            images.forEach(this::manifest);
            blob = known(descriptor);
        }
        if (blob == null) {
            throw new NotFoundException("no blob " + descriptor + " in " + archive);
        }
        return blob;
    }

    private @Nullable Blob known(Descriptor descriptor) {
        return blobs.get(descriptor.digest());
    }

    /** Makes the manifest of an image. Layers that are compressed must be read for that, once. */
    private synchronized Descriptor manifest(DockerManifest image) {
        Descriptor known = resolved.get(image);
        if (known != null) {
            return known;
        }
        ImageConfig config = this.config.apply(image);
        if (config.diffIds().size() != image.layers().size()) {
            throw new MalformedContentException(archive + ", " + Text.plain(image.config()) + ": expected a diff_id for"
                    + " each of " + image.layers().size() + " layers, got "
                    + config.diffIds().size());
        }
        List<Descriptor> layers = new ArrayList<>();
        for (int i = 0; i < image.layers().size(); i++) {
            layers.add(layer(image.layers().get(i), config.diffIds().get(i)));
        }
        Manifest manifest = Manifest.builder(config.descriptor()).layers(layers).build();
        blobs.put(config.digest(), new ByteBlob(config.descriptor(), config.toBytes()));
        blobs.put(manifest.digest(), new ByteBlob(manifest.descriptor(), manifest.toBytes()));
        resolved.put(image, manifest.descriptor());
        return manifest.descriptor();
    }

    private Descriptor layer(String name, Digest diffId) {
        TarIndex.Slot slot = archive.index()
                .find(name)
                .orElseThrow(() -> new NotFoundException("no layer " + Text.quote(name) + " in " + archive));
        try (InputStream in = archive.open(slot)) {
            byte[] head = in.readNBytes(Magic.LENGTH);
            Compression compression = Magic.compression(head);
            // a plain layer is its own archive, and reading it will prove the digest
            Digest digest = compression == Compression.NONE ? diffId : digest(slot, head, in);
            Descriptor descriptor = Descriptor.of(LayerTypes.of(compression, false), digest, slot.size());
            blobs.put(digest, new SlotBlob(archive, slot, descriptor));
            return descriptor;
        } catch (MalformedContentException e) {
            throw new MalformedContentException(archive + ", " + Text.plain(name) + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw archive.unreadable(e);
        }
    }

    /** A hostile archive could name one large file a thousand times. */
    private Digest digest(TarIndex.Slot slot, byte[] head, InputStream rest) throws IOException {
        Digest known = hashed.get(slot);
        if (known != null) {
            return known;
        }
        Digester digester = Digester.sha256();
        digester.update(head, 0, head.length);
        byte[] buffer = new byte[128 * 1024];
        for (int n = rest.read(buffer); n >= 0; n = rest.read(buffer)) {
            digester.update(buffer, 0, n);
        }
        Digest digest = digester.digest();
        hashed.put(slot, digest);
        return digest;
    }

    @Override
    public void close() {
        archive.close();
    }

    @Override
    public String toString() {
        return archive.toString();
    }
}
