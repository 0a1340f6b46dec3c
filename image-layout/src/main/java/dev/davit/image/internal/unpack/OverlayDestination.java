package dev.davit.image.internal.unpack;

import dev.davit.image.internal.tar.TarEntry;
import dev.davit.image.internal.unpack.Tree.Handle;
import dev.davit.image.internal.unpack.Tree.NodeType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Each layer goes to a folder of its own, and the file system overlay puts them together. */
final class OverlayDestination implements Destination {
    private static final String TRUSTED = "trusted.";
    private static final String USER = "user.";

    private final PosixTree disk;
    private final Path root;
    private final UnpackLimits limits;
    private final Findings findings;
    private final Attributes attributes;
    private final String xattrs;
    private final List<Applied> layers = new ArrayList<>();
    private @Nullable TarEntry rootEntry;

    /** A layer, and what the root is that it shows: its own, or that of the layer below. */
    private record Applied(OverlayLayer layer, @Nullable TarEntry rootEntry) {}

    OverlayDestination(PosixTree disk, Path root, UnpackLimits limits, Findings findings, Attributes attributes)
            throws IOException {
        this.disk = disk;
        this.root = root;
        this.limits = limits;
        this.findings = findings;
        this.attributes = attributes;
        try (Handle handle = disk.open("", NodeType.DIRECTORY)) {
            boolean mayTrust = handle.setXattr(TRUSTED + OverlayLayer.OVERLAY + "probe", new byte[0]);
            this.xattrs = mayTrust ? TRUSTED : USER;
            handle.clearXattrs();
            handle.setMode(0755);
        }
    }

    /** {@return whether overlay has to be told that its attributes are those of ordinary users} */
    boolean isForUsers() {
        return xattrs.equals(USER);
    }

    @Override
    public LayerApplier start(int index) throws IOException {
        OverlayLayer below = layers.isEmpty() ? null : layers.get(index - 1).layer;
        OverlayLayer layer = new OverlayLayer(disk, root, index, xattrs, attributes, below);
        layers.add(new Applied(layer, null));
        return new LayerApplier(
                layer,
                limits,
                findings,
                attributes,
                layer.directoryAttributes(),
                listener -> new OverlayHiding(layer, listener),
                index == 0,
                entry -> rootEntry = entry);
    }

    @Override
    public void end(int index) throws IOException {
        OverlayLayer layer = layers.get(index).layer;
        layer.directoryAttributes().endLayer();
        layers.set(index, new Applied(layer, rootEntry));
        findings.moveTo(layer.folder());
    }

    @Override
    public void finish() throws IOException {
        for (int i = 0; i < layers.size(); i++) {
            Applied applied = layers.get(i);
            findings.startLayer(i);
            applied.layer.directoryAttributes().finish();
            try (Handle handle = disk.open(applied.layer.folder(), NodeType.DIRECTORY)) {
                attributes.setRoot(handle, applied.rootEntry, true);
            }
            findings.moveTo(applied.layer.folder());
        }
    }
}
