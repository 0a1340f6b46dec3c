package dev.davit.image.internal.validate;

import dev.davit.image.ValidationReport;
import dev.davit.image.internal.validate.Findings.Node;
import dev.davit.oci.DavitException;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.Document;
import dev.davit.oci.ImageConfig;
import dev.davit.oci.Index;
import dev.davit.oci.Manifest;
import dev.davit.oci.MediaType;
import dev.davit.oci.NotFoundException;
import dev.davit.oci.Platform;
import dev.davit.oci.content.ContentSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One validation of the graph below a manifest or index. For one thread. */
public final class GraphCheck {
    private static final int MAX_DEPTH = 8;
    private static final int MAX_DOCUMENTS = 10_000;

    private final ContentSource source;
    private final Findings findings = new Findings();
    private final BlobCheck blobs;
    private final Map<Digest, Long> sizes = new HashMap<>();
    private final Map<Digest, Seen> seen = new HashMap<>();
    private final ConfigCheck configs;
    private int documents;
    private long documentBytes;

    /**
     * A document that was read at an earlier place.
     *
     * @param type what it was said to be there
     * @param platform what its configuration says it is for, or null if it is no image, or could not be read
     */
    private record Seen(MediaType type, @Nullable Platform platform) {}

    /**
     * A validation.
     *
     * @param source where everything is
     */
    public GraphCheck(ContentSource source) {
        this.source = source;
        this.blobs = new BlobCheck(source, findings);
        this.configs = new ConfigCheck(source, findings, blobs);
    }

    /**
     * Runs it.
     *
     * @param root the manifest or index
     * @return what was found
     */
    public ValidationReport run(Descriptor root) {
        Node node = new Node("", root);
        if (root.mediaType().isDocument()) {
            document(node, 0);
        } else {
            findings.error(node, "expected a manifest or an index, got " + root.mediaType());
        }
        Findings.requireNoInterrupt(node, null);
        return new ValidationReport(root, findings.all(), documents, blobs.count(), documentBytes + blobs.bytes());
    }

    /** Checks what a descriptor says without its content, and whether two of them agree about it. */
    private void descriptor(Node node) {
        Findings.requireNoInterrupt(node, null);
        Descriptor descriptor = node.descriptor();
        Long size = sizes.putIfAbsent(descriptor.digest(), descriptor.size());
        if (size != null && size != descriptor.size()) {
            findings.error(node, "expected " + size + " bytes as elsewhere in the image, got " + descriptor.size());
        }
        try {
            descriptor.data();
        } catch (DavitException e) {
            findings.failed(node, e);
        }
    }

    /** Checks what is said of a manifest or index at this place, and at the first one also everything below it. */
    private void document(Node node, int depth) {
        descriptor(node);
        MediaType type = node.descriptor().mediaType();
        Digest digest = node.descriptor().digest();
        Seen known = seen.get(digest);
        if (known == null) {
            known = new Seen(type, below(node, depth));
            seen.put(digest, known);
            return;
        }
        if (!known.type().equals(type)) {
            findings.error(node, "expected " + known.type() + " as elsewhere in the image, got " + type);
        }
        platform(node, known.platform());
    }

    /** {@return the platform of an image; null if it is none, or cannot be read} */
    private @Nullable Platform below(Node node, int depth) {
        if (depth > MAX_DEPTH || documents >= MAX_DOCUMENTS) {
            findings.error(node, "expected at most " + MAX_DEPTH + " levels and " + MAX_DOCUMENTS + " documents");
            return null;
        }
        Document document;
        try {
            byte[] bytes = source.fetch(node.descriptor());
            documents++;
            documentBytes += bytes.length;
            document = Document.parse(node.descriptor().mediaType(), bytes);
        } catch (NotFoundException e) {
            missing(node, depth, e);
            return null;
        } catch (DavitException e) {
            findings.failed(node, e);
            return null;
        }
        if (document instanceof Index index) {
            index(node, index, depth);
            return null;
        }
        return document instanceof Manifest manifest ? manifest(node, manifest) : null;
    }

