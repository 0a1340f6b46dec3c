package dev.davit.image.internal.convert;

import dev.davit.image.Compression;
import dev.davit.image.internal.LayerTypes;
import dev.davit.image.internal.codec.DecodeLimits;
import dev.davit.image.internal.codec.LayerDecoder;
import dev.davit.image.internal.codec.LayerEncoder;
import dev.davit.oci.Descriptor;
import dev.davit.oci.Digest;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.content.Blob;
import dev.davit.oci.content.BlobWriter;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.image.Layer;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Converts layers, each once. For one thread. */
final class LayerConversion {
    /** Annotations of a layer with one of these say where something is in its compressed bytes. */
    private static final String[] OF_BYTES = {"io.github.containers.zstd-chunked.", "containerd.io/snapshot/stargz/"};

    private final Target target;
    private final LocalStore store;
    private final Map<Digest, Descriptor> made = new HashMap<>();

    LayerConversion(Target target, LocalStore store) {
        this.target = target;
        this.store = store;
    }

    /**
     * {@return the layer as it is wanted}
     *
     * @param before what the manifest says of it
     */
    Blob convert(Layer layer, Descriptor before) {
        Optional<Compression> anew = target.anew(before.mediaType());
        if (anew.isEmpty()) {
            return RetypedBlob.of(layer.blob(), before, target.type(before.mediaType()));
        }
        Descriptor stored = made.get(before.digest());
        if (stored == null) {
            stored = compress(layer, anew.get());
            made.put(before.digest(), stored);
        }
        boolean docker = target.docker() == null ? before.mediaType().isDocker() : target.docker();
        Descriptor after = Descriptor.of(LayerTypes.of(anew.get(), docker), stored.digest(), stored.size()).toBuilder()
                .annotations(lasting(before.annotations()))
                .build();
        return store.blob(after);
    }

    private static Map<String, String> lasting(Map<String, String> annotations) {
        Map<String, String> kept = new TreeMap<>(annotations);
        for (String prefix : OF_BYTES) {
            kept.keySet().removeIf(key -> key.startsWith(prefix));
        }
        return kept;
    }

    private Descriptor compress(Layer layer, Compression compression) {
        String what = "layer " + layer.descriptor().digest();
        try (LayerDecoder archive = LayerDecoder.open(
                        layer.blob(), DecodeLimits.NONE, layer.diffId().newDigester());
                BlobWriter writer = store.newBlob();
                LayerEncoder encoder = new LayerEncoder(writer, compression, target.levelOf(compression))) {
            archive.transferTo(encoder);
            archive.finish(layer.diffId(), what);
            encoder.finish();
            return writer.commit(LayerTypes.of(compression, false));
        } catch (IOException e) {
            throw new TransferException(
                    Side.SOURCE, layer.descriptor(), "cannot convert " + what + ": " + e.getMessage(), e);
        }
    }
}
