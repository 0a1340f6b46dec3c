package dev.davit.image.internal.unpack;

import dev.davit.image.UnpackReport.Kind;
import dev.davit.image.internal.LayerTypes;
import dev.davit.image.internal.codec.DecodeLimits;
import dev.davit.image.internal.codec.LayerDecoder;
import dev.davit.image.internal.tar.TarEntry;
import dev.davit.image.internal.tar.TarLimits;
import dev.davit.image.internal.tar.TarReader;
import dev.davit.oci.Digest;
import dev.davit.oci.IntegrityException;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.StorageException;
import dev.davit.oci.image.Layer;
import dev.davit.oci.internal.Text;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Unpacks the layers of one image, lowest first. For one thread, once. */
public final class Unpacking {
    private final UnpackRoot root;
    private final Tree tree;
    private final UnpackLimits limits;
    private final Findings findings;
    private @Nullable TarEntry rootEntry;

    /**
     * Gets ready.
     *
     * @param root where the image goes
     * @param limits what is too much
     */
    public Unpacking(UnpackRoot root, UnpackLimits limits) {
        this.root = root;
        this.tree = new NioTree(root.work());
        this.limits = limits;
        this.findings = new Findings(limits.maxEntries());
    }

    /**
     * Unpacks all layers.
     *
     * @param layers the layers, lowest first
     * @return what is to be reported
     */
    public Findings run(List<Layer> layers) {
        for (int i = 0; i < layers.size(); i++) {
            findings.startLayer(i);
            apply(i, layers.get(i));
        }
        finishRoot();
        return findings;
    }

    private void apply(int index, Layer layer) {
        String what = "layer " + index + " (" + layer.descriptor().digest() + ")";
        Place place = new Place(what);
        DecodeLimits decode = new DecodeLimits(limits.maxBytes() - findings.bytes(), limits.maxRatio());
        try (LayerDecoder archive =
                LayerDecoder.open(layer.blob(), decode, layer.diffId().newDigester())) {
            reportType(layer, archive);
            LayerApplier applier = new LayerApplier(tree, limits, findings, index == 0, entry -> rootEntry = entry);
            TarReader tar = new TarReader(archive, TarLimits.DEFAULT);
            for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
                place.entry = entry;
                applier.apply(entry, tar);
                place.entry = null;
            }
            applier.finish();
            Digest actual = archive.finish();
            findings.countBytes(archive.bytes());
            if (!actual.equals(layer.diffId())) {
                throw new IntegrityException(what + ": diffID", layer.diffId().toString(), actual.toString());
            }
        } catch (MalformedContentException e) {
            throw new MalformedContentException(place + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new StorageException("unpack " + place + " to", root.work(), e);
        }
    }

    /** The content decides; a media type that says otherwise is worth knowing. */
    private void reportType(Layer layer, LayerDecoder archive) {
        String type = layer.descriptor().mediaType().value();
        if (!LayerTypes.agrees(type, archive.compression())) {
            findings.differs("", Kind.MEDIA_TYPE, type);
        }
    }

    private void finishRoot() {
        Attributes attributes = new Attributes(tree, findings);
        TarEntry entry = rootEntry;
        try {
            if (entry != null) {
                attributes.set("", entry);
            } else if (root.isNew()) {
                // like any directory that no entry describes
                attributes.setTime("", 0, 0);
                tree.setMode("", 0755);
            }
        } catch (IOException e) {
            throw new StorageException("set the attributes of", root.work(), e);
        }
    }

    /** Where in the image something went wrong. */
    private static final class Place {
        private final String layer;
        private @Nullable TarEntry entry;

        Place(String layer) {
            this.layer = layer;
        }

        @Override
        public String toString() {
            return entry == null ? layer : layer + ", entry " + Text.quote(entry.name());
        }
    }
}