    /** An index may name more than there is: that some platforms were left out is no damage. */
    private void missing(Node node, int depth, NotFoundException e) {
        if (depth == 0) {
            findings.failed(node, e);
        } else {
            findings.warning(node, "is not there: not everything that the index names was copied");
        }
    }

    private void index(Node node, Index index, int depth) {
        List<Descriptor> manifests = index.manifests();
        for (int i = 0; i < manifests.size(); i++) {
            Node child = node.child("manifests[" + i + "]", manifests.get(i));
            MediaType type = child.descriptor().mediaType();
            if (type.isDockerSchema1()) {
                findings.error(child, "expected a manifest of schema 2 or of OCI, got " + type);
            } else if (!type.isDocument()) {
                descriptor(child);
                findings.warning(child, "expected a manifest or an index, got " + type);
                blobs.check(child);
            } else {
                document(child, depth + 1);
            }
        }
        subject(node, index);
    }

    private @Nullable Platform manifest(Node node, Manifest manifest) {
        Node config = node.child("config", manifest.config());
        descriptor(config);
        MediaType type = manifest.config().mediaType();
        if (type.equals(MediaType.OCI_EMPTY) && manifest.artifactType().isEmpty()) {
            findings.error(node, "expected an artifactType, because the config is the empty one, got none");
        }
        ImageConfig image = null;
        if (type.isConfig()) {
            sameFamily(config, "configuration", node);
            image = configs.read(config);
        } else {
            blobs.check(config);
        }
        Platform platform = image == null ? null : image.platform();
        platform(node, platform);
        layers(node, manifest, image);
        subject(node, manifest);
        return platform;
    }

    /** The formats are near enough that tools take them mixed; who wrote them so hardly meant to. */
    private void sameFamily(Node child, String what, Node manifest) {
        MediaType type = child.descriptor().mediaType();
        if (type.isDocker() != manifest.descriptor().mediaType().isDocker()) {
            findings.warning(
                    child,
                    "expected a " + what + " of the same family as "
                            + manifest.descriptor().mediaType() + ", got " + type);
        }
    }

    private void platform(Node node, @Nullable Platform actual) {
        Platform named = node.descriptor().platform().orElse(null);
        if (named == null || actual == null || isUnknown(named)) {
            return;
        }
        boolean same = named.os().equals(actual.os())
                && named.architecture().equals(actual.architecture())
                && (named.variant().isEmpty()
                        || actual.variant().isEmpty()
                        || named.normalized().equals(actual.normalized()));
        if (!same) {
            findings.error(node, "expected an image for " + named + ", as its index says, got one for " + actual);
        }
    }

    /** How BuildKit marks what is attached to an image. */
    private static boolean isUnknown(Platform platform) {
        return platform.os().equals("unknown") || platform.architecture().equals("unknown");
    }

    private void layers(Node node, Manifest manifest, @Nullable ImageConfig image) {
        List<Descriptor> layers = manifest.layers();
        if (image != null) {
            configs.counts(node.child("config", manifest.config()), image, layers.size());
        }
        for (int i = 0; i < layers.size(); i++) {
            Node layer = node.child("layers[" + i + "]", layers.get(i));
            descriptor(layer);
            MediaType type = layer.descriptor().mediaType();
            if (image == null || (!type.isLayer() && isUnknown(image.platform()))) {
                blobs.check(layer);
                continue;
            }
            if (!type.isLayer()) {
                findings.warning(layer, "expected the type of a layer, got " + type);
            } else {
                sameFamily(layer, "layer", node);
            }
            blobs.checkLayer(
                    layer,
                    i < image.diffIds().size()
                            ? Objects.requireNonNull(image.diffIds().get(i))
                            : null);
        }
    }

    private void subject(Node node, Document document) {
        document.subject().ifPresent(subject -> descriptor(node.child("subject", subject)));
    }
}
