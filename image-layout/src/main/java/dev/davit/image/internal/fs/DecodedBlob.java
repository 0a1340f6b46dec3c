package dev.davit.image.internal.fs;

import dev.davit.image.internal.codec.DecodeLimits;
import dev.davit.image.internal.codec.LayerDecoder;
import dev.davit.oci.Descriptor;
import dev.davit.oci.MediaType;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.content.Blob;
import dev.davit.oci.image.Layer;
import dev.davit.oci.internal.BoundedInputStream;
import dev.davit.oci.internal.VerifyingInputStream;
import java.io.IOException;
import java.io.InputStream;

/** The archive of a layer, decoded each time it is read. */
final class DecodedBlob implements Blob {
    private final Layer layer;
    private final Descriptor descriptor;

    DecodedBlob(Layer layer, long size) {
        this.layer = layer;
        this.descriptor = Descriptor.of(MediaType.OCI_LAYER, layer.diffId(), size);
    }

    @Override
    public Descriptor descriptor() {
        return descriptor;
    }

    @Override
    public InputStream open() {
        return VerifyingInputStream.of(
                decoder(), descriptor, "layer " + layer.descriptor().digest());
    }

    @Override
    public InputStream openRange(long from, long length) {
        BoundedInputStream.requireRange(from, length);
        InputStream all = decoder();
        try {
            all.skipNBytes(Math.min(from, descriptor.size()));
            return new BoundedInputStream(all, length);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private InputStream decoder() {
        try {
            return LayerDecoder.open(
                    layer.blob(), DecodeLimits.NONE, layer.diffId().newDigester());
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private TransferException unreadable(IOException e) {
        return new TransferException(
                Side.SOURCE, layer.descriptor(), "cannot decode " + layer.descriptor() + ": " + e.getMessage(), e);
    }
}
