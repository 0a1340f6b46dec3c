package dev.davit.image.internal.fs;

import dev.davit.image.internal.tar.EntryData;
import dev.davit.image.internal.unpack.MemoryTree;
import dev.davit.image.internal.unpack.Unpacking;
import dev.davit.oci.image.Image;
import dev.davit.oci.image.Layer;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes the file system of an image, and holds what it needs open. For one thread. */
final class OpenImage implements Closeable {
    private final Deque<Closeable> resources = new ArrayDeque<>();
    private final List<LayerIndex> indexes = new ArrayList<>();
    private StoredFile current = new StoredFile(0, 0, 0, null);

    private OpenImage() {}

    /**
     * Opens an image.
     *
     * @param uri what it is called
     * @param image the image
     * @param cache where indexes are
     * @param owned what is closed with the file system, or when this fails
     */
    static ImageFs open(ImageFsProvider provider, ImageUri uri, Image image, FsCache cache, Closeable owned)
            throws IOException {
        OpenImage open = new OpenImage();
        open.resources.push(owned);
        try {
            open.index(image.layers(), cache);
            MemoryTree<StoredFile> tree = new MemoryTree<>(() -> new Located(open.current));
            Unpacking.replay(image.layers(), tree, open::replay);
            List<LayerContent> contents = new ArrayList<>();
            for (int i = 0; i < open.indexes.size(); i++) {
                contents.add(new LayerContent(image.layers().get(i), open.indexes.get(i), cache));
            }
            return new ImageFs(provider, uri, tree, List.copyOf(contents), open);
        } catch (IOException | RuntimeException | Error e) {
            try (open) {
                throw e;
            }
        }
    }

    private void index(List<Layer> layers, FsCache cache) throws IOException {
        Map<Layer, LayerIndex> known = new HashMap<>();
        for (Layer layer : layers) {
            LayerIndex index = known.get(layer);
            if (index == null) {
                index = cache.index(layer);
                resources.push(index);
                known.put(layer, index);
            }
            indexes.add(index);
        }
    }

    private void replay(int layer, Unpacking.EntryVisitor visitor) throws IOException {
        indexes.get(layer).forEach((entry, offset, pieces) -> {
            current = new StoredFile(layer, offset, entry.size(), pieces);
            visitor.visit(entry, EntryData.NONE);
        });
    }

    /** Closes everything, the last first, whatever fails. */
    @Override
    public void close() throws IOException {
        Closeable resource = resources.poll();
        if (resource != null) {
            try (this) {
                resource.close();
            }
        }
    }

    /** Keeps of a file where its content is, which nobody reads now. */
    private record Located(StoredFile content) implements MemoryTree.Sink<StoredFile> {
        @Override
        public void write(byte[] bytes, int offset, int length) {
            throw new IllegalStateException("an index has no content");
        }

        @Override
        public void skip(long length) {
            throw new IllegalStateException("an index has no content");
        }

        @Override
        public long size() {
            return content.size();
        }
    }
}
