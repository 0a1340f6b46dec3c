package dev.davit.image.internal.unpack;

import dev.davit.image.internal.tar.TarEntry;
import dev.davit.image.internal.unpack.Tree.Handle;
import dev.davit.image.internal.unpack.Tree.NodeType;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** All layers go to one folder: what a container would see. */
final class MergedDestination implements Destination {
    private final Tree tree;
    private final UnpackLimits limits;
    private final Findings findings;
    private final Attributes attributes;
    private final DirectoryAttributes directoryAttributes;
    private final boolean isNew;
    private @Nullable TarEntry rootEntry;
    private int rootLayer;

    /**
     * A folder.
     *
     * @param isNew whether its mode is for the image to say, also if the image does not
     */
    MergedDestination(Tree tree, UnpackLimits limits, Findings findings, Attributes attributes, boolean isNew) {
        this.tree = tree;
        this.limits = limits;
        this.findings = findings;
        this.attributes = attributes;
        this.directoryAttributes = new DirectoryAttributes(tree, attributes);
        this.isNew = isNew;
    }

    @Override
    public LayerApplier start(int layer) {
        boolean lowest = layer == 0;
        return new LayerApplier(
                tree,
                limits,
                findings,
                attributes,
                directoryAttributes,
                listener -> new MergedHiding(tree, findings, directoryAttributes, new Removal(tree, listener), lowest),
                lowest,
                entry -> {
                    rootEntry = entry;
                    rootLayer = layer;
                });
    }

    @Override
    public void end(int layer) throws IOException {
        directoryAttributes.endLayer();
    }

    @Override
    public void finish() throws IOException {
        directoryAttributes.finish();
        findings.startLayer(rootLayer);
        try (Handle handle = tree.open("", NodeType.DIRECTORY)) {
            attributes.setRoot(handle, rootEntry, isNew);
        }
    }
}
