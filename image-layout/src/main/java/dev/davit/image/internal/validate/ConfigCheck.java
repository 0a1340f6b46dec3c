package dev.davit.image.internal.validate;

import dev.davit.image.internal.validate.Findings.Node;
import dev.davit.oci.DavitException;
import dev.davit.oci.Digest;
import dev.davit.oci.ImageConfig;
import dev.davit.oci.content.ContentSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the configurations of images. For one thread. */
final class ConfigCheck {
    /** Images that differ in their compression alone share one, and stand side by side in their index. */
    private static final int KEPT = 8;

    private final ContentSource source;
    private final Findings findings;
    private final BlobCheck blobs;

    /** The last ones that were read; empty for what is none. */
    private final Map<Digest, Optional<ImageConfig>> last = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Digest, Optional<ImageConfig>> eldest) {
            return size() > KEPT;
        }
    };

    ConfigCheck(ContentSource source, Findings findings, BlobCheck blobs) {
        this.source = source;
        this.findings = findings;
        this.blobs = blobs;
    }

    /** {@return the configuration, or null if it cannot be read} */
    @Nullable
    ImageConfig read(Node node) {
        Digest digest = node.descriptor().digest();
        Optional<ImageConfig> known = last.get(digest);
        if (known == null) {
            known = Optional.ofNullable(fetch(node));
            last.put(digest, known);
        }
        return known.orElse(null);
    }

    private @Nullable ImageConfig fetch(Node node) {
        try {
            byte[] bytes = source.fetch(node.descriptor());
            blobs.counted(node.descriptor());
            return ImageConfig.parse(node.descriptor().mediaType(), bytes);
        } catch (DavitException e) {
            findings.failed(node, e);
            return null;
        }
    }

    /** Checks that it says as much as the manifest has. */
    void counts(Node config, ImageConfig image, int layers) {
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
}
