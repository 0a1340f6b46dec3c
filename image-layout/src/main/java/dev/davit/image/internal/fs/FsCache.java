package dev.davit.image.internal.fs;

import dev.davit.image.internal.codec.DecodeLimits;
import dev.davit.image.internal.codec.LayerDecoder;
import dev.davit.oci.Descriptor;
import dev.davit.oci.MediaType;
import dev.davit.oci.StorageException;
import dev.davit.oci.content.Blob;
import dev.davit.oci.content.BlobWriter;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.TemporaryStore;
import dev.davit.oci.image.Layer;
import dev.davit.oci.internal.FolderTree;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where indexes of layers, and decoded ones, are kept. Safe to share between threads. */
final class FsCache implements Closeable {
    private final Path indexes;
    private final TemporaryStore blobs = LocalStore.temporary();

    FsCache() {
        try {
            this.indexes = Files.createTempDirectory("davit-");
        } catch (IOException e) {
            throw new StorageException("create a folder in", Path.of("the folder for temporary files"), e);
        }
    }

    /** {@return the index of a layer, made if there is none} */
    LayerIndex index(Layer layer) throws IOException {
        Path file = indexes.resolve(layer.descriptor().digest().toString().replace(":", "-"));
        if (!Files.exists(file)) {
            try (OutputStream out = Files.newOutputStream(file)) {
                Indexer.write(layer, out);
            }
        }
        return LayerIndex.open(file);
    }

    /** {@return the archive of a layer} */
    Blob decoded(Layer layer, long size) throws IOException {
        Descriptor archive = Descriptor.of(MediaType.OCI_LAYER, layer.diffId(), size);
        try (LayerDecoder decoder = LayerDecoder.open(
                        layer.blob(), DecodeLimits.NONE, layer.diffId().newDigester());
                BlobWriter writer = blobs.newBlob()) {
            decoder.transferTo(writer);
            decoder.finish(layer.diffId(), "layer " + layer.descriptor().digest());
            writer.commit(MediaType.OCI_LAYER);
        }
        return blobs.blob(archive);
    }

    @Override
    public void close() throws IOException {
        try (blobs) {
            FolderTree.delete(indexes);
        }
    }
}
