package dev.davit.image;

import dev.davit.image.internal.build.ArchiveSource;
import dev.davit.image.internal.codec.DecodeLimits;
import dev.davit.image.internal.codec.LayerDecoder;
import dev.davit.image.internal.tar.TarEntry;
import dev.davit.image.internal.tar.TarLimits;
import dev.davit.image.internal.tar.TarReader;
import dev.davit.oci.TransferException;
import dev.davit.oci.TransferException.Side;
import dev.davit.oci.image.Layer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * Lists what is in a layer, plain or compressed with gzip or zstd, which is recognised by content. Only one entry is held
 * at a time, and nothing is unpacked; but everything is read, however much it is.
 */
public final class LayerReader {
    private LayerReader() {}

    /**
     * Lists what is in a file.
     *
     * @param file a tar archive
     * @param each gets each entry, in the order of the archive
     * @throws dev.davit.oci.StorageException if the file cannot be read
     * @throws dev.davit.oci.MalformedContentException if it is no tar archive, or a broken one
     * @throws IllegalStateException if it is compressed with zstd and its library is not at hand
     */
    public static void read(Path file, Consumer<LayerEntry> each) {
        ArchiveSource source = ArchiveSource.of(file);
        try {
            source.read((entry, data) -> each.accept(LayerEntry.of(entry)));
        } catch (IOException e) {
            throw source.failure().apply(e);
        }
    }

    /**
     * Lists what is in a layer of an image, whose digest and diffID are verified.
     *
     * @param layer the layer
     * @param each gets each entry, in the order of the archive, before the layer is known to be what it says
     * @throws dev.davit.oci.IntegrityException if it is not the layer that its digest or diffID names
     * @throws dev.davit.oci.MalformedContentException if it is no tar archive, or a broken one
     * @throws dev.davit.oci.DavitException if it cannot be read
     * @throws IllegalStateException if it is compressed with zstd and its library is not at hand
     */
    public static void read(Layer layer, Consumer<LayerEntry> each) {
        try (LayerDecoder archive = LayerDecoder.open(
                layer.blob(), DecodeLimits.NONE, layer.diffId().newDigester())) {
            TarReader tar = new TarReader(archive, TarLimits.DEFAULT);
            for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
                each.accept(LayerEntry.of(entry));
            }
            archive.finish(layer.diffId(), "layer " + layer.descriptor().digest());
        } catch (IOException e) {
            throw new TransferException(
                    Side.SOURCE, layer.descriptor(), "cannot read " + layer.descriptor() + ": " + e.getMessage(), e);
        }
    }
}
