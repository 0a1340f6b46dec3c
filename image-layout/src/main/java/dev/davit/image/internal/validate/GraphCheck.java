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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One validation of the graph below a manifest or index. For one thread. */
public final class GraphCheck {
    private static final int MAX_DEPTH = 8;
    private static final int MAX_DOCUMENTS = 10_000;

    private final ContentSource source;
    private final Findings findings = new Findings();
    private final BlobCheck blobs;
    private final Map<Digest, Long> sizes = new HashMap<>();
    private final Set<Digest> documents = new HashSet<>();
    private long documentBytes;

    /**
     * A validation.
     *
     * @param source where everything is
     */
    public GraphCheck(ContentSource source) {
        this.source = source;
        this.blobs = new BlobCheck(source, findings);
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
        return new ValidationReport(
                root, findings.all(), documents.size(), blobs.count(), documentBytes + blobs.bytes());
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

    /** Checks a manifest or index with everything below it; what was checked at another place is not checked again. */
    private void document(Node node, int depth) {
        descriptor(node);
        if (!documents.add(node.descriptor().digest())) {
            return;
        }
        if (depth > MAX_DEPTH || documents.size() > MAX_DOCUMENTS) {
            findings.error(node, "expected at most " + MAX_DEPTH + " levels and " + MAX_DOCUMENTS + " documents");
            return;
        }
        Document document;
        try {
            byte[] bytes = source.fetch(node.descriptor());
            documentBytes += bytes.length;
            document = Document.parse(node.descriptor().mediaType(), bytes);
        } catch (NotFoundException e) {
            missing(node, depth, e);
            return;
        } catch (DavitException e) {
            findings.failed(node, e);
            return;
        }
        if (document instanceof Index index) {
            index(node, index, depth);
        } else if (document instanceof Manifest manifest) {
            manifest(node, manifest);
        }
    }

    /** An index may name more than there is: that some platforms were left out is no damage. */
    private void missing(Node node, int depth, NotFoundException e) {
        documents.remove(node.descriptor().digest());
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

    private void manifest(Node node, Manifest manifest) {
        Node config = node.child("config", manifest.config());
        descriptor(config);
        if (manifest.config().mediaType().equals(MediaType.OCI_EMPTY)
                && manifest.artifactType().isEmpty()) {
            findings.error(node, "expected an artifactType, because the config is the empty one, got none");
        }
        ImageConfig image = null;
        if (manifest.config().mediaType().isConfig()) {
            image = config(config);
            platform(node, image);
        } else {
            blobs.check(config);
        }
        layers(node, manifest, image);
        subject(node, manifest);
    }

    private @Nullable ImageConfig config(Node node) {
        try {
            byte[] bytes = source.fetch(node.descriptor());
            blobs.counted(bytes.length);
            return ImageConfig.parse(node.descriptor().mediaType(), bytes);
        } catch (DavitException e) {
            findings.failed(node, e);
            return null;
        }
    }

    private void platform(Node node, @Nullable ImageConfig image) {
        Platform named = node.descriptor().platform().orElse(null);
        if (named == null || image == null || isUnknown(named)) {
            return;
        }
        Platform actual = image.platform();
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
            counts(node.child("config", manifest.config()), image, layers.size());
        }
        for (int i = 0; i < layers.size(); i++) {
            Node layer = node.child("layers[" + i + "]", layers.get(i));
            descriptor(layer);
            if (image == null) {
                blobs.check(layer);
                continue;
            }
            MediaType type = layer.descriptor().mediaType();
            if (!type.isLayer()) {
                findings.warning(layer, "expected the type of a layer, got " + type);
            } else if (type.isDocker() != node.descriptor().mediaType().isDocker()) {
                findings.warning(
                        layer,
                        "expected a layer of the same family as "
                                + node.descriptor().mediaType() + ", got " + type);
            }
            blobs.checkLayer(
                    layer,
                    i < image.diffIds().size()
                            ? Objects.requireNonNull(image.diffIds().get(i))
                            : null);
        }
    }

    private void counts(Node config, ImageConfig image, int layers) {
        if (image.diffIds().size() != layers) {
            findings.error(
                    config,
                    "expected " + layers + " diff_ids, one for each layer, got "
                            + image.diffIds().size());
        }
        long steps = image.history().stream().filter(step -> !step.emptyLayer()).count();
        if (!image.history().isEmpty() && steps != layers) {
            findings.warning(config, "expected " + layers + " steps of history that made a layer, got " + steps);
        }
    }

    private void subject(Node node, Document document) {
        document.subject().ifPresent(subject -> descriptor(node.child("subject", subject)));
    }
}
