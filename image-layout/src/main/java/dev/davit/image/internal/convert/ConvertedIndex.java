package dev.davit.image.internal.convert;

import dev.davit.image.ImageConverter.Conversion;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Document;
import dev.davit.oci.Index;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.content.ContentSource;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.image.Image;
import dev.davit.oci.internal.ByteBlob;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Converts all images below an index. For one thread, once. */
public final class ConvertedIndex {
    private static final int MAX_DEPTH = 4;
    /** With what BuildKit says which image of the same index an attestation is about. */
    private static final String ABOUT = "vnd.docker.reference.digest";

    private final ContentSource source;
    private final Target target;
    private final LocalStore store;
    private final LayerConversion layers;
    private final Map<Digest, Descriptor> converted = new HashMap<>();
    private final Map<Digest, ContentSource> places = new HashMap<>();
    private final List<Descriptor> leftOut = new ArrayList<>();

    public ConvertedIndex(ContentSource source, Target target, LocalStore store) {
        this.source = source;
        this.target = target;
        this.store = store;
        this.layers = new LayerConversion(target, store);
    }

    /** {@return what comes of a manifest or index} */
    public Conversion of(Descriptor root) {
        Document.requireSupported(root.mediaType());
        if (!root.mediaType().isDocument()) {
            throw new MalformedContentException("convert: expected a manifest or an index, got " + root);
        }
        Descriptor after = convert(root, 0);
        Map<Digest, ContentSource> known = Map.copyOf(places);
        return new Conversion(
                after, wanted -> known.getOrDefault(wanted.digest(), source).blob(wanted), leftOut);
    }

    private Descriptor convert(Descriptor node, int depth) {
        Descriptor known = converted.get(node.digest());
        if (known == null) {
            known = node.mediaType().isIndex() ? index(node, depth) : manifest(node);
            converted.put(node.digest(), known);
        }
        return known;
    }

    private Descriptor manifest(Descriptor node) {
        Manifest manifest = Manifest.parse(node.mediaType(), source.fetch(node));
        if (!manifest.config().mediaType().isConfig() || !isImage(manifest)) {
            return node;
        }
        Image before = Image.load(source, node);
        Image after = ConvertedImage.of(before, target, store, layers);
        if (after == before) {
            return node;
        }
        ContentSource content = after.content();
        places.put(after.digest(), content);
        after.manifest().children().forEach(child -> places.put(child.digest(), content));
        return after.descriptor();
    }

    /** Attestations have the configuration of an image, too, but what they consist of is none. */
    private static boolean isImage(Manifest manifest) {
        return manifest.layers().stream().allMatch(layer -> layer.mediaType().isLayer());
    }

    private Descriptor index(Descriptor node, int depth) {
        if (depth > MAX_DEPTH) {
            throw new MalformedContentException(
                    "index " + node.digest() + ": expected at most " + MAX_DEPTH + " indexes within each other");
        }
        Index before = Index.parse(node.mediaType(), source.fetch(node));
        Set<String> changed = new HashSet<>();
        List<Descriptor> children = new ArrayList<>();
        for (Descriptor child : before.manifests()) {
            Descriptor after = child.mediaType().isDocument() ? convert(child, depth + 1) : child;
            if (after.digest().equals(child.digest())) {
                children.add(child);
            } else {
                changed.add(child.digest().toString());
                children.add(described(after, child));
            }
        }
        List<Descriptor> kept = new ArrayList<>();
        for (Descriptor child : children) {
            boolean isStale = child.annotation(ABOUT).filter(changed::contains).isPresent();
            (isStale ? leftOut : kept).add(child);
        }
        Index.Builder after = before.toBuilder();
        MediaType type = target.type(before.mediaType());
        if (!type.equals(before.mediaType())) {
            after.mediaType(type);
            if (type.isDocker()) {
                after.annotations(Map.of()).artifactType(null).subject(null);
            }
        }
        if (!kept.equals(before.manifests())) {
            after.manifests(kept);
        }
        Index index = after.build();
        if (index.digest().equals(before.digest())) {
            return node;
        }
        store.put(new ByteBlob(index.descriptor(), index.toBytes()));
        places.put(index.digest(), store);
        return index.descriptor();
    }

    /** {@return the new manifest with what the index said of the old one} */
    private static Descriptor described(Descriptor after, Descriptor before) {
        return Descriptor.of(after.mediaType(), after.digest(), after.size()).toBuilder()
                .platform(before.platform().orElse(null))
                .artifactType(before.artifactType().orElse(null))
                .annotations(before.annotations())
                .build();
    }
}
