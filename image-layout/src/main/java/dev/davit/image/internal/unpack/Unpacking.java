package dev.davit.image.internal.unpack;

import dev.davit.image.UnpackReport.Kind;
import dev.davit.image.internal.LayerTypes;
import dev.davit.image.internal.codec.DecodeLimits;
import dev.davit.image.internal.codec.LayerDecoder;
import dev.davit.image.internal.tar.EntryData;
import dev.davit.image.internal.tar.TarEntry;
import dev.davit.image.internal.tar.TarLimits;
import dev.davit.image.internal.tar.TarReader;
import dev.davit.image.internal.unpack.Tree.Handle;
import dev.davit.image.internal.unpack.Tree.NodeType;
import dev.davit.oci.Digest;
import dev.davit.oci.LimitExceededException;
import dev.davit.oci.MalformedContentException;
import dev.davit.oci.StorageException;
import dev.davit.oci.image.Layer;
import dev.davit.oci.internal.Text;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Unpacks the layers of one image, lowest first. For one thread, once. */
public final class Unpacking {
    private final Path work;
    private final Tree tree;
    private final UnpackLimits limits;
    private final Findings findings;
    private final Attributes attributes;

    private Unpacking(Path work, Tree tree, UnpackSettings settings, boolean forOverlay) {
        this.work = work;
        this.tree = tree;
        this.limits = settings.limits();
        this.findings = new Findings(work, limits, settings.strict());
        this.attributes = new Attributes(settings, forOverlay, findings);
    }

    /**
     * What came of it.
     *
     * @param root the folder
     * @param findings what is to be reported
     * @param isForUsers whether overlay has to be told that its attributes are those of ordinary users
     */
    public record Result(Path root, Findings findings, boolean isForUsers) {}

    /**
     * Unpacks all layers to one folder.
     *
     * @param target where the image goes
     * @param layers the layers, lowest first
     * @param settings how
     * @return what came of it
     */
    public static Result unpack(Path target, List<Layer> layers, UnpackSettings settings) {
        return unpack(target, settings, false, (unpacking, tree, root) -> {
            unpacking.run(
                    layers,
                    new MergedDestination(
                            tree, settings.limits(), unpacking.findings, unpacking.attributes, root.isNew()));
            return false;
        });
    }

    /**
     * Unpacks each layer to a folder of its own, whose names are the numbers of the layers from 0.
     *
     * @param target where the folders go
     * @param layers the layers, lowest first
     * @param settings how
     * @return what came of it
     */
    public static Result unpackForOverlay(Path target, List<Layer> layers, UnpackSettings settings) {
        return unpack(target, settings, true, (unpacking, tree, root) -> {
            Path work = root.work();
            if (!(tree instanceof PosixTree disk)) {
                throw new StorageException(
                        "unpack for overlay to", work, "it needs Linux, JDK 22 or later, and native access", null);
            }
            OverlayDestination destination =
                    new OverlayDestination(disk, work, settings.limits(), unpacking.findings, unpacking.attributes);
            unpacking.run(layers, destination);
            return destination.isForUsers();
        });
    }

    /**
     * Reads all layers as if they were unpacked to one folder, without a folder.
     *
     * @param layers the layers, lowest first
     * @return what would be in the folder
     */
    public static MemoryTree<Digest> read(List<Layer> layers) {
        MemoryTree<Digest> tree = new MemoryTree<>(FileDigest::new);
        replay(layers, tree, (unpacking, index, visitor) -> unpacking.decode(index, layers.get(index), visitor));
        return tree;
    }

    /**
     * Makes of entries that were read before what would be in a folder if the layers were unpacked to it.
     *
     * @param layers the layers, lowest first
     * @param tree where all goes
     * @param entries gives the entries of a layer
     */
    public static void replay(List<Layer> layers, MemoryTree<?> tree, LayerEntries entries) {
        replay(layers, tree, (unpacking, index, visitor) -> entries.forEach(index, visitor));
    }

    private static void replay(List<Layer> layers, MemoryTree<?> tree, Reading reading) {
        Unpacking unpacking = new Unpacking(Path.of("memory"), tree, UnpackSettings.DEFAULT, false);
        unpacking.run(
                layers,
                new MergedDestination(tree, unpacking.limits, unpacking.findings, unpacking.attributes, true),
                reading);
    }

    /** Takes the entries of a layer. */
    public interface EntryVisitor {
        void visit(TarEntry entry, EntryData data) throws IOException;
    }

    /** Knows the entries of layers. */
    public interface LayerEntries {
        void forEach(int layer, EntryVisitor visitor) throws IOException;
    }

