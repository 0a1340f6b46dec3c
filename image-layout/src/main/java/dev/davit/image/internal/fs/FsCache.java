package dev.davit.image.internal.fs;

import dev.davit.oci.Digest;
import dev.davit.oci.content.Blob;
import dev.davit.oci.content.ContentCache;
import dev.davit.oci.content.LocalStore;
import dev.davit.oci.content.TemporaryStore;
import dev.davit.oci.image.Layer;
import dev.davit.oci.internal.CacheFolder;
import dev.davit.oci.internal.FolderTree;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where indexes of layers, and decoded ones, are kept: in the cache that the user has, or in a folder that goes with the
 * file system. Safe to share between threads.
 */
final class FsCache implements Closeable {
    private final ContentCache blobs;
    private final CacheFolder files;
    private final @Nullable Path temporary;
    private @Nullable TemporaryStore large;

    private FsCache(ContentCache cache, @Nullable Path temporary) {
        this.blobs = cache;
        this.files = new CacheFolder(cache.folder(), cache.maxBytes());
        this.temporary = temporary;
    }

    static FsCache in(ContentCache cache) {
        return new FsCache(cache, null);
    }

    /** {@return a cache that is deleted when it is closed} */
    static FsCache temporary() throws IOException {
        Path folder = Files.createTempDirectory("davit-");
        return new FsCache(ContentCache.at(folder, Long.MAX_VALUE), folder);
    }

    /** {@return the index of a layer, made if there is none, or a damaged one} */
    LayerIndex index(Layer layer) throws IOException {
        String name = "layer-index-" + LayerIndex.VERSION + "-" + key(layer);
        Optional<Path> known = files.find(name);
        if (known.isPresent()) {
            try {
                return LayerIndex.open(known.get());
            } catch (IOException e) {
                // damaged, or deleted this moment
            }
        }
        return LayerIndex.open(files.make(name, out -> Indexer.write(layer, out)));
    }

    /** Both digests count: what was found out about a blob says nothing of another diffID. */
    private static String key(Layer layer) {
        String both = layer.descriptor().digest() + " " + layer.diffId();
        return Digest.sha256(both.getBytes(StandardCharsets.US_ASCII)).encoded();
    }

    /** {@return the archive of a layer, to be read at random} */
    Blob decoded(Layer layer, long size) {
        Blob decoded = new DecodedBlob(layer, size);
        if (size <= blobs.maxBytes()) {
            blobs.put(decoded);
            return blobs.over(descriptor -> decoded).blob(decoded.descriptor());
        }
        TemporaryStore store = large();
        store.put(decoded);
        return store.blob(decoded.descriptor());
    }

    private synchronized TemporaryStore large() {
        TemporaryStore known = large;
        if (known == null) {
            known = LocalStore.temporary();
            large = known;
        }
        return known;
    }

    @Override
    public synchronized void close() throws IOException {
        if (large != null) {
            large.close();
        }
        if (temporary != null) {
            FolderTree.delete(temporary);
        }
    }
}