    /** How the entries of a layer are come by. */
    private interface Reading {
        void read(Unpacking unpacking, int layer, EntryVisitor visitor) throws IOException;
    }

    /** Does the work, and says whether overlay is for users. */
    private interface Work {
        boolean run(Unpacking unpacking, Tree tree, UnpackRoot root) throws IOException;
    }

    private static Result unpack(Path target, UnpackSettings settings, boolean forOverlay, Work work) {
        UnpackRoot root = UnpackRoot.prepare(target);
        try (Tree tree = Trees.open(root.work(), settings.javaOnly())) {
            try {
                Unpacking unpacking = new Unpacking(root.work(), tree, settings, forOverlay);
                boolean isForUsers = work.run(unpacking, tree, root);
                return new Result(root.commit(), unpacking.findings, isForUsers);
            } catch (IOException e) {
                StorageException failure = new StorageException("unpack to", target, e);
                root.abort(tree, failure);
                throw failure;
            } catch (RuntimeException | Error e) {
                root.abort(tree, e);
                throw e;
            }
        }
    }

    private void run(List<Layer> layers, Destination destination) {
        run(layers, destination, (unpacking, index, visitor) -> decode(index, layers.get(index), visitor));
    }

    private void run(List<Layer> layers, Destination destination, Reading reading) {
        startRoot();
        for (int i = 0; i < layers.size(); i++) {
            findings.startLayer(i);
            apply(i, layers.get(i), destination, reading);
        }
        try {
            destination.finish();
        } catch (IOException e) {
            throw new StorageException("set the attributes of", work, e);
        }
    }

    private void apply(int index, Layer layer, Destination destination, Reading reading) {
        Place place = new Place(name(index, layer));
        try {
            LayerApplier applier = destination.start(index);
            reading.read(this, index, (entry, data) -> {
                place.entry = entry;
                applier.apply(entry, data);
                place.entry = null;
            });
            destination.end(index);
        } catch (MalformedContentException e) {
            throw place.in(e);
        } catch (IOException e) {
            throw new StorageException("unpack " + place + " to", work, e);
        }
    }

    private static String name(int index, Layer layer) {
        return "layer " + index + " (" + layer.descriptor().digest() + ")";
    }

    private void decode(int index, Layer layer, EntryVisitor visitor) throws IOException {
        DecodeLimits decode = new DecodeLimits(limits.maxBytes() - findings.bytes(), limits.maxRatio());
        try (LayerDecoder archive =
                LayerDecoder.open(layer.blob(), decode, layer.diffId().newDigester())) {
            reportType(layer, archive);
            archive.readAhead();
            TarReader tar = new TarReader(archive, new TarLimits(limits.maxNameBytes(), headerBytes()));
            for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
                visitor.visit(entry, tar);
            }
            archive.finish(layer.diffId(), name(index, layer));
            findings.countBytes(archive.count());
        }
    }

    /** Extended attributes come in the extended headers, beside names and numbers. */
    private int headerBytes() {
        return Math.max(TarLimits.DEFAULT.maxHeaderBytes(), limits.maxXattrBytes());
    }

    /** The content decides; a media type that says otherwise is worth knowing. */
    private void reportType(Layer layer, LayerDecoder archive) {
        String type = layer.descriptor().mediaType().value();
        if (!LayerTypes.agrees(type, archive.compression())) {
            findings.layerDiffers("", Kind.MEDIA_TYPE, type);
        }
    }

    /** What the folder has from the one around it, such as a default access list, would go to all that is made in it. */
    private void startRoot() {
        try (Handle handle = tree.open("", NodeType.DIRECTORY)) {
            handle.clearXattrs();
        } catch (IOException e) {
            throw new StorageException("get ready", work, e);
        }
    }

    /** Where in the image something went wrong. */
    private static final class Place {
        private final String layer;
        private @Nullable TarEntry entry;

        Place(String layer) {
            this.layer = layer;
        }

        /** {@return the exception with the place in its message, and of the kind that it was} */
        MalformedContentException in(MalformedContentException e) {
            String message = this + ": " + e.getMessage();
            for (Throwable t = e; t != null; t = t.getCause()) {
                if (t instanceof LimitExceededException limit) {
                    return new LimitExceededException(limit.limit(), limit.maximum(), message, e);
                }
            }
            return new MalformedContentException(message, e);
        }

        @Override
        public String toString() {
            return entry == null ? layer : layer + ", entry " + Text.quote(entry.name());
        }
    }
}
